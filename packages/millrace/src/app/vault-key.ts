/** The file with the keys of a ledger's secrets, in the home, which only its owner may read. A line is a key; the first seals. */

import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { MillraceError } from "../contract/errors.ts";
import { secretBytes } from "../kit/random.ts";
import { createPrivateFile, isNodeError, replacePrivateFile } from "./home-folder.ts";
import { formatKeyRing, keyBytes, type KeyRing, parseKeyRing, type SecretsKey, toSecretsKey } from "./key-ring.ts";

/** The file of a home's keys. */
export function keyPath(home: string): string {
  return join(home, "secrets.key");
}

/**
 * The keys in the file, or null where there is none. A file that others may read is made private again, with a warning of the
 * process.
 *
 * @throws SETTING_INVALID for a file that holds no key, or stays open to others
 */
export function readKeyFile(path: string): KeyRing | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (isNodeError(cause, "ENOENT") || isNodeError(cause, "ENOTDIR")) return null;
    throw invalid(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
  closeToOthers(path);
  return parseKeyRing(text, path);
}

/** Makes a key at its first use. Processes that do so at once get the same. @throws LEDGER_UNWRITABLE, SETTING_INVALID */
export function readOrCreateKeyFile(path: string): KeyRing {
  const known = readKeyFile(path);
  if (known !== null) return known;
  const fresh: KeyRing = [createKey()];
  return createPrivateFile(path, formatKeyRing(fresh)) ? fresh : readOrCreateKeyFile(path);
}

/** Puts these keys in the place of those of the file, whole. @throws LEDGER_UNWRITABLE */
export function replaceKeyFile(path: string, ring: KeyRing): void {
  replacePrivateFile(path, formatKeyRing(ring));
}

export function createKey(): SecretsKey {
  return toSecretsKey(secretBytes(keyBytes));
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
    detail: "If somebody may have read it: `millrace secret rotate-key`, and change what was sealed with it.",
  });
}

function invalid(setting: string, reason: string, cause?: unknown): MillraceError {
  return new MillraceError("SETTING_INVALID", { setting, reason }, cause === undefined ? {} : { cause });
}
