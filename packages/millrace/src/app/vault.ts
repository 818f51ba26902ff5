/** Seals and opens secrets: AES-256-GCM, the secret's name as associated data, so that one cannot stand for another. */

import { MillraceError } from "../contract/errors.ts";
import type { Vault } from "../contract/runtime.ts";
import { secretBytes } from "../kit/random.ts";
import { crypto } from "../kit/sha256.ts";
import { keyPath, parseKey, readKeyFile, readOrCreateKeyFile } from "./vault-key.ts";

const algorithm = "aes-256-gcm";
const version = "v1";
const ivBytes = 12;
const tagBytes = 16;

export interface VaultOptions {
  /** The ledger's home folder, which has the key's file. */
  readonly home: string;
  /** A key in place of the file's: 32 bytes in base64 or hexadecimal. */
  readonly key?: string | null;
}

/**
 * The vault of a home. Sealing makes the key's file at first use; opening never does.
 *
 * Rejects with SECRET_UNREADABLE for another key, a missing key, or a text that was changed; SETTING_INVALID for a key that is
 * none; LEDGER_UNWRITABLE when the key cannot be kept.
 */
export function createVault({ home, key: keyText }: VaultOptions): Vault {
  const path = keyPath(home);
  const location = typeof keyText === "string" ? "MILLRACE_SECRETS_KEY" : path;
  let key = typeof keyText === "string" ? parseKey(keyText, location) : null;

  return {
    async seal(name, value) {
      key ??= readOrCreateKeyFile(path);
      const iv = secretBytes(ivBytes);
      const cipher = crypto().createCipheriv(algorithm, key, iv, { authTagLength: tagBytes });
      cipher.setAAD(Buffer.from(name));
      const ciphertext = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]);
      return [version, ...[iv, cipher.getAuthTag(), ciphertext].map(toText)].join(".");
    },
    async open(name, sealed) {
      key ??= readKeyFile(path);
      const parts = parseSealed(sealed);
      if (key === null || parts === null) throw new MillraceError("SECRET_UNREADABLE", { name, location });
      try {
        const decipher = crypto().createDecipheriv(algorithm, key, parts.iv, { authTagLength: tagBytes });
        decipher.setAAD(Buffer.from(name));
        decipher.setAuthTag(parts.tag);
        return Buffer.concat([decipher.update(parts.ciphertext), decipher.final()]).toString("utf8");
      } catch (cause) {
        throw new MillraceError("SECRET_UNREADABLE", { name, location }, { cause });
      }
    },
  };
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

function parseSealed(
  sealed: string,
): { readonly iv: Buffer; readonly tag: Buffer; readonly ciphertext: Buffer } | null {
  const [, iv, tag, ciphertext] = /^v1\.([\w-]{16})\.([\w-]{22})\.([\w-]*)$/.exec(sealed) ?? [];
  if (iv === undefined || tag === undefined || ciphertext === undefined) return null;
  return {
    iv: Buffer.from(iv, "base64url"),
    tag: Buffer.from(tag, "base64url"),
    ciphertext: Buffer.from(ciphertext, "base64url"),
  };
}
