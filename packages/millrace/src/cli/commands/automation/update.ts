import { flagOverSetting, text, texts } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { demandChanged } from "../../demand-changed.ts";
import { findObject } from "../../find-object.ts";
import { automationArgument, automations } from "../../object-lookups.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { readDocument } from "../../read-document.ts";
import { resolveNames } from "./resolve-names.ts";
import { type AutomationToSave, toAutomations } from "./to-automation.ts";

export const automationUpdate = defineCommand({
  summary: "Change an automation: what a file says of it, or its name and the like; it keeps its id and its history",
  details: [
    "The file is one of `automation create`, with one automation: all that it says, and what is usual where it says nothing, takes the place of what was there. The other options go over the file. Without a file, what is not given stays as it is.",
    "With --json: the automation.",
  ],
  positionals: { automation: required(automationArgument) },
  options: {
    fromFile: text("FILE", "A file of JSON or YAML; - for the standard input.", { short: "f" }),
    name: text("NAME", "Another name."),
    description: text("TEXT", "What people are told of it."),
    tag: texts("TAG", "Its tags, in place of those that it has; may be given several times."),
    enabled: flagOverSetting("Whether it may be set off; --no-enabled pauses it."),
  },
  examples: [
    { command: "automation update late-reports --from-file late.yaml", why: "another trigger, or other actions" },
    { command: 'automation update late-reports --name "reports that are late" --tag reports', why: "" },
  ],
  async run({ args, options }, context) {
    const { fromFile, name, description, tag, enabled } = options;
    const written = fromFile === undefined ? null : onlyOne(toAutomations(await readDocument(fromFile)));
    const own = {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(tag.length === 0 ? {} : { tags: tag }),
      ...(enabled === undefined ? {} : { enabled }),
    };
    if (written === null && Object.keys(own).length === 0) {
      throw new UsageProblem("say what to change: --from-file, --name or the like");
    }
    await using host = await context.openHost();
    const { api } = host;
    const { id, revision, ...found } = await findObject(api, args.automation, automations);
    const ofFile = new Map([[written?.name ?? found.name, id]]);
    const change = { ...(written === null ? {} : await resolveNames({ api, ofFile }, written)), ...own };
    const updated = await api.updateObject("automation", id, change, revision);
    const changed = demandChanged(updated, { kind: "automation", name: found.name });
    if (context.json) context.out.json(changed);
    else context.out.line(cleanLine(`Changed the automation ${changed.name} (${id}).`));
    return undefined;
  },
});

function onlyOne(written: readonly AutomationToSave[]): AutomationToSave {
  const [only, another] = written;
  if (only !== undefined && another === undefined) return only;
  throw new UsageProblem(
    `the file has ${written.length} automations, and one is changed`,
    "create --replace takes several",
  );
}
