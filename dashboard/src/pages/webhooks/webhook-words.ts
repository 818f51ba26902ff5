/** What is told of a webhook: where it is sent to, what a request becomes, and how it is signed. */

import type { Webhook } from "millrace/client";

export type Signature = NonNullable<Webhook["signature"]>;

export const hookPath = (slug: string): string => `v1/hooks/${slug}`;

/** The name of the event that a request becomes, with its templates. */
export const eventOf = ({ slug, template }: Pick<Webhook, "slug" | "template">): string =>
  template?.event ?? `webhook.${slug}`;

export const schemes = {
  github: "As GitHub signs: X-Hub-Signature-256",
  timestamped: "With a time, as Stripe signs: Stripe-Signature",
  standard: "By Standard Webhooks: Webhook-Signature",
  header: "HMAC-SHA256 of the body: X-Signature",
} as const satisfies Readonly<Record<Signature["scheme"], string>>;

/** Only these have a time in what is signed. */
export const hasTime = (scheme: Signature["scheme"]): boolean => scheme === "timestamped" || scheme === "standard";

/** As the server looks for events: those of the webhook itself, or by the start of the name that its template gives them. */
export function eventsOf({
  id,
  slug,
  template,
}: Pick<Webhook, "id" | "slug" | "template">):
  | { readonly resourceIdPrefixes: readonly string[] }
  | { readonly namePrefixes: readonly string[] }
  | null {
  if (template?.resource === undefined) return { resourceIdPrefixes: [`millrace.webhook.${id}`] };
  const start = eventOf({ slug, template }).split(/\{[{%]/, 1)[0] ?? "";
  return start === "" ? null : { namePrefixes: [start] };
}
