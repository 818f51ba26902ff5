/** For whoever is called by webhooks of ours: whether a call is from who has the secret, and new. Needs WebCrypto and nothing else. */

import { MillraceError } from "../contract/errors.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import {
  fromBase64,
  standardFault,
  standardHeaders,
  standardSecretForm,
  standardSignatures,
  standardStart,
  standardToleranceMs,
  toStandardKey,
} from "../kit/standard-webhook.ts";

export interface WebhookCall {
  /** As it came: what has been parsed and written again is signed differently. */
  readonly body: string | Uint8Array;
  /** Those of the request: `Headers`, or an object as Node has it, with names in lower case. */
  readonly headers: Pick<Headers, "get"> | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** `whsec_…`; several while one is being changed for another. */
  readonly secret: string | readonly string[];
  /** How far the time of the call may be from now, in ms. Default 300,000. */
  readonly toleranceMs?: number;
  /** Default: the machine's. */
  readonly clock?: Pick<Clock, "now">;
}

export interface VerifiedWebhook {
  /** The same each time that this call is made: do nothing for one that has come before, within twice the tolerance. */
  readonly id: string;
  /** When this attempt was made, in ms since the epoch. */
  readonly sentAt: number;
}

/**
 * Checks a call that Millrace, or anything else that signs by Standard Webhooks (https://www.standardwebhooks.com), has made. The
 * signature is compared in a time that tells nothing of it.
 *
 * @throws WEBHOOK_CALL_UNVERIFIED when it is not signed with a secret of these, or too long ago; SETTING_INVALID for a secret that is none
 */
export async function verifyWebhook(call: WebhookCall): Promise<VerifiedWebhook> {
  const { body, toleranceMs = standardToleranceMs, clock = systemClock } = call;
  const id = headerOf(call, standardHeaders.id);
  const timestamp = headerOf(call, standardHeaders.timestamp);
  const keys = [call.secret].flat().map(toKey);
  const fault = standardFault({ id, timestamp, now: clock.now(), toleranceMs });
  if (fault !== null) throw new MillraceError("WEBHOOK_CALL_UNVERIFIED", { reason: fault });
  const signatures = standardSignatures(headerOf(call, standardHeaders.signature)).flatMap((text) => {
    const bytes = fromBase64(text);
    return bytes === null ? [] : [bytes];
  });
  const content = toContent(standardStart({ id, timestamp }), body);
  for (const key of keys) {
    const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
    for (const signature of signatures) {
      if (await crypto.subtle.verify("HMAC", imported, signature, content))
        return { id, sentAt: Number(timestamp) * 1000 };
    }
  }
  const reason = signatures.length === 0 ? "it has no signature" : "it is not signed with this secret, or was changed";
  throw new MillraceError("WEBHOOK_CALL_UNVERIFIED", { reason });
}

function headerOf({ headers }: WebhookCall, name: string): string {
  const value = isHeaders(headers) ? headers.get(name) : headers[name];
  return typeof value === "string" ? value : "";
}

function isHeaders(headers: WebhookCall["headers"]): headers is Pick<Headers, "get"> {
  return typeof headers.get === "function";
}

function toKey(secret: string): Uint8Array<ArrayBuffer> {
  const key = toStandardKey(secret);
  if (key !== null) return key;
  throw new MillraceError("SETTING_INVALID", { setting: "`secret`", reason: `it is not ${standardSecretForm}` });
}

function toContent(start: string, body: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const [head, rest] = [encoder.encode(start), typeof body === "string" ? encoder.encode(body) : body];
  const content = new Uint8Array(head.length + rest.length);
  content.set(head);
  content.set(rest, head.length);
  return content;
}
