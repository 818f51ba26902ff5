/** Signatures of requests: an HMAC-SHA256 that only who has the secret can make. */

import type { IncomingHttpHeaders } from "node:http";
import type { WebhookSignature } from "../../contract/objects.ts";
import { crypto } from "../../kit/sha256.ts";
import {
  fromBase64,
  standardFault,
  standardHeaders,
  standardSecretForm,
  standardSignatures,
  standardStart,
  standardToleranceMs,
  toStandardKey,
} from "../../kit/standard-webhook.ts";

export interface SignedRequest {
  readonly headers: IncomingHttpHeaders;
  /** As it was sent. */
  readonly body: Uint8Array;
}

/** `once`: the same for each copy of the request, and for no other; null where the signature does not tell them apart. */
export type SignatureCheck =
  | { readonly isGood: true; readonly once: string | null }
  | { readonly isGood: false; readonly reason: string };

const defaultToleranceMs = standardToleranceMs;

const usualHeaders: Readonly<Record<WebhookSignature["scheme"], string>> = {
  github: "x-hub-signature-256",
  timestamped: "stripe-signature",
  header: "x-signature",
  standard: standardHeaders.signature,
};

/** The header that holds the signature, in lower case. */
export function signatureHeader({ scheme, header }: WebhookSignature): string {
  return (header ?? usualHeaders[scheme]).toLowerCase();
}

/** @param options.now ms UTC, which the time of a `timestamped` signature is near to */
export function checkSignature(
  signature: WebhookSignature,
  { headers, body }: SignedRequest,
  { secret, now }: { readonly secret: string; readonly now: number },
): SignatureCheck {
  const header = signatureHeader(signature);
  const given = headers[header];
  if (typeof given !== "string" || given === "") return bad(`the header \`${header}\` is missing`);
  if (signature.scheme === "timestamped") return checkTimestamped(signature, given, { body, secret, now });
  if (signature.scheme === "standard") return checkStandard(signature, { given, headers, body, secret, now });
  const wanted = hmac(secret, body);
  const isGood =
    signature.scheme === "github"
      ? isSame(wanted, fromHex(/^sha256=(.*)$/.exec(given)?.[1] ?? ""))
      : isSame(wanted, fromHex(given.replace(/^sha256=/, ""))) || isSame(wanted, Buffer.from(given, "base64"));
  return isGood ? { isGood, once: null } : bad("it is not that of this body and secret");
}

/** `t=<s since the epoch>,v1=<hexadecimal>`, with several `v1` while a secret is being changed. */
function checkTimestamped(
  { toleranceMs = defaultToleranceMs }: WebhookSignature,
  given: string,
  { body, secret, now }: { readonly body: Uint8Array; readonly secret: string; readonly now: number },
): SignatureCheck {
  const parts = given.split(",").map((part) => part.trim().split(/=(.*)/s));
  const time = parts.find(([name]) => name === "t")?.[1] ?? "";
  if (!/^\d{1,12}$/.test(time)) return bad("it has no time `t=<seconds>`");
  const wanted = hmac(secret, `${time}.`, body);
  const isGood = parts.some(([name, value = ""]) => name === "v1" && isSame(wanted, fromHex(value)));
  if (!isGood) return bad("it is not that of this time, body and secret");
  const farMs = Math.abs(now - Number(time) * 1000);
  if (farMs > toleranceMs)
    return bad(`its time is ${Math.round(farMs / 1000)} s away, more than ${toleranceMs / 1000} s`);
  return { isGood, once: wanted.toString("hex") };
}

/** The id is signed too: it tells an attempt that is made again from a message that is sent again. */
function checkStandard(
  { toleranceMs = defaultToleranceMs }: WebhookSignature,
  {
    given,
    headers,
    body,
    secret,
    now,
  }: SignedRequest & { readonly given: string; readonly secret: string; readonly now: number },
): SignatureCheck {
  const id = String(headers[standardHeaders.id] ?? "");
  const timestamp = String(headers[standardHeaders.timestamp] ?? "");
  const fault = standardFault({ id, timestamp, now, toleranceMs });
  const key = toStandardKey(secret);
  if (key === null) return bad(`the secret that it is checked with is not ${standardSecretForm}`);
  const wanted = hmac(key, standardStart({ id, timestamp }), body);
  const isGood = standardSignatures(given).some((each) => isSame(wanted, Buffer.from(fromBase64(each) ?? [])));
  if (!isGood) return bad("it is not that of this id, time, body and secret");
  return fault === null ? { isGood, once: id } : bad(fault);
}

function hmac(secret: string | Uint8Array, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const made = crypto().createHmac("sha256", secret);
  for (const part of parts) made.update(part);
  return made.digest();
}

function fromHex(text: string): Buffer {
  return /^[\da-f]{64}$/i.test(text) ? Buffer.from(text, "hex") : Buffer.alloc(0);
}

/** Takes as long for any two of the same length, so that no byte can be guessed by itself. */
function isSame(wanted: Buffer, given: Buffer): boolean {
  return wanted.length === given.length && crypto().timingSafeEqual(wanted, given);
}

function bad(reason: string): SignatureCheck {
  return { isGood: false, reason };
}
