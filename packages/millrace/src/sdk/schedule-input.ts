import type { ScheduleToSave } from "../contract/deployments.ts";
import { MillraceError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/objects.ts";
import type { CatchUpPolicy, ScheduleSpec } from "../contract/schedules.ts";
import { type Duration, toMs } from "../kit/duration.ts";

/** A point in time: a date, an ISO text, or ms since the epoch. */
export type TimeInput = Date | string | number;

interface When {
  readonly cron?: string;
  readonly interval?: Duration;
  readonly rrule?: string;
  readonly dates?: readonly TimeInput[];
}

/** A schedule: one of `cron`, `interval`, `rrule` and `dates`, and how it is meant. */
export interface ScheduleInput extends When {
  /** Names it among those of its deployment, so that it can be paused by name. Default: none. */
  readonly name?: string;
  /** An IANA name, such as "Europe/Berlin". Default: UTC. */
  readonly timezone?: string;
  /** Cron: whether the day of the month or the day of the week is enough (true), or both are meant. Default true. */
  readonly dayOr?: boolean;
  /** Interval: a time that it counts from. Default: midnight of 1 January 2020 in the zone. */
  readonly anchor?: TimeInput;
  /** Default true. */
  readonly active?: boolean;
  /** Over those of the deployment. */
  readonly parameters?: JsonObject;
  /** What becomes of times that nobody was there for. Default: skip. */
  readonly catchUp?: CatchUpPolicy;
  /** Runs start up to this much after their time, spread evenly. Default 0. */
  readonly jitter?: Duration;
  /** No run is due before it. */
  readonly startAt?: TimeInput;
  /** No run is due after it. */
  readonly endAt?: TimeInput;
}

/** @throws DEPLOYMENT_INVALID; what the words of a schedule mean is checked where it is saved (SCHEDULE_INVALID) */
export function toScheduleToSave(input: ScheduleInput, deployment: string): ScheduleToSave {
  const invalid = (reason: string): MillraceError => new MillraceError("DEPLOYMENT_INVALID", { deployment, reason });
  const toTime = (time: TimeInput): number => {
    const at = new Date(time).getTime();
    if (Number.isNaN(at)) throw invalid(`\`${String(time)}\` is no time`);
    return at;
  };
  const { name, active = true, parameters, catchUp, jitter, startAt, endAt } = input;
  return {
    slug: name ?? null,
    active,
    spec: { ...toSpec(input, { invalid, toTime }) },
    ...(parameters === undefined ? {} : { parameters }),
    ...(catchUp === undefined ? {} : { catchUp: { ...catchUp } }),
    ...(jitter === undefined ? {} : { jitterMs: toMs(jitter) }),
    ...(startAt === undefined ? {} : { startAt: toTime(startAt) }),
    ...(endAt === undefined ? {} : { endAt: toTime(endAt) }),
  };
}

function toSpec(
  { cron, interval, rrule, dates, timezone, dayOr, anchor }: ScheduleInput,
  {
    invalid,
    toTime,
  }: { readonly invalid: (reason: string) => MillraceError; readonly toTime: (time: TimeInput) => number },
): ScheduleSpec {
  const given = [cron, interval, rrule, dates].filter((each) => each !== undefined).length;
  if (given !== 1) throw invalid("a schedule has one of `cron`, `interval`, `rrule` and `dates`");
  const zone = timezone === undefined ? {} : { timezone };
  if (cron !== undefined) return { kind: "cron", cron, ...zone, ...(dayOr === undefined ? {} : { dayOr }) };
  if (interval !== undefined) {
    const from = anchor === undefined ? {} : { anchorAt: toTime(anchor) };
    return { kind: "interval", everyMs: toMs(interval), ...from, ...zone };
  }
  if (rrule !== undefined) return { kind: "rrule", rrule, ...zone };
  return { kind: "dates", at: (dates ?? []).map(toTime) };
}
