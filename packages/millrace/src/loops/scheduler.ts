/** Makes the runs that schedules have, a while before they are due. */

import type { Api } from "../contract/api.ts";
import { isMillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Deployment, Schedule } from "../contract/objects.ts";
import type { ProposalOutcome } from "../contract/record.ts";
import type { Clock } from "../kit/clock.ts";
import { createDigest } from "../kit/digest.ts";
import type { LetOthers } from "../kit/let-others.ts";
import { decideRunsToMake, decideSkipped, type RunsToMake, toScheduledRun } from "../rules/scheduled-runs.ts";
import { defaultGraceMs } from "../rules/schedules/catch-up.ts";

/** Schedules in one round, rounds in one tick, runs in one transaction, and schedules that are written at the same time. */
const maxSchedules = 100;
const maxRounds = 10;
const maxRuns = 50;
const atOnce = 10;

/** Late runs of a schedule that are looked at. */
const maxLate = 1000;

/** How often a run that changed in that moment is skipped again. */
const maxRaces = 10;

/** A schedule that cannot be read is looked at again after so long, in ms. */
const brokenForMs = 3_600_000;

export type SchedulerApi = Pick<
  Api,
  "listObjects" | "updateObject" | "record" | "deleteFlowRun" | "listFlowRuns" | "proposeFlowRunState"
>;

export interface SchedulerLoop {
  /**
   * Looks at schedules whose time has come, and makes their runs; how many there were. Several servers may do it at once:
   * a run's id follows from its schedule and its due time, so it is made once.
   */
  readonly tick: () => Promise<{ readonly looked: number; readonly made: number }>;
}

const digest = createDigest();

/** A schedule with what it needs. */
interface Work {
  readonly schedule: Schedule;
  readonly deployment: Deployment;
  readonly plan: RunsToMake;
}

