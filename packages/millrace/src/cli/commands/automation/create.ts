import type { Api } from "../../../contract/api.ts";
import { isMillraceError, MillraceError } from "../../../contract/errors.ts";
import type { Automation } from "../../../contract/objects.ts";
import { uuidv7 } from "../../../kit/ids.ts";
import { flag, text } from "../../arguments/options.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { readDocument } from "../../read-document.ts";
import { resolveNames } from "./resolve-names.ts";
import { type AutomationToSave, toAutomations } from "./to-automation.ts";

type WithId = AutomationToSave & { readonly id: string };

export const automationCreate = defineCommand({
  summary: "Make automations of a file of JSON or YAML",
  details: [
    "The file has one automation, or a list of them: `name`, `trigger` and `actions`, and if need be `description`, `enabled`, `tags`, `actionsOnTrigger` and `actionsOnResolve`. What has a usual value may be left out, and durations are written as 5m.",
    "A trigger has a `kind`: event, compound, sequence or metric. `automation inspect --json` shows one in full.",
    "Actions name what they are done to: `target: { name: nightly/a }` a deployment, pool, queue or automation, `block: slack-webhook/team` whom to tell. An automation may be one of the same file.",
    "All of them are checked before the first is made.",
    "With --json: an array of the automations. When one cannot be made after all, those made before it.",
  ],
  positionals: {},
  options: {
    fromFile: text("FILE", "The file; - for the standard input. Required.", { short: "f" }),
    replace: flag("Where there is an automation of the name, change it."),
  },
  examples: [
    { command: "automation create --from-file alerts.yaml", why: "" },
    { command: "automation create --from-file alerts.yaml --replace", why: "again and again, from a repository" },
  ],
  async run({ options }, context) {
    if (options.fromFile === undefined) throw new UsageProblem("--from-file is missing");
    const written = toAutomations(await readDocument(options.fromFile));
    await using host = await context.openHost();
    const { api } = host;
    const { out, json, clock } = context;
    const known = options.replace ? await readKnown(api, written) : new Map<string, Automation>();
    const listed = written.map((automation) => ({ ...automation, id: known.get(automation.name)?.id ?? uuidv7() }));
    const ofFile = new Map(listed.map(({ name, id }) => [name, id]));
    const wanted: WithId[] = [];
    for (const automation of listed) wanted.push(await resolveNames({ api, ofFile }, automation));
    for (const automation of wanted) await check(api, automation, clock.now());
    const saved: Automation[] = [];
    try {
      for (const automation of wanted) {
        saved.push(await save(api, automation, known.has(automation.name)));
        const { id, name } = automation;
        if (!json) out.line(`${known.has(name) ? "Changed" : "Made"} the automation ${cleanLine(name)} (${id}).`);
      }
    } finally {
      if (json) out.json(saved);
    }
    return undefined;
  },
});

/** @throws USAGE where several have a name: which is to be changed is not said */
async function readKnown(api: Api, wanted: readonly AutomationToSave[]): Promise<ReadonlyMap<string, Automation>> {
  const where = { field: "name", in: wanted.map(({ name }) => name) };
  const { items } = await api.listObjects("automation", { where }, { limit: 1000 });
  const known = new Map<string, Automation>();
  for (const automation of items) {
    const { name } = automation;
    if (known.has(name)) {
      const reason = `There are several automations of the name ${name}.`;
      throw new MillraceError("USAGE", { reason, advice: "Delete those that are too many: `millrace automation ls`." });
    }
    known.set(name, automation);
  }
  return known;
}

/** A trial of no time looks at no event, and refuses what could not be kept. @throws OBJECT_INVALID that names it */
async function check(api: Api, automation: AutomationToSave, now: number): Promise<void> {
  const { name, enabled, trigger = {}, actions = [], actionsOnTrigger = [], actionsOnResolve = [] } = automation;
  const draft = { enabled, trigger, actions, actionsOnTrigger, actionsOnResolve };
  try {
    await api.tryAutomation({ ...draft, since: now, until: now, maxFirings: 1 });
  } catch (error) {
    if (!isMillraceError(error, "OBJECT_INVALID")) throw error;
    throw new MillraceError("OBJECT_INVALID", { reason: `${name}: ${String(error.data.reason)}` }, { cause: error });
  }
}

/** One that was deleted since it was read is made anew. */
async function save(api: Api, { id, ...automation }: WithId, isKnown: boolean): Promise<Automation> {
  const changed = isKnown ? await api.updateObject("automation", id, automation) : null;
  return changed ?? (await api.createObject("automation", { ...automation, id, owner: null }));
}
