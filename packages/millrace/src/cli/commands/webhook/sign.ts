/** A signature as a sender makes it: what server/hooks checks. */

import { createHmac } from "node:crypto";
import { MillraceError } from "../../../contract/errors.ts";
import type { WebhookSignature } from "../../../contract/objects.ts";
import { uuidv7 } from "../../../kit/ids.ts";
import {
  standardHeaders,
  standardSecretForm,
  standardStart,
  standardVersion,
  toStandardKey,
} from "../../../kit/standard-webhook.ts";

const usualHeaders = {
  github: "X-Hub-Signature-256",
  timestamped: "Stripe-Signature",
  header: "X-Signature",
  standard: standardHeaders.signature,
} as const;

/** @param now ms since the epoch @throws USAGE for a secret that cannot sign like this */
export function signRequest(
  { scheme, header }: WebhookSignature,
  { body, secret, now }: { readonly body: string; readonly secret: string; readonly now: number },
): Readonly<Record<string, string>> {
  const hmac = (text: string): string => createHmac("sha256", secret).update(text).digest("hex");
  const name = header ?? usualHeaders[scheme];
  const seconds = String(Math.floor(now / 1000));
  switch (scheme) {
    case "github":
      return { [name]: `sha256=${hmac(body)}` };
    case "header":
      return { [name]: hmac(body) };
    case "timestamped":
      return { [name]: `t=${seconds},v1=${hmac(`${seconds}.${body}`)}` };
    case "standard": {
      const key = toStandardKey(secret);
      if (key === null) {
        const advice = `Set one: \`millrace secret set\` with ${standardSecretForm}.`;
        throw new MillraceError("USAGE", {
          reason: "The secret of the webhook signs nothing by Standard Webhooks",
          advice,
        });
      }
      const sent = { id: uuidv7(), timestamp: seconds };
      const made = createHmac("sha256", key).update(standardStart(sent)).update(body).digest("base64");
      return {
        [standardHeaders.id]: sent.id,
        [standardHeaders.timestamp]: seconds,
        [name]: `${standardVersion},${made}`,
      };
    }
  }
}
