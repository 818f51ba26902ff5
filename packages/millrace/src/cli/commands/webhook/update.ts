import type { ObjectChange, WebhookTemplate } from "../../../contract/objects.ts";
import { flag, text } from "../../arguments/options.ts";
import type { OptionValues } from "../../arguments/parse.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { demandChanged } from "../../demand-changed.ts";
import { findObject } from "../../find-object.ts";
import { webhookArgument, webhooks } from "../../object-lookups.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { hookAddress } from "./hook-address.ts";
import { hookOptions, toSignature, toTemplate, toTemplateParts } from "./hook-fields.ts";

const options = {
  name: text("NAME", "Another name."),
  ...hookOptions,
  unsigned: flag("Ask for no signature any more: whoever knows the address may send."),
} as const;

export const webhookUpdate = defineCommand({
  summary: "Change a webhook; what is not given stays as it is",
  details: [
    "--resource takes the place of all labels, --signature of the whole signature. With another --slug it has another address, and is found at the old one no more.",
    "With --json: the webhook.",
  ],
  positionals: { webhook: required(webhookArgument) },
  options,
  examples: [
    { command: 'webhook update orders --event "order.{{ body.kind }}"', why: "another name of its events" },
    { command: "webhook update orders --signature standard --secret orders-hook", why: "signed from now on" },
  ],
  async run({ args, options: given }, context) {
    const parts = toTemplateParts(given);
    const change = toChange(given, parts);
    await using host = await context.openHost();
    const found = await findObject(host.api, args.webhook, webhooks);
    const template = toTemplate(parts, { slug: change.slug ?? found.slug, before: found.template ?? null });
    const whole = template === null ? change : { ...change, template };
    const updated = await host.api.updateObject("webhook", found.id, whole, found.revision);
    const changed = demandChanged(updated, { kind: "webhook", name: found.name });
    const { out, json } = context;
    if (json) out.json(changed);
    else {
      out.line(cleanLine(`${changed.name} is changed.`));
      if (changed.slug !== found.slug) out.line(`Requests are sent to ${hookAddress(changed.slug, host.serverUrl)}.`);
    }
    return undefined;
  },
});

/** Without the template, which goes over the one that is there. */
function toChange(
  given: OptionValues<typeof options>,
  parts: Partial<WebhookTemplate>,
): Pick<ObjectChange<"webhook">, "name" | "slug" | "description" | "signature"> {
  const { name, slug, description, unsigned } = given;
  const signature = toSignature(given);
  if (unsigned && signature !== null) throw new UsageProblem("--unsigned and --signature exclude each other");
  const change = {
    ...(name === undefined ? {} : { name }),
    ...(slug === undefined ? {} : { slug }),
    ...(description === undefined ? {} : { description }),
    ...(signature === null ? {} : { signature }),
    ...(unsigned ? { signature: null } : {}),
  };
  if (Object.keys(change).length + Object.keys(parts).length > 0) return change;
  throw new UsageProblem("say what to change: --event or the like");
}
