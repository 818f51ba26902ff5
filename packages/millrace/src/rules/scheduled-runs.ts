/** Which runs a schedule has: when they are made, for which times, and what each of them is. */

import { autoScheduledTag } from "../contract/deployments.ts";
import type { NewFlowRun } from "../contract/flow-run.ts";
import type { Deployment, Schedule } from "../contract/objects.ts";
import type { CatchUpPolicy, ScheduleSpec } from "../contract/schedules.ts";
import { uuidFromHash } from "../kit/ids.ts";
import { randomName } from "../kit/names.ts";
import { createRandom } from "../kit/random.ts";
import { decideCatchUp } from "./schedules/catch-up.ts";
import { jitterOf } from "./schedules/jitter.ts";
import { dueTimes, lastDueTimes } from "./schedules/next-fire-times.ts";

/** Runs that a schedule has ahead: at least so many, and at least for so long; at most so many. */
const minRuns = 3;
const minAheadMs = 3_600_000;
const maxRuns = 100;

/** No run is made longer before its time than this, where nothing else is said. In ms. */
export const defaultHorizonMs = 100 * 86_400_000;

/** Due times that are asked for at once, so that a rare schedule is not followed for years. */
const step = 16;

/** Due times on time that a catch-up may find beside those that were missed: one a second for the grace. */
const maxOnTime = 100;

export interface RunsToMake {
  /** The due times to make runs for, in ms UTC, ascending. */
  readonly dueAt: readonly number[];
  /** When the schedule is to be looked at again; null: it has no more times. */
  readonly nextAt: number | null;
  /** Each due time up to it has its run now, or is left out. */
  readonly madeUntil: number;
}

/**
 * What a schedule that is looked at needs. It is looked at again when a quarter of the runs ahead have come due, so that
 * runs are made several at a time.
 *
 * @param horizonMs no run is made longer before its time
 * @throws SCHEDULE_INVALID
 */
export function decideRunsToMake(schedule: Schedule, now: number, horizonMs = defaultHorizonMs): RunsToMake {
  const ahead = runsAhead(schedule, now, horizonMs);
  return {
    dueAt: [...missedRuns(schedule, now), ...ahead],
    nextAt: nextLook(schedule, ahead, { now, horizonMs }),
    madeUntil: Math.max(now, ahead.at(-1) ?? now),
  };
}

function runsAhead(schedule: Schedule, now: number, horizonMs: number): readonly number[] {
  const most = Math.min(maxRuns, schedule.maxScheduledRuns ?? maxRuns);
  const least = Math.min(minRuns, most);
  const before = now + horizonMs;
  const times: number[] = [];
  for (let after = now, limit = least; ; limit = Math.min(step, most - times.length)) {
    const more = dueTimes(timed(schedule), { after, before, limit, seed: schedule.id });
    times.push(...more);
    after = times.at(-1) ?? now;
    if (more.length < limit || times.length >= most || after >= now + minAheadMs) break;
  }
  const enough = times.findIndex((atMs, index) => index + 1 >= least && atMs >= now + minAheadMs);
  return enough === -1 ? times : times.slice(0, enough + 1);
}

/** A schedule that is looked at for the first time has missed nothing. */
function missedRuns(schedule: Schedule, now: number): readonly number[] {
  const { madeUntil } = schedule;
  if (madeUntil == null || madeUntil >= now) return [];
  const policy = (schedule.catchUp as CatchUpPolicy | undefined) ?? { policy: "skip" };
  const limit = (policy.policy === "all" ? policy.max : 1) + maxOnTime;
  const due = lastDueTimes(timed(schedule), { after: madeUntil, before: now, limit, seed: schedule.id });
  return decideCatchUp({ due, nowMs: now, policy });
}

/**
 * Which runs that were made ahead, and whose time passed while no server looked, are not to be run after all. Without a policy
 * all of them are: they are late, and no more.
 *
 * @param options.late when they were due, in ms UTC, ascending
 * @param options.missed the due times after them that have no runs
 */
export function decideSkipped(options: {
  readonly schedule: Schedule;
  readonly late: readonly number[];
  readonly missed: readonly number[];
  readonly now: number;
}): readonly number[] {
  const { schedule, late, missed, now } = options;
  const policy = schedule.catchUp as CatchUpPolicy | undefined;
  if (policy === undefined) return [];
  const chosen = new Set(decideCatchUp({ due: [...late, ...missed], nowMs: now, policy }));
  return late.filter((atMs) => !chosen.has(atMs));
}

function nextLook(
  schedule: Schedule,
  ahead: readonly number[],
  { now, horizonMs }: { readonly now: number; readonly horizonMs: number },
): number | null {
  const last = ahead.at(-1);
  const [beyond] = dueTimes(timed(schedule), { after: last ?? now, limit: 1, seed: schedule.id });
  if (beyond === undefined) return null;
  const beyondComesAt = Math.max(now, beyond - horizonMs);
  if (last === undefined) return beyondComesAt;
  const quarterComesAt = ahead[Math.ceil(ahead.length / 4) - 1] ?? last;
  return beyond > now + horizonMs ? Math.min(quarterComesAt, beyondComesAt) : quarterComesAt;
}

/** A schedule as those see it who only know of times. */
export function timed({ spec, startAt, endAt }: Pick<Schedule, "spec" | "startAt" | "endAt">): {
  readonly spec: ScheduleSpec;
  readonly options: { readonly startAt?: number; readonly endAt?: number };
} {
  return {
    spec: spec as unknown as ScheduleSpec,
    options: { ...(startAt == null ? {} : { startAt }), ...(endAt == null ? {} : { endAt }) },
  };
}

/** The id of a schedule's run for a due time: always the same, so that it is made once. */
export function scheduledRunId(schedule: Pick<Schedule, "id" | "deploymentId">, dueAt: number): string {
  return uuidFromHash(`scheduled ${schedule.deploymentId} ${schedule.id} ${dueAt}`);
}

/** The run of a schedule for a due time. The same, but for when it was made, wherever it is made. */
export function toScheduledRun(options: {
  readonly deployment: Deployment;
  readonly schedule: Schedule;
  readonly dueAt: number;
  readonly now: number;
}): NewFlowRun {
  const { deployment, schedule, dueAt, now } = options;
  const id = scheduledRunId(schedule, dueAt);
  const jitter = jitterOf({ scheduleId: schedule.id, dueMs: dueAt, jitterMs: schedule.jitterMs ?? 0 });
  const displayValue = schedule.slug ?? String(schedule.spec.kind);
  return {
    id,
    flowName: deployment.flowName,
    name: randomName(createRandom(id)),
    parameters: JSON.stringify({ ...deployment.parameters, ...schedule.parameters }),
    tags: [...new Set([autoScheduledTag, ...deployment.tags])],
    deploymentId: deployment.id,
    version: deployment.version ?? null,
    workPoolId: deployment.workPoolId,
    workQueueId: deployment.workQueueId,
    autoScheduled: true,
    states: [
      {
        type: "SCHEDULED",
        name: "Scheduled",
        at: now,
        message: "Flow run scheduled",
        details: { scheduledAt: dueAt + jitter },
      },
    ],
    extra: {
      ...(deployment.labels === undefined ? {} : { labels: deployment.labels }),
      scheduleId: schedule.id,
      createdBy: { id: schedule.id, type: "SCHEDULE", displayValue },
    },
  };
}