export function createSchedulerLoop(options: {
  readonly api: SchedulerApi;
  readonly clock: Clock;
  /** Deletes a run that nobody has taken. Default: by Api, one that nobody had taken a moment ago. */
  readonly drop?: (id: string) => Promise<unknown>;
  /** Asked before each schedule's times are computed. */
  readonly letOthers?: LetOthers;
  /** No run is made longer before its time than this, in ms. Default: 100 days. */
  readonly horizonMs?: number;
  /** Told of a schedule that cannot be read. The others go on. */
  readonly onBroken?: (schedule: Schedule, error: unknown) => void;
}): SchedulerLoop {
  const { api, clock, drop = dropByApi, horizonMs } = options;
  const { letOthers = async () => undefined, onBroken = () => undefined } = options;

  async function dropByApi(id: string): Promise<void> {
    const waiting = {
      all: [
        { field: "ownerId", isNull: true },
        { field: "runCount", in: [0] },
      ],
    } as const;
    const { items } = await api.listFlowRuns({ ids: [id], stateTypes: ["SCHEDULED"], where: waiting });
    if (items.length > 0) await api.deleteFlowRun(id);
  }

  async function findDue(): Promise<readonly Schedule[]> {
    const where = {
      all: [
        { field: "active", in: [true] },
        { field: "nextAt", atMost: clock.now() },
        { related: "deployment", where: { field: "paused", in: [false] } } as const,
      ],
    };
    const sort = { field: "nextAt", direction: "asc" } as const;
    return (await api.listObjects("schedule", { where, sort }, { limit: maxSchedules })).items;
  }

  async function readDeployments(schedules: readonly Schedule[]): Promise<ReadonlyMap<string, Deployment>> {
    const ids = [...new Set(schedules.map(({ deploymentId }) => deploymentId))];
    const { items } = await api.listObjects("deployment", { where: { field: "id", in: ids } }, { limit: maxSchedules });
    return new Map(items.map((deployment) => [deployment.id, deployment]));
  }

  async function plan(schedule: Schedule): Promise<RunsToMake | null> {
    try {
      const plan = decideRunsToMake(schedule, clock.now(), horizonMs);
      await skipLate(
        schedule,
        plan.dueAt.filter((dueAt) => dueAt <= clock.now()),
      );
      return plan;
    } catch (error) {
      onBroken(schedule, error);
      await move(schedule, { nextAt: clock.now() + brokenForMs });
      return null;
    }
  }

  /** Runs that were made ahead of a time in which no server looked, and which the schedule says not to make up for. */
  async function skipLate(schedule: Schedule, missed: readonly number[]): Promise<void> {
    const now = clock.now();
    const isBehind = schedule.nextAt !== null && now - schedule.nextAt > defaultGraceMs;
    if (schedule.catchUp === undefined || !isBehind) return;
    const where = {
      all: [
        { field: "deploymentId", in: [schedule.deploymentId] },
        { field: "autoScheduled", in: [true] },
        { field: "stateType", in: ["SCHEDULED"] },
        { field: "runCount", in: [0] },
        { field: "dueAt", atMost: now },
      ],
    };
    const { items } = await api.listFlowRuns({ where }, "due-asc", { limit: maxLate });
    const late = items.filter(({ extra }) => extra.scheduleId === schedule.id);
    const due = late.map(({ dueAt }) => dueAt ?? now);
    const skipped = new Set(decideSkipped({ schedule, late: due, missed, now }));
    for (const run of late) if (skipped.has(run.dueAt ?? now)) await skip(run);
  }

  /** One that somebody has taken meanwhile is let be. One that was called late meanwhile is not. */
  async function skip(found: FlowRun): Promise<void> {
    const message = "Its time passed while nothing could start it, and its schedule does not make up for it.";
    const state = { type: "CANCELLED", name: "Skipped", message } as const;
    let run: FlowRun | null = found;
    for (let tries = 0; tries < maxRaces && run !== null && isWaiting(run); tries++) {
      const outcome: ProposalOutcome = await api.proposeFlowRunState({
        id: run.id,
        stateAt: run.state.at,
        state,
        guest: true,
      });
      if (outcome.decision.answer === "ACCEPT") return;
      run = outcome.run;
    }
  }

  /** False when the schedule was changed or deleted since it was read. */
  async function move(schedule: Schedule, to: { nextAt: number | null; madeUntil?: number }): Promise<boolean> {
    try {
      return (await api.updateObject("schedule", schedule.id, to, schedule.revision)) !== null;
    } catch (error) {
      if (isMillraceError(error, "REVISION_CONFLICT")) return false;
      throw error;
    }
  }

  /** Returns the ids of those that are new, by schedule. */
  async function make(work: readonly Work[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const now = clock.now();
    const planned = work.flatMap(({ schedule, deployment, plan: { dueAt } }) =>
      dueAt.map((each) => ({ schedule, deployment, dueAt: each, now })),
    );
    const made = new Map<string, string[]>();
    for (let from = 0; from < planned.length; from += maxRuns) {
      await letOthers();
      const some = planned
        .slice(from, from + maxRuns)
        .map((each) => ({ schedule: each.schedule, run: toScheduledRun(each) }));
      const { created } = await api.record({ processId: "scheduler", created: some.map(({ run }) => run) });
      for (const [index, { schedule, run }] of some.entries()) {
        if (created[index]?.isNew === true) made.set(schedule.id, [...(made.get(schedule.id) ?? []), run.id]);
      }
    }
    return made;
  }

  /**
   * What was changed or paused while its runs were made is seen here, after they were made: whoever changed it before has
   * dropped the runs that were there, and cannot have seen these. Then it is begun anew, for another server may have taken
   * these runs for made; that is written down before they are dropped too, lest nobody makes them when this server dies then. What
   * somebody has begun meanwhile stays.
   */
  async function settle(work: readonly Work[], made: ReadonlyMap<string, readonly string[]>): Promise<number> {
    const now = await readDeployments(work.map(({ schedule }) => schedule));
    const kept = await inTurns(work, async ({ schedule, deployment, plan: { nextAt, madeUntil } }) => {
      const ids = made.get(schedule.id) ?? [];
      const isAsPlanned = isAlike(now.get(deployment.id), deployment);
      if (isAsPlanned && ((await move(schedule, { nextAt, madeUntil })) || (await isMovedAlike(schedule))))
        return ids.length;
      if (ids.length === 0) return 0;
      const beginAnew = (): Promise<unknown> =>
        api.updateObject("schedule", schedule.id, { nextAt: clock.now(), madeUntil: null });
      await beginAnew();
      for (const id of ids) await drop(id);
      await beginAnew();
      return 0;
    });
    return kept.reduce((sum, each) => sum + each, 0);
  }

  /** Whether another server was faster, and nobody changed anything. */
  async function isMovedAlike(schedule: Schedule): Promise<boolean> {
    const [current] = (await api.listObjects("schedule", { where: { field: "id", in: [schedule.id] } })).items;
    if (current?.madeUntil == null) return false;
    const own = { revision: 0, updatedAt: 0, nextAt: 0, madeUntil: 0 };
    return digest([{ ...current, ...own }]) === digest([{ ...schedule, ...own }]);
  }

  async function round(): Promise<{ readonly looked: number; readonly made: number }> {
    const schedules = await findDue();
    if (schedules.length === 0) return { looked: 0, made: 0 };
    const deployments = await readDeployments(schedules);
    const work: Work[] = [];
    for (const schedule of schedules) {
      await letOthers();
      const deployment = deployments.get(schedule.deploymentId);
      const planned = deployment === undefined ? null : await plan(schedule);
      if (deployment !== undefined && planned !== null) work.push({ schedule, deployment, plan: planned });
    }
    return { looked: schedules.length, made: await settle(work, await make(work)) };
  }

  return {
    async tick() {
      const sum = { looked: 0, made: 0 };
      for (let rounds = 0; rounds < maxRounds; rounds++) {
        const { looked, made } = await round();
        sum.looked += looked;
        sum.made += made;
        if (looked < maxSchedules) break;
      }
      return sum;
    },
  };
}

/** Whether nobody has changed what its runs are made of: that it is served is another matter. */
function isAlike(now: Deployment | undefined, then: Deployment): boolean {
  if (now === undefined || now.revision === then.revision) return now !== undefined;
  const others = { revision: 0, updatedAt: 0, polledAt: null, readiness: null };
  return digest([{ ...now, ...others }]) === digest([{ ...then, ...others }]);
}

function isWaiting({ state, runCount, ownerId }: FlowRun): boolean {
  return state.type === "SCHEDULED" && runCount === 0 && ownerId === null;
}

/** Does some of them at once, and then the next. */
async function inTurns<T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += atOnce) {
    results.push(...(await Promise.all(items.slice(from, from + atOnce).map(each))));
  }
  return results;
}
