/**
 * Runs that wait for a slot of their deployment's limit: woken when one is free, by the priority of their queues and then in
 * the order in which they came. A slot that a run was woken for is kept for it a while, so that no newcomer is faster.
 *
 *   waits until `slotWaitMs` have passed ──a slot is free──▶ woken: due now ──asks──▶ has it
 *                                                                ──does not ask for `slotWaitMs`──▶ the slot is anybody's
 */

import type { Api } from "../contract/api.ts";
import { takenSlots } from "../contract/concurrency.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { ConcurrencyLimit } from "../contract/objects.ts";
import type { Condition } from "../contract/query.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { slotWaitMs } from "../rules/guest-run-transitions.ts";
import { decideWoken, rankWaiters, type Waiter } from "../rules/slot-waiters.ts";
import { freeSlots } from "../rules/work.ts";

export interface SlotWaiters {
  /** Wakes as many as there are free slots. */
  wake(limitIds: readonly string[]): Promise<void>;
  /** How many slots are kept for runs that come before this one. No more are counted than the limit has. */
  countPromisedBefore(run: FlowRun, limit: Pick<ConcurrencyLimit, "id" | "name" | "slots">): Promise<number>;
}

/** Slots that are given out, and runs that are woken, at once. More are woken as these ask. */
const maxSlots = 1000;
const maxWoken = 200;

const waiting: readonly Condition[] = [
  { field: "stateType", in: ["SCHEDULED"] },
  { field: "stateName", in: ["AwaitingConcurrencySlot"] },
];

/** The name of a deployment's own limit, with its id. */
const ownLimit = /^deployment:(.+)$/;

export function createSlotWaiters({
  store,
  clock,
  propose,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly propose: Api["proposeFlowRunState"];
}): SlotWaiters {
  async function findDeployments({ id, name }: Pick<ConcurrencyLimit, "id" | "name">): Promise<readonly string[]> {
    const [, own] = ownLimit.exec(name) ?? [];
    if (own !== undefined) return [own];
    // Only those of which a run waits at all.
    const counted = await store.countBy("flow-run", "deploymentId", { all: waiting });
    const ids = counted.flatMap(({ value }) => (typeof value === "string" ? [value] : []));
    const deployments = await store.readObjects("deployment", ids);
    return deployments.filter(({ concurrencyLimitId }) => concurrencyLimitId === id).map((deployment) => deployment.id);
  }

  /** The queues that runs of these deployments wait in, by their priority; null is no queue. */
  async function findQueues(
    deploymentIds: readonly string[],
  ): Promise<ReadonlyMap<number, readonly (string | null)[]>> {
    const where = { all: [{ field: "deploymentId", in: deploymentIds }, ...waiting] };
    const counted = await store.countBy("flow-run", "workQueueId", where);
    const ids = counted.map(({ value }) => (typeof value === "string" ? value : null));
    const queues = await store.readObjects(
      "work-queue",
      ids.filter((id) => id !== null),
    );
    const priorities = new Map(queues.map(({ id, priority }) => [id, priority]));
    return Map.groupBy(ids, (id) => priorities.get(id ?? "") ?? 0);
  }

  /** The first `most` of those that wait for the limit and are due so, in the order in which they are to have their slots. */
  async function findWaiters(
    limit: Pick<ConcurrencyLimit, "id" | "name">,
    { due, most }: { readonly due: Condition; readonly most: number },
  ): Promise<readonly Waiter[]> {
    const deploymentIds = await findDeployments(limit);
    if (deploymentIds.length === 0) return [];
    const queues = await findQueues(deploymentIds);
    const found: Waiter[] = [];
    for (const priority of [...queues.keys()].toSorted((one, other) => one - other)) {
      const isIn = isInQueue(queues.get(priority) ?? []);
      const where = { all: [{ field: "deploymentId", in: deploymentIds }, ...waiting, due, isIn] };
      const { items } = await store.findFlowRuns({ where }, "expected-asc", { limit: most - found.length });
      found.push(...items.map((run) => ({ run, priority })));
      if (found.length === most) break;
    }
    return found;
  }

  async function wakeFor(limit: ConcurrencyLimit): Promise<void> {
    const now = clock.now();
    const all = limit.active ? freeSlots({ limit: limit.slots, active: takenSlots(limit, now) }) : maxSlots;
    const free = Math.min(all, maxSlots);
    if (free === 0) return;
    const promised = await findWaiters(limit, { due: isPromisedAt(now), most: free });
    const others = await findWaiters(limit, { due: { field: "dueAt", above: now }, most: free });
    const woken = decideWoken({ waiters: [...promised, ...others], free, now, keptForMs: slotWaitMs });
    for (const run of woken.slice(0, maxWoken)) {
      const details = { scheduledAt: now };
      const state = { type: "SCHEDULED", name: "AwaitingConcurrencySlot", details } as const;
      // Another server may have woken it, or somebody cancelled it.
      await propose({ id: run.id, state, stateAt: run.state.at, guest: true });
    }
  }

  return {
    async wake(limitIds) {
      for (const limit of await store.readObjects("concurrency-limit", limitIds)) await wakeFor(limit);
    },
    async countPromisedBefore(run, limit) {
      const most = Math.min(limit.slots, maxSlots) + 1;
      const promised = await findWaiters(limit, { due: isPromisedAt(clock.now()), most });
      const others = promised.filter((waiter) => waiter.run.id !== run.id);
      if (others.length === 0) return 0;
      const [queue] = run.workQueueId === null ? [] : await store.readObjects("work-queue", [run.workQueueId]);
      const ranked = rankWaiters([...others, { run, priority: queue?.priority ?? 0 }]);
      return ranked.findIndex((waiter) => waiter.run.id === run.id);
    },
  };
}

/** That a slot is kept for it: it was woken, and not long ago; see rules/slot-waiters.ts. */
function isPromisedAt(now: number): Condition {
  return { field: "dueAt", above: now - slotWaitMs, atMost: now };
}

function isInQueue(ids: readonly (string | null)[]): Condition {
  const named = ids.filter((id) => id !== null);
  const one: Condition = { field: "workQueueId", in: named };
  return ids.length === named.length ? one : { any: [one, { field: "workQueueId", isNull: true }] };
}
