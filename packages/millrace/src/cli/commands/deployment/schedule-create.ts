import type { ScheduleToSave } from "../../../contract/deployments.ts";
import type { JsonObject, Schedule } from "../../../contract/objects.ts";
import type { ScheduleSpec } from "../../../contract/schedules.ts";
import { choice, duration, flag, number, text, texts } from "../../arguments/options.ts";
import { required } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { confirm } from "../../confirm.ts";
import { findObject } from "../../find-object.ts";
import { deploymentArgument, deployments, deploymentTitle } from "../../object-lookups.ts";
import { plural } from "../../output/numbers.ts";
import { scheduleText } from "../../output/schedule-text.ts";
import { readParameters } from "../../parameters.ts";
import { parseDate } from "../../when.ts";
import { readSchedules } from "./find-schedule.ts";
import { specOptions, toSpec } from "./schedule-options.ts";

/** How many of what was missed are made up for, where it is not said. */
const defaultCatchUp = 100;

export const deploymentScheduleCreate = defineCommand({
  summary: "Give a deployment one more schedule",
  details: [
    "With --json: the schedule. `deployment schedule preview` shows the times of a schedule before it is made.",
  ],
  positionals: { deployment: required(deploymentArgument) },
  options: {
    ...specOptions,
    slug: text("NAME", "Names it among the schedules of the deployment."),
    param: texts("NAME=VALUE", "A parameter of its runs; may be given several times.", { short: "p" }),
    params: text("JSON|@FILE", "Parameters of its runs, as a JSON object."),
    start: text("DATE", "No run is due before it."),
    end: text("DATE", "No run is due after it."),
    jitter: duration("Runs begin up to this much after their due time, spread evenly."),
    catchUp: choice(["skip", "latest", "all"], "What becomes of due times that were missed. Default skip."),
    catchUpMax: number("N", `With --catch-up all: at most so many. Default ${defaultCatchUp}.`, { min: 1 }),
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
    const schedule = await toSchedule(spec, options);
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

interface ScheduleValues {
  readonly slug: string | undefined;
  readonly param: readonly string[];
  readonly params: string | undefined;
  readonly start: string | undefined;
  readonly end: string | undefined;
  readonly jitter: number | undefined;
  readonly catchUp: "skip" | "latest" | "all" | undefined;
  readonly catchUpMax: number | undefined;
  readonly paused: boolean;
}

async function toSchedule(spec: ScheduleSpec, values: ScheduleValues): Promise<ScheduleToSave> {
  const { slug = null, param, params, start, end, jitter, paused } = values;
  const parameters = await readParameters({ one: param, all: params });
  return {
    slug,
    active: !paused,
    spec: spec as unknown as JsonObject,
    ...(parameters === undefined ? {} : { parameters: parameters as JsonObject }),
    ...(start === undefined ? {} : { startAt: parseDate(start, "--start") }),
    ...(end === undefined ? {} : { endAt: parseDate(end, "--end") }),
    ...(jitter === undefined ? {} : { jitterMs: jitter }),
    ...toCatchUp(values),
  };
}

function toCatchUp({ catchUp, catchUpMax }: ScheduleValues): Pick<ScheduleToSave, "catchUp"> {
  if (catchUpMax !== undefined && catchUp !== "all") throw new UsageProblem("--catch-up-max belongs to --catch-up all");
  if (catchUp === undefined) return {};
  return { catchUp: catchUp === "all" ? { policy: catchUp, max: catchUpMax ?? defaultCatchUp } : { policy: catchUp } };
}

function tell({ slug, id, spec }: Schedule, { out, title }: CommandContext & { readonly title: string }): void {
  out.line(`${title} has the schedule ${slug ?? id}: ${scheduleText(spec)}.`);
}
