/** Runs of the past by day, and times to come of the schedules that are active. */

import {
  type Condition,
  isMillraceError,
  type RunHistoryCell,
  type Schedule,
  type ScheduleSpec,
} from "millrace/client";
import { api } from "../../api/api.ts";
import { readNow } from "../../format/now.ts";
import { type Family, lookOf } from "../../states/families.ts";
import { countByDay, type Day, toStretches } from "./calendar-days.ts";

export interface DayRuns {
  readonly day: Day;
  readonly counts: Readonly<Partial<Record<Family, number>>>;
  /** Those that have begun, or should have. */
  readonly runs: number;
  /** Those to come, made already or not. */
  readonly planned: number;
  /** Whether more are planned than were counted. */
  readonly isMorePlanned: boolean;
}

export interface CalendarPlan {
  /** For each day. */
  readonly counts: readonly number[];
  /** From this day on some schedule has more times than are counted; null: all of each are. */
  readonly cutFrom: number | null;
  /** Whether there are more schedules than are counted. */
  readonly isCut: boolean;
}

export const scheduleLimit = 200;
/** Of one schedule, at once. */
const timeLimit = 1000;
/** Of one schedule, so often: one that is due each quarter of an hour has a month in five. */
const maxPages = 10;
/** Schedules that are asked about at a time. */
const together = 6;
/** Questions of one look, in all: each schedule has one, and these are for those that need more. */
const maxMore = 100;

const isRoot: Condition = { field: "parentRunId", isNull: true };

export function toScope(deploymentId: string | undefined): Condition {
  return deploymentId === undefined ? isRoot : { field: "deploymentId", in: [deploymentId] };
}

export async function readDays(days: readonly Day[], deploymentId: string | undefined): Promise<readonly DayRuns[]> {
  const where = toScope(deploymentId);
  const parts = await Promise.all(
    toStretches(days).map(async ({ first, from, to, dayMs }) => {
      const cells = await api.readRunHistory({ subject: "flow-run", where, from, to, bucketMs: dayMs });
      return cells.map((cell) => ({ ...cell, bucket: cell.bucket + first }));
    }),
  );
  const byDay = Map.groupBy(parts.flat(), ({ bucket }) => bucket);
  return days.map((day, index) => toDayRuns(day, byDay.get(index) ?? []));
}

function toDayRuns(day: Day, cells: readonly RunHistoryCell[]): DayRuns {
  const counts: Partial<Record<Family, number>> = {};
  let planned = 0;
  let runs = 0;
  for (const { stateType, stateName, count } of cells) {
    const { family } = lookOf({ type: stateType, name: stateName });
    if (family === "waiting") planned += count;
    else runs += count;
    counts[family] = (counts[family] ?? 0) + count;
  }
  return { day, counts, runs, planned, isMorePlanned: false };
}

/** When active schedules are due on these days, from now on. */
export async function readPlan(days: readonly Day[], deploymentId: string | undefined): Promise<CalendarPlan> {
  const now = readNow();
  const end = days.at(-1)?.end ?? now;
  if (end <= now) return { counts: days.map(() => 0), cutFrom: null, isCut: false };
  const { items, next } = await api.listObjects(
    "schedule",
    {
      where: {
        all: [
          { field: "active", in: [true] },
          { related: "deployment", where: { field: "paused", in: [false] } },
          ...(deploymentId === undefined ? [] : [{ field: "deploymentId", in: [deploymentId] }]),
        ],
      },
    },
    { limit: scheduleLimit },
  );
  const counts = days.map(() => 0);
  let cutAt = Number.POSITIVE_INFINITY;
  const left = [...items];
  let asksLeft = maxMore;
  const mayAskMore = (): boolean => asksLeft-- > 0;
  const count = async (): Promise<void> => {
    for (let schedule = left.pop(); schedule !== undefined; schedule = left.pop()) {
      const { times, isCut } = await readTimes(schedule, { end, mayAskMore });
      for (const [index, more] of countByDay(times, days).entries()) counts[index] = (counts[index] ?? 0) + more;
      if (isCut) cutAt = Math.min(cutAt, times.at(-1) ?? now);
    }
  };
  await Promise.all(Array.from({ length: together }, count));
  const cutFrom = days.findIndex((day) => day.end > cutAt);
  return { counts, cutFrom: cutFrom === -1 ? null : cutFrom, isCut: next !== null };
}

interface Times {
  readonly times: readonly number[];
  /** Whether there are more before the end. */
  readonly isCut: boolean;
}

/** None for a schedule that cannot be read any more: its own page says so. */
async function readTimes(
  { spec, startAt = null, endAt = null }: Schedule,
  { end, mayAskMore }: { readonly end: number; readonly mayAskMore: () => boolean },
): Promise<Times> {
  const times: number[] = [];
  try {
    for (let page = 0; page < maxPages; page++) {
      if (page > 0 && !mayAskMore()) break;
      const after = times.at(-1);
      const found = await api.upcoming({
        spec: spec as unknown as ScheduleSpec,
        limit: timeLimit,
        endAt: Math.min(end - 1, endAt ?? end),
        ...(startAt === null ? {} : { startAt }),
        ...(after === undefined ? {} : { after }),
      });
      times.push(...found);
      if (found.length < timeLimit) return { times, isCut: false };
    }
    return { times, isCut: true };
  } catch (error) {
    if (isMillraceError(error, "SCHEDULE_INVALID")) return { times: [], isCut: false };
    throw error;
  }
}

/** How many runs the active schedules of a deployment had on each day that was not made, of what is over. */
export async function countMissing(days: readonly Day[], deploymentId: string): Promise<readonly number[]> {
  const from = days[0]?.start ?? 0;
  const to = Math.min(readNow(), days.at(-1)?.end ?? 0);
  if (to <= from) return days.map(() => 0);
  const runs = await api.scheduleRuns({ deploymentId, from, to, max: timeLimit, isDryRun: true });
  const missing = runs.filter(({ isNew }) => isNew).map(({ dueAt }) => dueAt);
  return countByDay(
    missing.toSorted((a, b) => a - b),
    days,
  );
}

/** What one finds planned: what is foreseen holds those that are made. */
export function withPlan(days: readonly DayRuns[], plan: CalendarPlan | undefined): readonly DayRuns[] {
  if (plan === undefined) return days;
  const { counts, cutFrom, isCut } = plan;
  return days.map((day, index) => ({
    ...day,
    planned: Math.max(day.planned, counts[index] ?? 0),
    isMorePlanned: day.day.end > readNow() && (isCut || (cutFrom !== null && index >= cutFrom)),
  }));
}
