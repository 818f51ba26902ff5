/** Runs that wait, and what they wait for. */

import type { FlowRun } from "../contract/flow-run.ts";
import type { ConcurrencyLimit, Deployment, Schedule, Worker, WorkPool, WorkQueue } from "../contract/objects.ts";
import { defaultStateNames, type State, type StateType } from "../contract/states.ts";
import type { WaitFacts } from "./why-waiting-facts.ts";

export const now = 1_790_000_000_000;
const base = { revision: 1, createdAt: 0, updatedAt: 0 };

export const deployment: Deployment = {
  ...base,
  id: "d",
  flowId: "f",
  flowName: "etl",
  name: "nightly",
  paused: false,
  tags: [],
  workPoolId: "p",
  workQueueId: "q",
  concurrencyLimit: null,
  polledAt: null,
};
export const pool: WorkPool = { ...base, id: "p", name: "pool", type: "process", paused: false };
export const queue: WorkQueue = {
  ...base,
  id: "q",
  workPoolId: "p",
  name: "default",
  priority: 1,
  paused: false,
  polledAt: now,
};
export const worker: Worker = { ...base, id: "w", workPoolId: "p", name: "ada", heartbeatAt: now - 1000 };
export const schedule = {
  ...base,
  id: "s",
  deploymentId: "d",
  slug: "daily",
  active: true,
  nextAt: null,
  spec: {},
} as Schedule;
export const limit: ConcurrencyLimit = {
  ...base,
  id: "l",
  name: "deployment:d",
  active: true,
  slots: 2,
  taken: 2,
  takenAt: now,
  decayPerSecond: 0,
  denied: 0,
};

export function aRun(
  type: StateType,
  more: Partial<Omit<FlowRun, "state">> & { readonly state?: Partial<State> } = {},
): FlowRun {
  const { state, ...fields } = more;
  return {
    id: "r",
    name: "calm-fox",
    deploymentId: "d",
    workPoolId: "p",
    workQueueId: "q",
    dueAt: type === "SCHEDULED" ? now - 1000 : null,
    ownerId: null,
    extra: {},
    ...fields,
    state: { type, name: defaultStateNames[type], at: now - 1000, ...state },
  } as FlowRun;
}

/** A run of a deployment that a worker will take the next time it asks. */
export function facts(more: Partial<WaitFacts> = {}): WaitFacts {
  return {
    now,
    run: aRun("SCHEDULED"),
    deployment,
    schedule: null,
    limit: null,
    pool: { pool, active: 0 },
    queue: { queue, active: 0 },
    workers: [worker],
    ahead: 0,
    waitingTasks: [],
    slotWaits: [],
    asking: null,
    ...more,
  };
}
