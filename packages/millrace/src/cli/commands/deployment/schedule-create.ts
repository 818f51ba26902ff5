import type { JsonObject, Schedule } from "../../../contract/objects.ts";
import { flag } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { findObject } from "../../find-object.ts";
import { deploymentArgument, deployments, deploymentTitle } from "../../object-lookups.ts";
import { plural } from "../../output/numbers.ts";
import { scheduleText } from "../../output/schedule-text.ts";
import { readSchedules } from "./find-schedule.ts";
import { specOptions, toSpec } from "./schedule-options.ts";
import { scheduleOptions, toScheduleFields } from "./schedule-values.ts";

export const deploymentScheduleCreate = defineCommand({
  summary: "Give a deployment one more schedule",
  details: [
    "With --json: the schedule. `deployment schedule preview` shows the times of a schedule before it is made.",
  ],
  positionals: { deployment: required(deploymentArgument) },
  options: {
    ...specOptions,
    ...scheduleOptions,
    paused: flag("It makes no runs until `deployment schedule resume`."),
    replace: flag("In place of the schedules that the deployment has."),
    yes: flag("Do not ask before schedules are replaced.", { short: "y" }),
  },
  examples: [
    { command: 'deployment schedule create etl/nightly --cron "0 2 * * *" -z Europe/Berlin', why: "each night at two" },
    { command: "deployment schedule create etl/nightly --interval 15m --slug often", why: "with a name" },
  ],
  async run({ args, options }, context) {
    const spec = toSpec(options);
    if (spec === null) throw new UsageProblem("say when: --cron, --interval, --rrule or --date");
    const schedule = {
      slug: null,
      ...(await toScheduleFields(options)),
      active: !options.paused,
      spec: spec as unknown as JsonObject,
    };
    await using host = await context.openHost();
    const { api } = host;
    const deployment = await findObject(api, args.deployment, deployments);
    const title = deploymentTitle(deployment);
    const before = options.replace ? await readSchedules(api, deployment) : [];
    if (before.length > 0) {
      const question = `Delete ${plural(before.length, "schedule")} of ${title}, with the runs to come?`;
      await confirm({ question, isSure: options.yes }, context);
    }
    // One that is not valid is refused before the others are gone.
    await api.upcoming({ spec, limit: 1 });
    for (const { id } of before) await api.deleteSchedule(id);
    const made = await api.createSchedule(deployment.id, schedule);
    if (context.json) context.out.json(made);
    else tell(made, { ...context, title });
    if (deployment.paused && !context.json)
      context.err.line(`${title} is paused: \`millrace deployment resume ${title}\`.`);
    return undefined;
  },
});

function tell({ slug, id, spec }: Schedule, { out, title }: CommandContext & { readonly title: string }): void {
  out.line(`${title} has the schedule ${slug ?? id}: ${scheduleText(spec)}.`);
}
