import { required } from "../../arguments/positionals.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { demandChanged } from "../../demand-changed.ts";
import { findObject } from "../../find-object.ts";
import { automationArgument, automations } from "../../object-lookups.ts";

export const automationPause = defineCommand({
  summary: "Let nothing set an automation off for a while",
  details: ["With --json: the automation."],
  positionals: { automation: required(automationArgument) },
  options: {},
  examples: [{ command: "automation pause late-reports", why: "until `automation resume`" }],
  run: ({ args }, context) => setEnabled(args.automation, { isEnabled: false, context }),
});

export const automationResume = defineCommand({
  summary: "Let an automation be set off again",
  details: ["With --json: the automation."],
  positionals: { automation: required(automationArgument) },
  options: {},
  examples: [{ command: "automation resume late-reports", why: "" }],
  run: ({ args }, context) => setEnabled(args.automation, { isEnabled: true, context }),
});

async function setEnabled(
  reference: string,
  { isEnabled, context }: { readonly isEnabled: boolean; readonly context: CommandContext },
): Promise<undefined> {
  await using host = await context.openHost();
  const { id, name } = await findObject(host.api, reference, automations);
  const updated = await host.api.updateObject("automation", id, { enabled: isEnabled });
  const changed = demandChanged(updated, { kind: "automation", name });
  if (context.json) context.out.json(changed);
  else context.out.line(`${name} ${isEnabled ? "goes on." : "is paused."}`);
}
