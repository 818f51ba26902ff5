/** Schedules of deployments, and the runs that they have. */

import type { Api } from "../contract/api.ts";
import type { ScheduledRun, ScheduleToSave, ScheduleWindow } from "../contract/deployments.ts";
import { MillraceError } from "../contract/errors.ts";
import type { Schedule } from "../contract/objects.ts";
import type { Condition } from "../contract/query.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { scheduledRunId, timed, toScheduledRun } from "../rules/scheduled-runs.ts";
import { checkSchedule } from "../rules/schedules/check-schedule.ts";
import { dueTimes } from "../rules/schedules/next-fire-times.ts";
import { checkSpec } from "./check-spec.ts";
import { emptyBatch } from "./empty-batch.ts";
import type { ObjectMethods } from "./objects.ts";
import { noDeployment } from "./submit-run.ts";

export interface Schedules
  extends Pick<Api, "createSchedule" | "updateSchedule" | "deleteSchedule" | "scheduleRuns" | "upcoming"> {
  ofDeployment(deploymentId: string): Promise<readonly Schedule[]>;
  /** Gives a deployment these schedules and no others. Returns whether there was something to change. */
  replace(deploymentId: string, wanted: readonly ScheduleToSave[]): Promise<boolean>;
  /**
   * Drops the runs that a deployment's schedules have made, and lets the schedules begin anew: for when what the runs were
   * made of has changed.
   */
  startAnew(deploymentId: string, which: { readonly dueAfter?: number }): Promise<void>;
  /** @throws SCHEDULE_INVALID, and OBJECT_EXISTS for a slug that two of them have */
  check(schedules: readonly ScheduleToSave[]): void;
}

/** Schedules of one deployment that are read, and runs that are made in one transaction. */
const maxSchedules = 1000;
const maxRuns = 500;

const maxWindowRuns = 1000;
const defaultWindowRuns = 100;
const defaultUpcoming = 10;

