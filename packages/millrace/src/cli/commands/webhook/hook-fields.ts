/** What a webhook is beside its name, as it is written on a command line. */

import type { JsonObject, WebhookSignature, WebhookTemplate } from "../../../contract/objects.ts";
import { choice, duration, text, texts } from "../../arguments/options.ts";
import type { OptionValues } from "../../arguments/parse.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { readJsonOption } from "../../parameters.ts";

export const hookOptions = {
  slug: text("TEXT", "The end of its address: lower-case letters, digits, - and _. Default: made of the name."),
  description: text("TEXT", "What people are told of it."),
  event: text("TEMPLATE", "The name of the event. Default: webhook.<slug>."),
  resource: texts(
    "LABEL=TEMPLATE",
    "A label of what it happened to, of which `id` is needed; may be given several times.",
  ),
  payload: text("JSON|@FILE", "The payload of the event, with templates in it. Default: the body of the request."),
  signature: choice(
    ["github", "timestamped", "header", "standard"],
    "How senders sign; needs --secret. Default: not at all.",
  ),
  secret: text("NAME", "The secret that senders sign with, as `secret set` keeps it."),
  header: text("NAME", "The header that has the signature. Default: the scheme's usual one."),
  tolerance: duration("How far the time of a `timestamped` or `standard` signature may be from now. Default 5m."),
} as const;

type Given = OptionValues<typeof hookOptions>;

/** What is written of the event that a request becomes. */
export function toTemplateParts({ event, resource, payload }: Given): Partial<WebhookTemplate> {
  const labels = resource.map((written): readonly [string, string] => {
    const at = written.indexOf("=");
    if (at < 1) throw new UsageProblem(`--resource takes LABEL=TEMPLATE, not \`${written}\``);
    return [written.slice(0, at), written.slice(at + 1)];
  });
  return {
    ...(event === undefined ? {} : { event }),
    ...(labels.length === 0 ? {} : { resource: Object.fromEntries(labels) }),
    ...(payload === undefined ? {} : { payload: readJsonOption(payload, "--payload") as JsonObject }),
  };
}

/** Over what it was; null where the event is the usual one. */
export function toTemplate(
  parts: Partial<WebhookTemplate>,
  { slug, before = null }: { readonly slug: string; readonly before?: WebhookTemplate | null },
): WebhookTemplate | null {
  return Object.keys(parts).length === 0 ? before : { event: `webhook.${slug}`, ...before, ...parts };
}

/** Null where nothing is written of it. */
export function toSignature({ signature: scheme, secret, header, tolerance }: Given): WebhookSignature | null {
  if (scheme === undefined) {
    const astray = secret === undefined ? (header === undefined ? undefined : "--header") : "--secret";
    if (astray === undefined && tolerance === undefined) return null;
    throw new UsageProblem(
      `${astray ?? "--tolerance"} is for a signature`,
      "give --signature github, timestamped, header or standard",
    );
  }
  if (secret === undefined) throw new UsageProblem("--secret is missing: with which secret do senders sign?");
  return {
    scheme,
    secretName: secret,
    ...(header === undefined ? {} : { header }),
    ...(tolerance === undefined ? {} : { toleranceMs: tolerance }),
  };
}
