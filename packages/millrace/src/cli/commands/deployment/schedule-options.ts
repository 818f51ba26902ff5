/** Schedules as they are written on a command line. */

import type { ScheduleSpec } from "../../../contract/schedules.ts";
import { type Duration, toMs } from "../../../kit/duration.ts";
import { flag, text, texts } from "../../arguments/options.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { parseDate } from "../../when.ts";

/** The options that say when. */
export const specOptions = {
  cron: text("EXPRESSION", 'Times by a cron expression: "0 2 * * *".'),
  dayAnd: flag("With --cron: a day of the month and one of the week mean both. Default: either."),
  interval: text("DURATION", "Times at a distance: 15m, 1 day."),
  rrule: text("RULE", "Times by RFC 5545: FREQ=WEEKLY;BYDAY=MO."),
  date: texts("DATE", "A given time; may be given several times."),
  timezone: text("ZONE", "An IANA name such as Europe/Berlin. Default UTC.", { short: "z" }),
  anchor: text("DATE", "A time that the interval is counted from. Default: midnight of 1 January 2020."),
} as const;

interface SpecValues {
  readonly cron: string | undefined;
  readonly dayAnd: boolean;
  readonly interval: string | undefined;
  readonly rrule: string | undefined;
  readonly date: readonly string[];
  readonly timezone: string | undefined;
  readonly anchor: string | undefined;
}

/** Null when none of the options is given. @throws UsageProblem for several, and for what cannot be read */
export function toSpec(values: SpecValues): ScheduleSpec | null {
  const { cron, interval, rrule, date, anchor } = values;
  const zone = values.timezone === undefined ? {} : { timezone: values.timezone };
  const kinds = [cron, interval, rrule, date[0]].filter((kind) => kind !== undefined);
  if (kinds.length > 1) throw new UsageProblem("a schedule is one of --cron, --interval, --rrule and --date");
  if (anchor !== undefined && interval === undefined) throw new UsageProblem("--anchor belongs to --interval");
  if (values.dayAnd && cron === undefined) throw new UsageProblem("--day-and belongs to --cron");
  if (cron !== undefined) return { kind: "cron", cron, ...zone, ...(values.dayAnd ? { dayOr: false } : {}) };
  if (rrule !== undefined) return { kind: "rrule", rrule, ...zone };
  if (date.length > 0) return { kind: "dates", at: date.map((each) => parseDate(each, "--date")) };
  if (interval === undefined) return null;
  const anchored = anchor === undefined ? {} : { anchorAt: parseDate(anchor, "--anchor") };
  return { kind: "interval", everyMs: toEveryMs(interval), ...anchored, ...zone };
}

function toEveryMs(written: string): number {
  try {
    return toMs(written as Duration);
  } catch (error) {
    throw new UsageProblem(`--interval: ${error instanceof Error ? error.message : String(error)}`);
  }
}
