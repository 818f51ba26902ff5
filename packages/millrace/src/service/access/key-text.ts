/**
 * The text of an API key: `mr_`, the 16 bytes of its id and 32 bytes of chance, in base64url. It is found by its id, and only
 * the SHA-256 of the other half is kept: what nobody can guess needs no slow hash.
 */

import { secretBytes } from "../../kit/random.ts";
import { crypto, sha256 } from "../../kit/sha256.ts";

const secretSize = 32;
const form = /^mr_([\w-]{22})([\w-]{43})$/;

export interface ParsedKey {
  readonly id: string;
  readonly digest: string;
}

export function makeKey(id: string): ParsedKey & { readonly text: string; readonly start: string } {
  const idPart = toShortId(id);
  const secret = Buffer.from(secretBytes(secretSize)).toString("base64url");
  const text = `mr_${idPart}${secret}`;
  // The first bytes of an id are its time, the last are chance: those tell keys apart.
  return { id, digest: sha256(secret, "hex"), text, start: `mr_…${idPart.slice(-6)}` };
}

/** Null for what is no key of ours. */
export function parseKey(text: string): ParsedKey | null {
  const [, idPart, secret] = form.exec(text) ?? [];
  if (idPart === undefined || secret === undefined) return null;
  return { id: toLongId(idPart), digest: sha256(secret, "hex") };
}

/** The 16 bytes of a UUID as 22 characters of base64url. */
export function toShortId(id: string): string {
  return Buffer.from(id.replaceAll("-", ""), "hex").toString("base64url");
}

/** The UUID of them. */
export function toLongId(short: string): string {
  const hex = Buffer.from(short, "base64url").toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** In the same time wherever they differ. */
export function isSameDigest(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && crypto().timingSafeEqual(left, right);
}
