/** The key of a ledger's secrets: 32 bytes, in a file of the home that only its owner may read. */

import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { MillraceError } from "../contract/errors.ts";
import { secretBytes } from "../kit/random.ts";
import { createPrivateFile, isNodeError } from "./home-folder.ts";

export const keyBytes = 32;

/** The file of a home's key. */
export function keyPath(home: string): string {
  return join(home, "secrets.key");
}

/**
 * The key in the file, or null where there is none. A file that others may read is made private again, with a warning of the
 * process.
 *
 * @throws SETTING_INVALID for a file that holds no key, or stays open to others
 */
export function readKeyFile(path: string): Uint8Array | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (isNodeError(cause, "ENOENT") || isNodeError(cause, "ENOTDIR")) return null;
    throw invalid(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
  closeToOthers(path);
  return parseKey(text.trim(), path);
}

/** Makes the key at its first use. Processes that do so at once get the same. @throws LEDGER_UNWRITABLE, SETTING_INVALID */
export function readOrCreateKeyFile(path: string): Uint8Array {
  const known = readKeyFile(path);
  if (known !== null) return known;
  const fresh = secretBytes(keyBytes);
  const isOurs = createPrivateFile(path, `${Buffer.from(fresh).toString("base64url")}\n`);
  return isOurs ? fresh : readOrCreateKeyFile(path);
}

/** A key from its text: 32 bytes in base64, base64url or hexadecimal. @throws SETTING_INVALID that does not repeat the text */
export function parseKey(text: string, setting: string): Uint8Array {
  const isHex = /^[0-9a-f]{64}$/i.test(text);
  const isBase64 = /^[\w+/-]{43}=?$/.test(text);
  if (isHex || isBase64) return Buffer.from(text, isHex ? "hex" : "base64");
  throw invalid(
    setting,
    `it does not hold ${keyBytes} bytes in base64 or hexadecimal, as \`openssl rand -base64 32\` makes them`,
  );
}

/** Windows keeps rights elsewhere, and a home folder there is its owner's. */
function closeToOthers(path: string): void {
  const mode = statSync(path).mode & 0o777;
  if (process.platform === "win32" || (mode & 0o077) === 0) return;
  try {
    chmodSync(path, 0o600);
  } catch (cause) {
    throw invalid(path, `others may read it (mode ${mode.toString(8)}), and that could not be changed`, cause);
  }
  process.emitWarning(`${path} could be read by others (mode ${mode.toString(8)}); now only its owner can`, {
    type: "MillraceWarning",
    detail: "If somebody may have read it, delete it and set the secrets again.",
  });
}

function invalid(setting: string, reason: string, cause?: unknown): MillraceError {
  return new MillraceError("SETTING_INVALID", { setting, reason }, cause === undefined ? {} : { cause });
}
