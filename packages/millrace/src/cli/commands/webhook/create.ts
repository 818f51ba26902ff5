import type { NewObject } from "../../../contract/objects.ts";
import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { hookAddress } from "./hook-address.ts";
import { hookOptions, toSignature, toTemplate, toTemplateParts } from "./hook-fields.ts";

const options = { ...hookOptions, disabled: flag("Take no requests yet.") } as const;

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
    const template = toTemplate(toTemplateParts(given), { slug });
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

function toSlug(name: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  if (slug === "") throw new UsageProblem(`no address can be made of the name \`${name}\``, "give --slug");
  return slug;
}
