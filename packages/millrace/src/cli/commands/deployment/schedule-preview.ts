import type { Api } from "../../../contract/api.ts";
import type { DraftSchedule } from "../../../contract/deployments.ts";
import type { ScheduleSpec } from "../../../contract/schedules.ts";
import { text, wholeNumber } from "../../arguments/options.ts";
import { optional } from "../../arguments/positionals.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { findObject } from "../../find-object.ts";
import { deploymentArgument, deployments } from "../../object-lookups.ts";
import { scheduleText } from "../../output/schedule-text.ts";
import { relativeTime } from "../../output/times.ts";
import { parseDate } from "../../when.ts";
import { findSchedule, scheduleArgument } from "./find-schedule.ts";
import { specOptions, toSpec } from "./schedule-options.ts";

export const deploymentSchedulePreview = defineCommand({
  summary: "Show when a schedule is due, whether it is made already or only thought of",
  details: [
    "Times are shown on the schedule's own clock. With --json: an array of `{ at: ms since the epoch, time: ISO 8601 in UTC }`.",
  ],
  positionals: {
    deployment: optional(`${deploymentArgument} Not needed where --cron or the like says when.`),
    schedule: optional(scheduleArgument),
  },
  options: {
    ...specOptions,
    after: text("DATE", "The first times after it. Default: now."),
    limit: wholeNumber("N", "So many times.", { initial: 10, max: 1000, short: "n" }),
  },
  examples: [
    { command: "deployment schedule preview etl/nightly", why: "of the only schedule of a deployment" },
    { command: 'deployment schedule preview --cron "0 2 * * MON-FRI" -z Europe/Berlin', why: "before it is made" },
  ],
  async run({ args, options }, context) {
    const given = toSpec(options);
    if ((given === null) === (args.deployment === undefined)) {
      throw new UsageProblem("name a deployment, or say when: --cron, --interval, --rrule or --date");
    }
    await using host = await context.openHost();
    const draft = given === null ? await readDraft(host.api, args) : { spec: given };
    const after = options.after === undefined ? {} : { after: parseDate(options.after, "--after") };
    const times = await host.api.upcoming({ ...draft, ...after, limit: options.limit });
    const { out, json, clock } = context;
    if (json) {
      out.json(times.map((at) => ({ at, time: new Date(at).toISOString() })));
      return undefined;
    }
    const zone = "timezone" in draft.spec ? draft.spec.timezone : undefined;
    out.line(out.look.paint.dim(`${scheduleText({ ...draft.spec })}${zone === undefined ? ", UTC" : ""}`));
    for (const at of times) out.line(`${zonedTime(at, zone ?? "UTC")}  ${relativeTime(at, clock.now())}`);
    if (times.length === 0) out.line("It is not due any more.");
    return undefined;
  },
});

async function readDraft(
  api: Api,
  args: { readonly deployment: string | undefined; readonly schedule: string | undefined },
): Promise<DraftSchedule> {
  const deployment = await findObject(api, args.deployment ?? "", deployments);
  const { spec, startAt, endAt } = await findSchedule(api, deployment, args.schedule);
  return {
    spec: spec as unknown as ScheduleSpec,
    ...(startAt == null ? {} : { startAt }),
    ...(endAt == null ? {} : { endAt }),
  };
}

/** "Mon 2026-11-23 02:00:00 GMT+1" */
function zonedTime(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "shortOffset",
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((each) => each.type === type)?.value ?? "";
  const date = `${part("year")}-${part("month")}-${part("day")}`;
  return `${part("weekday")} ${date} ${part("hour")}:${part("minute")}:${part("second")} ${part("timeZoneName")}`;
}
