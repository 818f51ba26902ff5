/**
 * What is signed of a webhook by the convention of Standard Webhooks (https://www.standardwebhooks.com): an HMAC-SHA256 of the id, the
 * time and the body. Who makes it and who checks it take these parts from here; each has its platform's own cryptography.
 */

export const standardHeaders = {
  /** The same for each attempt at one message. */
  id: "webhook-id",
  /** When this attempt was made, in s since the epoch. */
  timestamp: "webhook-timestamp",
  /** `v1,<base64>`; several, separated by blanks, while a secret is being changed. */
  signature: "webhook-signature",
} as const;

/** What it is called when it is this one. */
export const standardVersion = "v1";

/** How far the time of an attempt may be from now, in ms. */
export const standardToleranceMs = 300_000;

const prefix = "whsec_";
/** Bytes that a secret has, by the convention. */
const minKeyBytes = 24;
const maxKeyBytes = 64;

/** What a secret has to be, for messages. */
export const standardSecretForm = `\`${prefix}\` and ${minKeyBytes} to ${maxKeyBytes} bytes in base64`;

/** The key that a secret stands for; null for what is none. */
export function toStandardKey(secret: string): Uint8Array<ArrayBuffer> | null {
  const [, text] = /^whsec_([\w+/-]+={0,2})\s*$/.exec(secret) ?? [];
  if (text === undefined) return null;
  const key = fromBase64(text);
  return key !== null && key.length >= minKeyBytes && key.length <= maxKeyBytes ? key : null;
}

/** Null for what is no base64, be it the usual one or that for URLs. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

/** What stands before the bytes of the body. The id has no dot, and the time is a number: nothing of one can be taken for another's. */
export function standardStart({ id, timestamp }: { readonly id: string; readonly timestamp: string }): string {
  return `${id}.${timestamp}.`;
}

/** Why these do not say what they must; null where they do. */
export function standardFault({
  id,
  timestamp,
  now,
  toleranceMs,
}: {
  readonly id: string;
  /** In s since the epoch. */
  readonly timestamp: string;
  readonly now: number;
  readonly toleranceMs: number;
}): string | null {
  if (!/^[\x21-\x2d\x2f-\x7e]{1,256}$/.test(id)) return `the header \`${standardHeaders.id}\` is missing, or is no id`;
  if (!/^\d{1,12}$/.test(timestamp))
    return `the header \`${standardHeaders.timestamp}\` is missing, or is no time in seconds`;
  const farMs = Math.abs(now - Number(timestamp) * 1000);
  if (farMs <= toleranceMs) return null;
  return `its time is ${Math.round(farMs / 1000)} s away, more than ${toleranceMs / 1000} s`;
}

/** The signatures of this version in the header, as they are written. No more are looked at than anybody needs. */
export function standardSignatures(header: string): readonly string[] {
  return header
    .slice(0, 4096)
    .split(" ")
    .slice(0, 16)
    .flatMap((each) => (each.startsWith(`${standardVersion},`) ? [each.slice(standardVersion.length + 1)] : []));
}
