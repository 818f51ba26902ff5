/** When a schedule is due. Pure: the same schedule and window give the same times, in any process. */

import type { ScheduleOptions, ScheduleSpec } from "../../contract/schedules.ts";
import { assert } from "../../kit/assert.ts";
import { compileSchedule } from "./compile-schedule.ts";
import { createStepBudget } from "./step-budget.ts";

/** What of a schedule's times is wanted: after one moment, up to and with another. So windows can be laid end to end. */
export interface FireWindow {
  /** In ms UTC, itself not included. */
  readonly after: number;
  /** In ms UTC, itself included; without end when absent. */
  readonly before?: number | undefined;
  /** At most so many times, 1 to 10,000. */
  readonly limit: number;
  /** What `H` in a cron expression is chosen by: the schedule's id. */
  readonly seed?: string | undefined;
}

const maxLimit = 10_000;

/**
 * The due times of a schedule in a window, in ms UTC, ascending, without doubles. Fewer than `limit` when the window or
 * the schedule ends before.
 *
 * @throws SCHEDULE_INVALID when the schedule cannot be read, or its next time is too far to be found
 */
export function fireTimes(spec: ScheduleSpec, window: FireWindow): readonly number[] {
  const { after, before = Number.POSITIVE_INFINITY, limit, seed } = window;
  assert(Number.isSafeInteger(limit) && limit >= 1 && limit <= maxLimit, "fire-limit-in-range", String(limit));
  assert(Number.isFinite(after), "fire-window-has-start");
  const times: number[] = [];
  const found = compileSchedule(spec, seed).after(Math.floor(after), createStepBudget(limit));
  for (let next = found.next(); next.done !== true && next.value <= before; next = found.next()) {
    times.push(next.value);
    if (times.length === limit) break;
  }
  return times;
}

/** The due times of a schedule within the `startAt` and `endAt` of its options. */
export function dueTimes(
  schedule: { readonly spec: ScheduleSpec; readonly options: Pick<ScheduleOptions, "startAt" | "endAt"> },
  window: FireWindow,
): readonly number[] {
  const { startAt, endAt } = schedule.options;
  const after = startAt === undefined ? window.after : Math.max(window.after, startAt - 1);
  const before = Math.min(window.before ?? Number.POSITIVE_INFINITY, endAt ?? Number.POSITIVE_INFINITY);
  return after >= before ? [] : fireTimes(schedule.spec, { ...window, after, before });
}

/** The first window that is looked into from its end, and how much wider each next one is. */
const firstLookMs = 60_000;
const widening = 4;

/**
 * The last `limit` due times in a window, ascending: what a schedule missed lately, however long the window is.
 * Looks into windows of growing width from the end.
 */
export function lastDueTimes(
  schedule: { readonly spec: ScheduleSpec; readonly options: Pick<ScheduleOptions, "startAt" | "endAt"> },
  window: FireWindow & { readonly before: number },
): readonly number[] {
  for (let widthMs = firstLookMs; ; widthMs *= widening) {
    const after = Math.max(window.after, window.before - widthMs);
    const last = lastIn(schedule, { ...window, after });
    if (last.length === window.limit || after === window.after) return last;
  }
}

/** The last `limit` due times of a window, which is gone through from its beginning. */
function lastIn(schedule: Parameters<typeof dueTimes>[0], window: FireWindow): readonly number[] {
  let last: readonly number[] = [];
  let { after } = window;
  for (;;) {
    const times = dueTimes(schedule, { ...window, after, limit: maxLimit });
    last = [...last, ...times].slice(-window.limit);
    if (times.length < maxLimit) return last;
    after = times.at(-1) ?? after;
  }
}
