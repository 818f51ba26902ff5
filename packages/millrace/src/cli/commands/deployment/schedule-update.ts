import type { JsonObject } from "../../../contract/objects.ts";
import { flagOverSetting } from "../../arguments/options.ts";
import { optional, required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { demandChanged } from "../../demand-changed.ts";
import { findObject } from "../../find-object.ts";
import { deploymentArgument, deployments, deploymentTitle } from "../../object-lookups.ts";
import { scheduleText } from "../../output/schedule-text.ts";
import { findSchedule, scheduleArgument } from "./find-schedule.ts";
import { specOptions, toSpec } from "./schedule-options.ts";
import { scheduleOptions, toScheduleFields } from "./schedule-values.ts";

export const deploymentScheduleUpdate = defineCommand({
  summary: "Change a schedule of a deployment",
  details: [
    "What is not given stays as it is. `none` takes --start and --end away, an empty --slug the name. Runs that it has made and that have not begun are dropped, and made anew by what it is then.",
    "With --json: the schedule.",
  ],
  positionals: { deployment: required(deploymentArgument), schedule: optional(scheduleArgument) },
  options: {
    ...specOptions,
    ...scheduleOptions,
    paused: flagOverSetting("It makes no runs until it is resumed."),
  },
  examples: [
    { command: 'deployment schedule update etl/nightly --cron "0 3 * * *"', why: "an hour later" },
    { command: "deployment schedule update etl/nightly weekend --end none --jitter 5m", why: "by its slug" },
  ],
  async run({ args, options }, context) {
    const spec = toSpec(options);
    if (spec === null && options.timezone !== undefined) {
      throw new UsageProblem("--timezone belongs to --cron, --interval or --rrule", "write the times with it");
    }
    const change = {
      ...(spec === null ? {} : { spec: spec as unknown as JsonObject }),
      ...(await toScheduleFields(options)),
      ...(options.paused === undefined ? {} : { active: !options.paused }),
    };
    if (Object.keys(change).length === 0) {
      throw new UsageProblem("no option says what is to change", "for example --cron or --end");
    }
    await using host = await context.openHost();
    const { api } = host;
    const deployment = await findObject(api, args.deployment, deployments);
    const found = await findSchedule(api, deployment, args.schedule);
    const updated = await api.updateSchedule(found.id, change);
    const schedule = demandChanged(updated, { kind: "schedule", name: args.schedule ?? "" });
    const { out, json } = context;
    const title = deploymentTitle(deployment);
    if (json) out.json(schedule);
    else out.line(`${title} has the schedule ${schedule.slug ?? schedule.id}: ${scheduleText(schedule.spec)}.`);
    return undefined;
  },
});
