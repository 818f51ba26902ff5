import type { JsonObject, NewObject, WebhookSignature, WebhookTemplate } from "../../../contract/objects.ts";
import { choice, duration, flag, text, texts } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import type { OptionValues } from "../../arguments/parse.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { readJsonOption } from "../../parameters.ts";
import { hookAddress } from "./hook-address.ts";

const options = {
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
  disabled: flag("Take no requests yet."),
} as const;

export const webhookCreate = defineCommand({
  summary: "Make a webhook: an address to which others send requests that become events",
  details: [
    "Templates are written as {{ body.order.id }}, over `body` (the JSON, the form or the text), `headers`, `query` and `webhook`. Automations are set off by the events as by any other.",
    "Without --signature whoever knows the address may send. With --json: the webhook.",
  ],
  positionals: { name: required("Its name.") },
  options,
  examples: [
    { command: 'webhook create orders --event "order.{{ body.status }}" --resource "id=order.{{ body.id }}"', why: "" },
    { command: "webhook create pushes --signature github --secret github-hook", why: "of a repository on GitHub" },
  ],
  async run({ args, options: given }, context) {
    const { description, disabled } = given;
    const slug = given.slug ?? toSlug(args.name);
    const template = toTemplate(given, slug);
    const webhook: NewObject<"webhook"> = {
      name: args.name,
      slug,
      enabled: !disabled,
      ...(description === undefined ? {} : { description }),
      ...(template === null ? {} : { template }),
      signature: toSignature(given),
    };
    await using host = await context.openHost();
    const made = await host.api.createObject("webhook", webhook);
    const { out, json } = context;
    if (json) out.json(made);
    else {
      out.line(cleanLine(`Made the webhook ${made.name} (${made.id}).`));
      out.line(
        `Requests are sent to ${hookAddress(slug, host.serverUrl)}${host.serverUrl === null ? " of a server" : ""}.`,
      );
    }
    return undefined;
  },
});

type Given = OptionValues<typeof options>;

function toSlug(name: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  if (slug === "") throw new UsageProblem(`no address can be made of the name \`${name}\``, "give --slug");
  return slug;
}

/** Null where the event is the usual one. */
function toTemplate({ event, resource, payload }: Given, slug: string): WebhookTemplate | null {
  if (event === undefined && resource.length === 0 && payload === undefined) return null;
  const labels = resource.map((written): readonly [string, string] => {
    const at = written.indexOf("=");
    if (at < 1) throw new UsageProblem(`--resource takes LABEL=TEMPLATE, not \`${written}\``);
    return [written.slice(0, at), written.slice(at + 1)];
  });
  return {
    event: event ?? `webhook.${slug}`,
    ...(labels.length === 0 ? {} : { resource: Object.fromEntries(labels) }),
    ...(payload === undefined ? {} : { payload: readJsonOption(payload, "--payload") as JsonObject }),
  };
}

function toSignature({ signature: scheme, secret, header, tolerance }: Given): WebhookSignature | null {
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
