/** Deployments: their names, what their runs are made of, and their own limits. */

import type { Api } from "../contract/api.ts";
import type { DeploymentToSave } from "../contract/deployments.ts";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import { flowIdOf } from "../contract/flow-id.ts";
import type { Deployment, ObjectChange } from "../contract/objects.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { checkJobVariables } from "./check-job-variables.ts";
import { checkTriggers, createDeploymentTriggers } from "./deployment-triggers.ts";
import { createDeploymentVersions } from "./deployment-versions.ts";
import type { ObjectMethods } from "./objects.ts";
import { placeInPool } from "./place-in-pool.ts";
import type { Queues } from "./queues.ts";
import { createSchedules, hasAll } from "./schedules.ts";
import { submitRun } from "./submit-run.ts";

type DeploymentMethods = Pick<
  Api,
  | "submitRun"
  | "saveDeployment"
  | "updateDeployment"
  | "pauseDeployment"
  | "resumeDeployment"
  | "deleteDeployment"
  | "listDeploymentVersions"
  | "readDeploymentVersion"
  | "rollBackDeployment"
  | "createSchedule"
  | "updateSchedule"
  | "deleteSchedule"
  | "scheduleRuns"
  | "upcoming"
>;

/** What a scheduled run takes from its deployment when it is made. */
const takenByRuns = ["parameters", "tags", "labels", "version", "workPoolId", "workQueueId"] as const;

/** What does not change what a deployment is. */
const unimportant: ReadonlySet<string> = new Set(["createdBy", "updatedBy"]);

/** How often a change is made again because another one came between. */
const maxRaces = 20;

const newDeployment = {
  paused: false,
  tags: [],
  workPoolId: null,
  workQueueId: null,
  concurrencyLimit: null,
  polledAt: null,
} as const;

export interface DeploymentOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly objects: ObjectMethods;
  readonly queues: Queues;
}

