/**
 * The keys of a ledger's secrets: the first seals, all of them open. A key is known by the start of its digest, which is in what
 * it has sealed; so a ring is no more than the keys themselves, in a file or in a variable.
 */

import { MillraceError } from "../contract/errors.ts";
import { sha256 } from "../kit/sha256.ts";

export const keyBytes = 32;
/** More are a mistake. */
const maxKeys = 16;

export interface SecretsKey {
  /** 12 characters of base64url. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** Never empty. */
export type KeyRing = readonly [SecretsKey, ...SecretsKey[]];

export function toSecretsKey(bytes: Uint8Array): SecretsKey {
  return { id: sha256(Buffer.concat([Buffer.from("millrace secrets key"), bytes]), "base64url").slice(0, 12), bytes };
}

/**
 * Keys from their text, with commas, blanks or line ends between them: each 32 bytes in base64, base64url or hexadecimal.
 *
 * @throws SETTING_INVALID that does not repeat the text
 */
export function parseKeyRing(text: string, setting: string): KeyRing {
  const [first, ...others] = text.split(/[\s,]+/).filter((part) => part !== "");
  if (first === undefined || others.length >= maxKeys) throw invalid(setting);
  const read = (part: string) => toSecretsKey(parseKey(part, setting));
  return [read(first), ...others.map(read)];
}

/** The ring as its file holds it. */
export function formatKeyRing(ring: KeyRing): string {
  return ring.map(({ bytes }) => `${Buffer.from(bytes).toString("base64url")}\n`).join("");
}

function parseKey(text: string, setting: string): Uint8Array {
  const isHex = /^[0-9a-f]{64}$/i.test(text);
  const isBase64 = /^[\w+/-]{43}=?$/.test(text);
  if (isHex || isBase64) return Buffer.from(text, isHex ? "hex" : "base64");
  throw invalid(setting);
}

function invalid(setting: string): MillraceError {
  return new MillraceError("SETTING_INVALID", {
    setting,
    reason: `it does not hold ${keyBytes} bytes in base64 or hexadecimal, as \`openssl rand -base64 32\` makes them, or up to ${maxKeys} such keys`,
  });
}
