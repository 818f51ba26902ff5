import {
  maxScheduleDates,
  type IntervalSchedule,
  type ScheduleOptions,
  type ScheduleSpec,
} from "../../contract/schedules.ts";
import { fireTimes } from "./next-fire-times.ts";
import { scheduleInvalid } from "./schedule-error.ts";
import { zoneOf } from "./zone.ts";

const minEveryMs = 1_000;
const maxEveryMs = 100 * 366 * 86_400_000;
/** 1900 to 9999. */
const earliestMs = Date.UTC(1900, 0, 1);
const latestMs = Date.UTC(9999, 11, 31);

/** Where the search for a schedule's first time begins: before any year that a cron expression may name. */
const searchFromMs = Date.UTC(1969, 11, 31);

/**
 * Whether a schedule can be kept: it can be read, and there is a time that it names (past or to come). Ends within
 * milliseconds, whatever the text.
 *
 * @param options.seed what `H` in a cron expression is chosen by
 * @throws SCHEDULE_INVALID with the reason and what to do
 */
export function checkSchedule(spec: ScheduleSpec, options: { readonly seed?: string | undefined } = {}): void {
  switch (spec.kind) {
    case "interval":
      return checkInterval(spec);
    case "dates":
      return checkDates(spec.at);
    case "cron":
    case "rrule": {
      // A recurrence may start before any cron year; its first time is after all of these.
      const after = spec.kind === "cron" ? searchFromMs : earliestMs - 86_400_000;
      if (fireTimes(spec, { after, limit: 1, seed: options.seed }).length === 0)
        throw scheduleInvalid(
          spec.kind === "cron" ? "the cron expression names no day that exists" : "the recurrence names no time",
          "Check that its parts can be true together, and that it does not end before it starts.",
        );
    }
  }
}

function checkInterval(spec: IntervalSchedule): void {
  const { everyMs, anchorAt } = spec;
  if (!Number.isSafeInteger(everyMs) || everyMs < minEveryMs || everyMs > maxEveryMs)
    throw scheduleInvalid(
      `an interval of ${everyMs} ms is out of range`,
      "Give a whole number of ms, from one second to a hundred years.",
    );
  if (anchorAt !== undefined) checkTime(anchorAt, "the anchor");
  zoneOf(spec.timezone ?? "UTC");
}

function checkDates(at: readonly number[]): void {
  if (at.length === 0 || at.length > maxScheduleDates)
    throw scheduleInvalid(
      `the list has ${at.length} times`,
      `List 1 to ${maxScheduleDates.toLocaleString("en-US")}, or use a recurrence rule.`,
    );
  for (const atMs of at) checkTime(atMs, "a time of the list");
}

function checkTime(atMs: number, what: string): void {
  if (!Number.isSafeInteger(atMs) || atMs < earliestMs || atMs > latestMs)
    throw scheduleInvalid(`${what} (${atMs}) is no time of a calendar`, "Give whole ms since 1970, in UTC.");
}

/** @throws SCHEDULE_INVALID for options that cannot be kept */
export function checkScheduleOptions(options: ScheduleOptions): void {
  const { catchUp, jitterMs = 0, startAt, endAt } = options;
  if (catchUp?.policy === "all" && !(Number.isSafeInteger(catchUp.max) && catchUp.max >= 1 && catchUp.max <= 1_000))
    throw scheduleInvalid(`catching up on ${catchUp.max} missed times is out of range`, "Give a `max` of 1 to 1,000.");
  if (!(Number.isSafeInteger(jitterMs) && jitterMs >= 0 && jitterMs <= 86_400_000))
    throw scheduleInvalid(`a jitter of ${jitterMs} ms is out of range`, "Give whole ms, up to one day.");
  if (startAt !== undefined) checkTime(startAt, "`startAt`");
  if (endAt !== undefined) checkTime(endAt, "`endAt`");
  if (startAt !== undefined && endAt !== undefined && endAt < startAt)
    throw scheduleInvalid("`endAt` is before `startAt`", "Give an end after the start.");
}
