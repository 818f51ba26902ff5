import { required } from "../../arguments/positionals.ts";
import { defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { automationArgument, automations } from "../../object-lookups.ts";
import { cleanLine, cleanText } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";
import { evaluationText, triggerText } from "./automation-text.ts";
import { watchable } from "../../watchable.ts";
import { withPage } from "../../with-page.ts";

export const automationInspect = withPage(
  watchable(
    defineCommand({
      summary: "Show an automation: what sets it off, and what is then done",
      details: [
        "With --json: the automation, with `lastEvaluation`: when it was last evaluated and why that came to what it came to; null if it never was.",
      ],
      positionals: { automation: required(automationArgument) },
      options: {},
      examples: [{ command: "automation inspect late-reports", why: "" }],
      async run({ args }, context) {
        await using host = await context.openHost();
        const automation = await findObject(host.api, args.automation, automations);
        const { out, json, times } = context;
        const [last = null] = await host.api.listEvaluations(automation.id);
        if (json) {
          out.json({ ...automation, lastEvaluation: last });
          return undefined;
        }
        const { name, id, enabled, description = "", tags, owner, trigger } = automation;
        const { actions = [], actionsOnTrigger = [], actionsOnResolve = [] } = automation;
        const facts = renderFacts(
          [
            ["Automation", out.look.paint.bold(cleanLine(name))],
            ["Id", id],
            ["Status", enabled ? "enabled" : "paused"],
            ["Description", description === "" ? null : cleanLine(description)],
            ["Sets it off", cleanLine(triggerText(automation))],
            ["Last evaluation", last === null ? null : `${times.short(last.at)}: ${evaluationText(last)}`],
            ["Tags", tags.length === 0 ? null : cleanLine(tags.join(", "))],
            ["Belongs to", owner === null ? null : cleanLine(owner)],
            ["Created", times.long(automation.createdAt)],
            ["Updated", times.long(automation.updatedAt)],
          ],
          out,
        );
        out.lines(facts);
        const parts = { trigger, actions, actionsOnTrigger, actionsOnResolve };
        for (const [title, part] of Object.entries(parts)) {
          if (part === undefined || (Array.isArray(part) && part.length === 0)) continue;
          out.lines(["", out.look.paint.dim(title), cleanText(JSON.stringify(part, null, 2))]);
        }
        return undefined;
      },
    }),
  ),
  { kind: "automation", find: async (api, { automation }) => (await findObject(api, automation, automations)).id },
);
