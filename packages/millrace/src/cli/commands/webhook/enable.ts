import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { webhookArgument, webhooks } from "../../object-lookups.ts";
import { cleanLine } from "../../output/clean-text.ts";

export const webhookEnable = defineSwitch({
  verb: "enable",
  enabled: true,
  summary: "Let a webhook take requests again",
  done: "takes requests",
});

export const webhookDisable = defineSwitch({
  verb: "disable",
  enabled: false,
  summary: "Let a webhook take no requests: who sends one is told that there is none",
  done: "takes no requests",
});

function defineSwitch({
  verb,
  enabled,
  summary,
  done,
}: {
  readonly verb: string;
  readonly enabled: boolean;
  readonly summary: string;
  readonly done: string;
}) {
  return defineCommand({
    summary,
    details: ["With --json: the webhook."],
    positionals: { webhook: required(webhookArgument) },
    options: {},
    examples: [{ command: `webhook ${verb} orders`, why: "" }],
    async run({ args }, context) {
      await using host = await context.openHost();
      const { id, name } = await findObject(host.api, args.webhook, webhooks);
      const changed = await host.api.updateObject("webhook", id, { enabled });
      if (context.json) context.out.json(changed);
      else context.out.line(cleanLine(`${name} ${done}.`));
      return undefined;
    },
  });
}
