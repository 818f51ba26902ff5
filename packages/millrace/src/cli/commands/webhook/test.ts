import type { CommandHost } from "../../../app/command-host.ts";
import { readText } from "../../../client/read-answer.ts";
import { MillraceError } from "../../../contract/errors.ts";
import type { Webhook } from "../../../contract/objects.ts";
import type { StoredEvent } from "../../../contract/records.ts";
import { text, texts } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { webhookArgument, webhooks } from "../../object-lookups.ts";
import { cleanText } from "../../output/clean-text.ts";
import { readJsonOption } from "../../parameters.ts";
import { hookAddress } from "./hook-address.ts";
import { signRequest } from "./sign.ts";

export const webhookTest = defineCommand({
  summary: "Send a request to a webhook, signed as it asks for, and show the event that it becomes",
  details: [
    "The event is recorded as any other, so that automations which look for it are set off. `automation try` tries one without that.",
    "Needs a server, and the key with which this machine's secrets are sealed where requests are signed. With --json: the event.",
  ],
  positionals: { webhook: required(webhookArgument) },
  options: {
    body: text("JSON|@FILE", "The body of the request. Default: {}.", { short: "b" }),
    header: texts("NAME=VALUE", "A header of the request; may be given several times."),
    query: texts("NAME=VALUE", "A parameter of the address; may be given several times."),
  },
  examples: [{ command: `webhook test orders --body '{"id":7,"status":"paid"}'`, why: "what does it become?" }],
  async run({ args, options }, context) {
    const value = options.body === undefined ? {} : readJsonOption(options.body, "--body");
    const headers = Object.fromEntries(options.header.map((each) => split(each, "--header")));
    const query = new URLSearchParams(options.query.map((each) => split(each, "--query")));
    await using host = await context.openHost();
    const webhook = await findObject(host.api, args.webhook, webhooks);
    const event = await send(host, webhook, { body: JSON.stringify(value), headers, query, now: context.clock.now() });
    if (context.json) context.out.json(event);
    else print(event, context);
    return undefined;
  },
});

function split(written: string, option: string): [string, string] {
  const at = written.indexOf("=");
  if (at < 1) throw new UsageProblem(`${option} takes NAME=VALUE, not \`${written}\``);
  return [written.slice(0, at), written.slice(at + 1)];
}

async function send(
  host: CommandHost,
  webhook: Webhook,
  request: {
    readonly body: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly query: URLSearchParams;
    readonly now: number;
  },
): Promise<StoredEvent | null> {
  const { body, headers, query, now } = request;
  if (host.serverUrl === null) {
    const reason = "Requests are taken by a server, and this ledger has been opened without one";
    throw new MillraceError("USAGE", {
      reason,
      advice: "Start one (`millrace server start`), and set MILLRACE_API_URL.",
    });
  }
  const { signature = null } = webhook;
  const secret = signature === null ? null : await readSecret(host, signature.secretName);
  const signed = signature === null || secret === null ? {} : signRequest(signature, { body, secret, now });
  const address = hookAddress(webhook.slug, host.serverUrl);
  const response = await fetch(query.size === 0 ? address : `${address}?${query.toString()}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers, ...signed },
    body,
    // The signature is for this server.
    redirect: "manual",
  });
  const answer = readJson(await readText(response, host.serverUrl)) as {
    readonly eventId?: string;
    readonly error?: { readonly message?: string };
  };
  if (answer.eventId === undefined) {
    const reason = `The server has refused the request (${response.status}): ${answer.error?.message ?? "it says no more"}`;
    throw new MillraceError("USAGE", {
      reason,
      advice: `\`millrace webhook inspect ${webhook.slug}\` shows what it takes.`,
    });
  }
  return (await host.api.listEvents({ ids: [answer.eventId] }, { limit: 1 })).items[0] ?? null;
}

/** An empty object for what is no JSON of ours. */
function readJson(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** @throws NOT_FOUND, and what opening the secret throws */
async function readSecret(host: CommandHost, name: string): Promise<string> {
  const secret = await host.api.readSecret(name);
  if (secret === null) {
    const advice = `\`millrace secret set ${name}\` keeps it.`;
    throw new MillraceError("NOT_FOUND", { kind: "secret", name, advice });
  }
  return (await host.vault()).open(name, secret.sealed);
}

function print(event: StoredEvent | null, { out }: CommandContext): void {
  if (event === null) return out.line("The request was taken; its event is gone already.");
  const { id, name, resource, payload } = event;
  out.line(`The request has become the event ${name} (${id}).`);
  const shown = { resource, payload: payload === null ? null : (JSON.parse(payload) as unknown) };
  out.line(cleanText(JSON.stringify(shown, null, 2)));
}