export function createSchedules({
  store,
  clock,
  objects,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly objects: ObjectMethods;
}): Schedules {
  async function ofDeployment(deploymentId: string, more: readonly Condition[] = []): Promise<readonly Schedule[]> {
    const where = { all: [{ field: "deploymentId", in: [deploymentId] }, ...more] };
    return (await store.findObjects("schedule", { where }, { limit: maxSchedules })).items;
  }

  async function startAnew(deploymentId: string, which: { readonly dueAfter?: number }): Promise<void> {
    for (const { id } of await ofDeployment(deploymentId)) {
      await objects.updateObject("schedule", id, { nextAt: clock.now(), madeUntil: null });
    }
    await store.deleteWaitingRuns(deploymentId, { isAutoScheduled: true, ...which });
  }

  function create(deploymentId: string, schedule: ScheduleToSave): Promise<Schedule> {
    return objects.createObject("schedule", { ...schedule, deploymentId, nextAt: clock.now(), madeUntil: null });
  }

  async function replace(deploymentId: string, wanted: readonly ScheduleToSave[]): Promise<boolean> {
    const left = [...(await ofDeployment(deploymentId))];
    let isChanged = false;
    const isNew: ScheduleToSave[] = [];
    for (const schedule of wanted) {
      const [known] = left.splice(indexOfSame(left, schedule), 1);
      if (known === undefined) isNew.push(schedule);
      else if (!hasAll(known, schedule)) {
        await objects.updateObject("schedule", known.id, { ...schedule, nextAt: clock.now(), madeUntil: null });
        isChanged = true;
      }
    }
    for (const { id } of left) await objects.deleteObject("schedule", id);
    for (const schedule of isNew) await create(deploymentId, schedule);
    return isChanged || left.length + isNew.length > 0;
  }

  async function scheduleRuns(window: ScheduleWindow): Promise<readonly ScheduledRun[]> {
    const { deploymentId, from, to, max = defaultWindowRuns, isDryRun = false } = window;
    const [deployment] = await store.readObjects("deployment", [deploymentId]);
    if (deployment === undefined) throw noDeployment(deploymentId);
    const limit = Math.max(1, Math.min(max, maxWindowRuns));
    const runs = (await ofDeployment(deploymentId, [{ field: "active", in: [true] }])).flatMap((schedule) =>
      dueTimes(timed(schedule), { after: Math.ceil(from) - 1, before: to, limit, seed: schedule.id }).map((dueAt) => ({
        schedule,
        dueAt,
        id: scheduledRunId(schedule, dueAt),
      })),
    );
    const told: ScheduledRun[] = [];
    for (let start = 0; start < runs.length; start += maxRuns) {
      const some = runs.slice(start, start + maxRuns);
      const now = clock.now();
      const isNew = isDryRun
        ? await areNew(some.map(({ id }) => id))
        : (
            await store.record({
              ...emptyBatch,
              created: some.map(({ schedule, dueAt }) => toScheduledRun({ deployment, schedule, dueAt, now })),
            })
          ).created.map((each) => each.isNew);
      told.push(
        ...some.map(({ id, schedule, dueAt }, index) => ({
          id,
          scheduleId: schedule.id,
          dueAt,
          isNew: isNew[index] === true,
        })),
      );
    }
    return told;
  }

  async function areNew(ids: readonly string[]): Promise<readonly boolean[]> {
    const known = new Set((await store.readFlowRuns(ids)).map(({ id }) => id));
    return ids.map((id) => !known.has(id));
  }

  return {
    ofDeployment: (deploymentId) => ofDeployment(deploymentId),
    replace,
    startAnew,
    scheduleRuns,
    check(schedules) {
      const slugs = new Set<string>();
      for (const { slug, spec } of schedules) {
        checkSpec(spec);
        if (slug === null) continue;
        if (slugs.has(slug)) throw new MillraceError("OBJECT_EXISTS", { kind: "schedule", name: slug });
        slugs.add(slug);
      }
    },

    async createSchedule(deploymentId, schedule) {
      checkSpec(schedule.spec);
      if ((await store.readObjects("deployment", [deploymentId])).length === 0) throw noDeployment(deploymentId);
      return create(deploymentId, schedule);
    },
    async updateSchedule(id, change, revision) {
      if (change.spec !== undefined) checkSpec(change.spec);
      const whole = { ...change, nextAt: clock.now(), madeUntil: null };
      const changed = await objects.updateObject("schedule", id, whole, revision);
      if (changed !== null) await startAnew(changed.deploymentId, { dueAfter: clock.now() });
      return changed;
    },
    async deleteSchedule(id) {
      const schedule = await objects.readObject("schedule", id);
      if (schedule === null || !(await objects.deleteObject("schedule", id))) return false;
      await startAnew(schedule.deploymentId, {});
      return true;
    },

    async upcoming({ spec, startAt, endAt, after = clock.now(), limit = defaultUpcoming }) {
      checkSchedule(spec);
      const options = { ...(startAt === undefined ? {} : { startAt }), ...(endAt === undefined ? {} : { endAt }) };
      return dueTimes({ spec, options }, { after, limit: Math.max(1, Math.min(limit, maxWindowRuns)) });
    },
  };
}

/** The one of the same slug; without a slug, the one that says the same. Past the end when there is none. */
function indexOfSame(schedules: readonly Schedule[], wanted: ScheduleToSave): number {
  const index = schedules.findIndex((schedule) =>
    wanted.slug === null ? schedule.slug === null && hasAll(schedule, wanted) : schedule.slug === wanted.slug,
  );
  return index === -1 ? schedules.length : index;
}

/** Whether each field that is given is so already. */
export function hasAll(object: object, given: object): boolean {
  return Object.entries(given).every(
    ([field, value]) => JSON.stringify((object as Record<string, unknown>)[field]) === JSON.stringify(value),
  );
}
