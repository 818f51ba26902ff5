/**
 * What a sealed value looks like, and how a key makes and opens it: AES-256-GCM, the value's name as associated data, so that one
 * cannot stand for another. `v2.<key>.<iv>.<tag>.<ciphertext>`, base64url; `v1`, as it was before, does not say which key.
 */

import { secretBytes } from "../kit/random.ts";
import { crypto } from "../kit/sha256.ts";
import type { SecretsKey } from "./key-ring.ts";

const algorithm = "aes-256-gcm";
const ivBytes = 12;
const tagBytes = 16;

export interface SealedText {
  /** Null for a value from before keys had ids. */
  readonly keyId: string | null;
  readonly iv: Buffer;
  readonly tag: Buffer;
  readonly ciphertext: Buffer;
}

export function sealText(key: SecretsKey, { name, value }: { readonly name: string; readonly value: string }): string {
  const iv = secretBytes(ivBytes);
  const cipher = crypto().createCipheriv(algorithm, key.bytes, iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(name));
  const ciphertext = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]);
  return ["v2", key.id, ...[iv, cipher.getAuthTag(), ciphertext].map(toText)].join(".");
}

/** Null for a text that nothing was sealed into. */
export function parseSealed(sealed: string): SealedText | null {
  const form = /^(?:v1|v2\.([\w-]{12}))\.([\w-]{16})\.([\w-]{22})\.([\w-]*)$/;
  const [, keyId = null, iv, tag, ciphertext] = form.exec(sealed) ?? [];
  if (iv === undefined || tag === undefined || ciphertext === undefined) return null;
  return {
    keyId,
    iv: Buffer.from(iv, "base64url"),
    tag: Buffer.from(tag, "base64url"),
    ciphertext: Buffer.from(ciphertext, "base64url"),
  };
}

/** Throws where it is another key, another name, or a text that was changed. */
export function openText(key: SecretsKey, name: string, { iv, tag, ciphertext }: SealedText): string {
  const decipher = crypto().createDecipheriv(algorithm, key.bytes, iv, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(name));
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString("utf8");
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
