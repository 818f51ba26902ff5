/** Which runs of a deployment give way when its limit is reached, where it is not the new one. */

import type { Api } from "../contract/api.ts";
import type { FlowRun, FlowRunSort } from "../contract/flow-run.ts";
import type { Condition } from "../contract/query.ts";
import type { Page } from "../contract/records.ts";
import type { Store } from "../contract/store.ts";
import { slotOfActive } from "./is-guest.ts";

export interface Collisions {
  /** Cancels the runs that have held their slots the longest: as many as there are runs that wait, by and by. */
  cancelOldest(run: FlowRun): Promise<void>;
  /** Whether a run that should start later than this one waits for a slot. */
  hasNewer(run: FlowRun): Promise<boolean>;
  /** Ends the runs that wait for a slot and should have started before this one, the newest of them first, by and by. */
  skipOlder(run: FlowRun): Promise<void>;
}

/** Runs of one question. */
const pageSize = 200;

/** Runs that one which asks lets give way at most. The others do so for the next that asks, or as they ask themselves. */
const maxGivingWay = 200;

const waiting: readonly Condition[] = [
  { field: "stateType", in: ["SCHEDULED"] },
  { field: "stateName", in: ["AwaitingConcurrencySlot"] },
];

interface Holder {
  readonly id: string;
  readonly isGivingWay: boolean;
  readonly since: number;
}

export function createCollisions({
  store,
  propose,
}: {
  readonly store: Store;
  readonly propose: Api["proposeFlowRunState"];
}): Collisions {
  /** All of them, a page at a time, in this order. */
  async function* walk(
    { deploymentId }: FlowRun,
    more: readonly Condition[],
    sort: FlowRunSort,
  ): AsyncGenerator<FlowRun, void, undefined> {
    if (deploymentId === null) return;
    const where = { all: [{ field: "deploymentId", in: [deploymentId] }, ...more] };
    let cursor: string | null = null;
    do {
      const page: Page<FlowRun> = await store.findFlowRuns({ where }, sort, { limit: pageSize, cursor });
      yield* page.items;
      cursor = page.next;
    } while (cursor !== null);
  }

  /** How many others wait. */
  async function countWaiting({ id, deploymentId }: FlowRun): Promise<number> {
    if (deploymentId === null) return 0;
    const others: readonly Condition[] = [
      { field: "deploymentId", in: [deploymentId] },
      { not: { field: "id", in: [id] } },
    ];
    return store.count("flow-run", { all: [...others, ...waiting] });
  }

  async function findHolders(run: FlowRun): Promise<readonly Holder[]> {
    const active: readonly Condition[] = [{ field: "stateType", in: ["PENDING", "RUNNING", "CANCELLING"] }];
    const holders: Holder[] = [];
    for await (const each of walk(run, active, "created-asc")) {
      if (slotOfActive(each) === null) continue;
      holders.push({ id: each.id, isGivingWay: each.state.type === "CANCELLING", since: heldSince(each) });
    }
    return holders;
  }

  return {
    async cancelOldest(run) {
      const holders = await findHolders(run);
      const wanted = (await countWaiting(run)) + 1 - holders.filter(({ isGivingWay }) => isGivingWay).length;
      const oldest = holders
        .filter(({ isGivingWay }) => !isGivingWay)
        .toSorted((left, right) => left.since - right.since);
      const message = "A newer run of the deployment needs the slot.";
      for (const { id } of oldest.slice(0, Math.min(Math.max(0, wanted), maxGivingWay))) {
        await propose({ id, state: { type: "CANCELLING", name: "Cancelling", message }, guest: true });
      }
    },

    async hasNewer(run) {
      const notOlder: Condition = { field: "expectedAt", atLeast: run.expectedAt };
      for await (const other of walk(run, [...waiting, notOlder], "expected-desc")) {
        if (other.id !== run.id && isNewer(other, run)) return true;
      }
      return false;
    },

    async skipOlder(run) {
      const message = "A newer run of the deployment waits for the slot.";
      const notNewer: Condition = { field: "expectedAt", atMost: run.expectedAt };
      let skipped = 0;
      for await (const other of walk(run, [...waiting, notNewer], "expected-desc")) {
        if (other.id === run.id || isNewer(other, run)) continue;
        if (skipped++ === maxGivingWay) return;
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