export function createDeployments(options: DeploymentOptions): DeploymentMethods {
  const { store, clock, objects } = options;
  const schedules = createSchedules(options);
  const owned = createDeploymentTriggers({ store, objects });
  const versions = createDeploymentVersions({ store, objects });

  async function saveDeployment(toSave: DeploymentToSave) {
    const { schedules: wanted, triggers, ...asked } = toSave;
    if (wanted !== undefined) schedules.check(wanted);
    if (triggers !== undefined) await checkTriggers(triggers);
    const before = await find(asked.flowName, asked.name);
    const given = await placeInPool(options, before, asked);
    await checkVariables(before, given);
    const saved = before === null ? await create(given) : await change(before, given);
    // Somebody else made it, or deleted it, at the same time.
    if (saved === null) return saveDeployment(toSave);
    const hasNewSchedules = wanted !== undefined && (await schedules.replace(saved.id, wanted));
    if (before !== null && (hasNewSchedules || !isSameForRuns(before, saved))) {
      await schedules.startAnew(saved.id, { dueAfter: clock.now() });
    }
    if (triggers !== undefined) await owned.replace(saved.id, triggers);
    await versions.keep(saved);
    const deployment = await keepLimit(saved);
    return { deployment, schedules: await schedules.ofDeployment(saved.id), isNew: before === null };
  }

  /** What a run may still give is not missed. */
  async function checkVariables(before: Deployment | null, change: ObjectChange<"deployment">): Promise<void> {
    const { jobVariables, workPoolId = before?.workPoolId ?? null } = change;
    if (jobVariables === undefined) return;
    await checkJobVariables(store, { workPoolId, layers: [jobVariables], isComplete: false });
  }

  async function find(flowName: string, name: string): Promise<Deployment | null> {
    const where = {
      all: [
        { field: "flowId", in: [flowIdOf(flowName)] },
        { field: "name", in: [name] },
      ],
    };
    return (await store.findObjects("deployment", { where }, { limit: 1 })).items[0] ?? null;
  }

  async function create(given: Omit<DeploymentToSave, "schedules" | "triggers">): Promise<Deployment | null> {
    try {
      const made = { ...newDeployment, ...given, flowId: flowIdOf(given.flowName), versionNumber: 1 };
      return await objects.createObject("deployment", made);
    } catch (error) {
      if (isMillraceError(error, "OBJECT_EXISTS")) return null;
      throw error;
    }
  }

  async function change(
    before: Deployment,
    given: Omit<DeploymentToSave, "schedules" | "triggers">,
  ): Promise<Deployment | null> {
    const { createdBy: _, ...changes } = given;
    const asked = Object.fromEntries(Object.entries(changes).filter(([field]) => !unimportant.has(field)));
    return hasAll(before, asked) ? before : changeVersioned(before, changes);
  }

  /** Null when another has changed it since it was read, or deleted it. */
  async function changeVersioned(
    before: Deployment,
    change: ObjectChange<"deployment">,
    revision = before.revision,
  ): Promise<Deployment | null> {
    const versionNumber = versions.next(before, change);
    try {
      return await objects.updateObject("deployment", before.id, { ...change, versionNumber }, revision);
    } catch (error) {
      if (revision === before.revision && isMillraceError(error, "REVISION_CONFLICT")) return null;
      throw error;
    }
  }

  /** A limit of a deployment's own is a concurrency limit under its id, so that it is seen and held like any other. */
  async function keepLimit(deployment: Deployment): Promise<Deployment> {
    const { id, concurrencyLimit: slots } = deployment;
    const name = `deployment:${id}`;
    const where = { field: "name", in: [name] };
    const [known] = (await store.findObjects("concurrency-limit", { where }, { limit: 1 })).items;
    if (slots === null) {
      if (known === undefined) return deployment;
      await objects.deleteObject("concurrency-limit", known.id);
      return deployment.concurrencyLimitId === known.id ? link(deployment, null) : deployment;
    }
    if (known !== undefined && known.slots !== slots) {
      await objects.updateObject("concurrency-limit", known.id, { slots });
    }
    const limit =
      known ??
      (await objects.createObject("concurrency-limit", {
        name,
        active: true,
        slots,
        taken: 0,
        takenAt: clock.now(),
        decayPerSecond: 0,
        denied: 0,
      }));
    return deployment.concurrencyLimitId === limit.id ? deployment : link(deployment, limit.id);
  }

  async function link(deployment: Deployment, concurrencyLimitId: string | null): Promise<Deployment> {
    return (await objects.updateObject("deployment", deployment.id, { concurrencyLimitId })) ?? deployment;
  }

  async function setPaused(id: string, paused: boolean): Promise<Deployment | null> {
    const before = await objects.readObject("deployment", id);
    if (before === null || before.paused === paused) return before;
    const changed = await objects.updateObject("deployment", id, { paused });
    if (changed !== null) await schedules.startAnew(id, {});
    return changed;
  }

  async function update(
    id: string,
    change: ObjectChange<"deployment">,
    { revision, rolledBackTo }: { readonly revision?: number | undefined; readonly rolledBackTo?: number },
  ): Promise<Deployment | null> {
    for (let race = 0; race < maxRaces; race++) {
      const before = await objects.readObject("deployment", id);
      if (before === null) return null;
      await checkVariables(before, change);
      const changed = await changeVersioned(before, await placeInPool(options, before, change), revision);
      if (changed === null) continue;
      await versions.keep(changed, rolledBackTo === undefined ? {} : { rolledBackTo });
      if (before.paused !== changed.paused) await schedules.startAnew(id, {});
      else if (!isSameForRuns(before, changed)) await schedules.startAnew(id, { dueAfter: clock.now() });
      return change.concurrencyLimit === undefined ? changed : keepLimit(changed);
    }
    throw new MillraceError("LEDGER_BUSY", { location: `deployment ${id}`, waited: `${maxRaces} attempts` });
  }

  return {
    submitRun: (submission) => submitRun(options, submission),
    saveDeployment,
    updateDeployment: (id, change, revision) => update(id, change, { revision }),
    listDeploymentVersions: (id, page) => versions.list(id, page),
    readDeploymentVersion: (id, number) => versions.read(id, number),
    async rollBackDeployment(id, number) {
      const [deployment, version] = [await objects.readObject("deployment", id), await versions.read(id, number)];
      if (deployment === null || version === null) return null;
      return update(id, await versions.toChange(deployment, version), { rolledBackTo: number });
    },
    pauseDeployment: (id) => setPaused(id, true),
    resumeDeployment: (id) => setPaused(id, false),
    async deleteDeployment(id) {
      const deployment = await objects.readObject("deployment", id);
      if (deployment === null) return false;
      await store.deleteWaitingRuns(id, { isAutoScheduled: false });
      await keepLimit({ ...deployment, concurrencyLimit: null, concurrencyLimitId: null });
      const isDeleted = await objects.deleteObject("deployment", id);
      // What was made of it meanwhile.
      await store.deleteWaitingRuns(id, { isAutoScheduled: false });
      return isDeleted;
    },
    createSchedule: schedules.createSchedule,
    updateSchedule: schedules.updateSchedule,
    deleteSchedule: schedules.deleteSchedule,
    scheduleRuns: schedules.scheduleRuns,
    upcoming: schedules.upcoming,
  };
}

function isSameForRuns(before: Deployment, after: Deployment): boolean {
  const taken: ObjectChange<"deployment"> = Object.fromEntries(takenByRuns.map((field) => [field, after[field]]));
  return hasAll(before, taken);
}
