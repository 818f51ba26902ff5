/** A signature as a sender makes it: what server/hooks checks. */

import { createHmac } from "node:crypto";
import type { WebhookSignature } from "../../../contract/objects.ts";

const usualHeaders = { github: "X-Hub-Signature-256", timestamped: "Stripe-Signature", header: "X-Signature" } as const;

/** @param now ms since the epoch */
export function signRequest(
  { scheme, header }: WebhookSignature,
  { body, secret, now }: { readonly body: string; readonly secret: string; readonly now: number },
): Readonly<Record<string, string>> {
  const hmac = (text: string): string => createHmac("sha256", secret).update(text).digest("hex");
  const name = header ?? usualHeaders[scheme];
  switch (scheme) {
    case "github":
      return { [name]: `sha256=${hmac(body)}` };
    case "header":
      return { [name]: hmac(body) };
    case "timestamped": {
      const seconds = Math.floor(now / 1000);
      return { [name]: `t=${seconds},v1=${hmac(`${seconds}.${body}`)}` };
    }
  }
}
