/** Which runs of a deployment give way when its limit is reached, where it is not the new one. */

import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Condition } from "../contract/query.ts";
import type { Store } from "../contract/store.ts";
import { slotOfActive } from "./is-guest.ts";

export interface Collisions {
  /** Cancels the runs that have held their slots the longest: as many as there are runs that wait. */
  cancelOldest(run: FlowRun): Promise<void>;
  /** Whether a run that should start later than this one waits for a slot. */
  hasNewer(run: FlowRun): Promise<boolean>;
  /** Ends the runs that wait for a slot and should have started before this one. */
  skipOlder(run: FlowRun): Promise<void>;
}

/** Runs that are looked at. More wait seldom, and are seen by the next one that asks. */
const maxRuns = 200;

export function createCollisions({
  store,
  propose,
}: {
  readonly store: Store;
  readonly propose: Api["proposeFlowRunState"];
}): Collisions {
  async function find({ deploymentId }: FlowRun, more: readonly Condition[]): Promise<readonly FlowRun[]> {
    if (deploymentId === null) return [];
    const where = { all: [{ field: "deploymentId", in: [deploymentId] }, ...more] };
    return (await store.findFlowRuns({ where }, "created-asc", { limit: maxRuns })).items;
  }

  /** The others that wait. */
  async function findWaiting(run: FlowRun): Promise<readonly FlowRun[]> {
    const found = await find(run, [{ field: "stateName", in: ["AwaitingConcurrencySlot"] }]);
    return found.filter(({ id, state }) => id !== run.id && state.type === "SCHEDULED");
  }

  return {
    async cancelOldest(run) {
      const active = await find(run, [{ field: "stateType", in: ["PENDING", "RUNNING", "CANCELLING"] }]);
      const holders = active.filter((each) => slotOfActive(each) !== null);
      const giving = holders.filter(({ state }) => state.type === "CANCELLING");
      const wanted = (await findWaiting(run)).length + 1 - giving.length;
      const oldest = holders
        .filter(({ state }) => state.type !== "CANCELLING")
        .toSorted((left, right) => heldSince(left) - heldSince(right));
      const message = "A newer run of the deployment needs the slot.";
      for (const { id } of oldest.slice(0, Math.max(0, wanted))) {
        await propose({ id, state: { type: "CANCELLING", name: "Cancelling", message }, guest: true });
      }
    },

    async hasNewer(run) {
      return (await findWaiting(run)).some((other) => isNewer(other, run));
    },

    async skipOlder(run) {
      const message = "A newer run of the deployment waits for the slot.";
      for (const other of await findWaiting(run)) {
        if (isNewer(other, run)) continue;
        const state = { type: "CANCELLED", name: "Skipped", message } as const;
        // One that has got a slot meanwhile is let be.
        await propose({ id: other.id, stateAt: other.state.at, state, guest: true });
      }
    },
  };
}

/** A total order, so that of two runs that see each other only one gives way. */
function isNewer(one: FlowRun, other: FlowRun): boolean {
  const distance = one.expectedAt - other.expectedAt || one.createdAt - other.createdAt;
  return distance === 0 ? one.id > other.id : distance > 0;
}

/** When it claimed its slot. */
function heldSince({ history, state }: FlowRun): number {
  return history.findLast(({ type }) => type === "PENDING")?.at ?? state.at;
}
