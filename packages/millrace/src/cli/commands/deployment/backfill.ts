import type { ScheduledRun } from "../../../contract/deployments.ts";
import { flag, text, wholeNumber } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { findObject } from "../../find-object.ts";
import { deploymentArgument, deployments, deploymentTitle } from "../../object-lookups.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { plural } from "../../output/numbers.ts";
import { renderTable } from "../../output/table.ts";
import { parseSince } from "../../since.ts";

export const deploymentBackfill = defineCommand({
  summary: "Make the runs that a deployment's schedules would have had in a time that is over, or is to come",
  details: [
    "Says how many runs that are, and asks. Each is made once, however often that is asked for. Only active schedules count.",
    "With --json: an array of `{ id, scheduleId, dueAt, isNew }`; `isNew` is false for a run that was there.",
  ],
  positionals: { deployment: required(deploymentArgument) },
  options: {
    from: text("TIME", "From when: a duration ago such as 7d, or a date. Required."),
    to: text("TIME", "Until when. Default: now."),
    limit: wholeNumber("N", "At most so many runs of each schedule.", { initial: 100, max: 1000, short: "n" }),
    dryRun: flag("Only say which runs that would be."),
    yes: flag("Do not ask.", { short: "y" }),
  },
  examples: [
    { command: "deployment backfill etl/nightly --from 2026-11-01 --to 2026-11-08", why: "a week that was missed" },
    { command: "deployment backfill etl/nightly --from 7d --dry-run", why: "which runs would that be?" },
  ],
  async run({ args, options }, context) {
    const { clock, out, json, times } = context;
    if (options.from === undefined) throw new UsageProblem("--from is missing", "say from when: --from 7d, or a date");
    const from = parseSince(options.from, clock.now());
    const to = options.to === undefined ? clock.now() : parseSince(options.to, clock.now());
    if (from > to) throw new UsageProblem("--from is after --to");
    await using host = await context.openHost();
    const deployment = await findObject(host.api, args.deployment, deployments);
    const window = { deploymentId: deployment.id, from, to, max: options.limit };
    const foreseen = await host.api.scheduleRuns({ ...window, isDryRun: true });
    const fresh = foreseen.filter(({ isNew }) => isNew);
    if (options.dryRun || fresh.length === 0) {
      if (json) out.json(foreseen);
      else {
        const columns = [
          { title: "DUE", cell: ({ dueAt }: ScheduledRun) => times.short(dueAt) },
          { title: "RUN", cell: ({ id }: ScheduledRun) => id },
          { title: "", cell: ({ isNew }: ScheduledRun) => (isNew ? "" : "is there") },
        ];
        if (foreseen.length > 0)
          out.lines([...renderTable(foreseen, columns, { width: out.width, look: out.look }), ""]);
        out.line(`${plural(fresh.length, "run")} would be made, of ${foreseen.length} in that time.`);
      }
      return undefined;
    }
    const title = deploymentTitle(deployment);
    await confirm({ question: `Make ${plural(fresh.length, "run")} of ${title}?`, isSure: options.yes }, context);
    const made = await host.api.scheduleRuns(window);
    if (json) out.json(made);
    else out.line(cleanLine(`Made ${plural(made.filter(({ isNew }) => isNew).length, "run")} of ${title}.`));
    return undefined;
  },
});
