import type { Webhook, WebhookSignature } from "../../../contract/objects.ts";
import { formatDuration } from "../../../kit/duration.ts";
import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { webhookArgument, webhooks } from "../../object-lookups.ts";
import { cleanLine, cleanText } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { hookAddress } from "./hook-address.ts";

export const webhookInspect = defineCommand({
  summary: "Show a webhook: its address, the event that a request becomes, and how requests are signed",
  details: ["With --json: the webhook."],
  positionals: { webhook: required(webhookArgument) },
  options: {},
  examples: [{ command: "webhook inspect orders", why: "" }],
  async run({ args }, context) {
    await using host = await context.openHost();
    const webhook = await findObject(host.api, args.webhook, webhooks);
    if (context.json) context.out.json(webhook);
    else print(webhook, host.serverUrl, context);
    return undefined;
  },
});

function print(webhook: Webhook, serverUrl: string | null, { out, times }: CommandContext): void {
  const { name, id, slug, enabled, description = "", template, signature = null } = webhook;
  const facts = renderFacts(
    [
      ["Webhook", out.look.paint.bold(cleanLine(name))],
      ["Id", id],
      ["Address", hookAddress(slug, serverUrl)],
      ["Status", enabled ? "enabled" : "disabled"],
      ["Description", description === "" ? null : cleanLine(description)],
      ["Event", cleanLine(template?.event ?? `webhook.${slug}`)],
      ["Signed", signature === null ? "no: who knows the address may send" : signatureText(signature)],
      ["Created", times.long(webhook.createdAt)],
      ["Updated", times.long(webhook.updatedAt)],
    ],
    out,
  );
  out.lines(facts);
  for (const [title, part] of [
    ["resource", template?.resource],
    ["payload", template?.payload],
  ] as const) {
    if (part === undefined) continue;
    out.lines(["", out.look.paint.dim(title), cleanText(JSON.stringify(part, null, 2))]);
  }
}

function signatureText({ scheme, secretName, header, toleranceMs }: WebhookSignature): string {
  const where = header === undefined ? "" : `, in ${header}`;
  const within = toleranceMs === undefined ? "" : `, within ${formatDuration(toleranceMs)}`;
  return cleanLine(`${scheme}, with the secret ${secretName}${where}${within}`);
}
