/**
 * Runs that wait for a slot of their deployment's limit: woken when one is free, by the priority of their queues and then in
 * the order in which they came. A slot that a run was woken for is kept for it a while, so that no newcomer is faster.
 *
 *   waits until `slotWaitMs` have passed ──a slot is free──▶ woken: due now ──asks──▶ has it
 *                                                                ──does not ask for `slotWaitMs`──▶ the slot is anybody's
 */

import type { Api } from "../contract/api.ts";
import { maxCountedValues } from "../contract/aggregates.ts";
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

/** Deployments, and queues, in which runs of one limit are looked for: those in which the most wait. */
const maxPlaces = 3000;

const waiting: readonly Condition[] = [
  { field: "stateType", in: ["SCHEDULED"] },
  { field: "stateName", in: ["AwaitingConcurrencySlot"] },
];

/** Where runs wait for a limit. */
interface Places {
  readonly deploymentIds: readonly string[];
  /** By their priority, the first one first; null is no queue. */
  readonly queues: readonly (readonly [priority: number, ids: readonly (string | null)[]])[];
}

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
  /** What waiting runs have in this field which meet the conditions, as many at a time as are counted. */
  async function findValues(
    field: "deploymentId" | "workQueueId",
    where: readonly Condition[],
  ): Promise<readonly (string | null)[]> {
    const found = new Set<string | null>();
    for (;;) {
      const isNew: Condition = { field, notIn: [...found].filter((id) => id !== null) };
      const counted = await store.countBy("flow-run", field, { all: [...where, ...waiting, isNew] });
      for (const { value } of counted) found.add(typeof value === "string" ? value : null);
      if (counted.length < maxCountedValues || found.size >= maxPlaces) return [...found];
    }
  }

  async function findDeployments(
    { id, name }: Pick<ConcurrencyLimit, "id" | "name">,
    due: Condition,
  ): Promise<readonly string[]> {
    const [, own] = ownLimit.exec(name) ?? [];
    if (own !== undefined) return [own];
    const ids = await findValues("deploymentId", [due]);
    const deployments = await store.readObjects(
      "deployment",
      ids.filter((each) => each !== null),
    );
    return deployments.filter(({ concurrencyLimitId }) => concurrencyLimitId === id).map((deployment) => deployment.id);
  }

  /** Of those alone that are due so: a count that need not go through all that wait. */
  async function findPlaces(limit: Pick<ConcurrencyLimit, "id" | "name">, due: Condition): Promise<Places> {
    const deploymentIds = await findDeployments(limit, due);
    if (deploymentIds.length === 0) return { deploymentIds, queues: [] };
    const ids = await findValues("workQueueId", [{ field: "deploymentId", in: deploymentIds }, due]);
    const queues = await store.readObjects(
      "work-queue",
      ids.filter((id) => id !== null),
    );
    const priorities = new Map(queues.map(({ id, priority }) => [id, priority]));
    const byPriority = Map.groupBy(ids, (id) => priorities.get(id ?? "") ?? 0);
    return { deploymentIds, queues: [...byPriority].toSorted(([one], [other]) => one - other) };
  }

  /** The first `most` of those that wait there and are due so, in the order in which they are to have their slots. */
  async function findWaiters(
    { deploymentIds, queues }: Places,
    { due, most }: { readonly due: Condition; readonly most: number },
  ): Promise<readonly Waiter[]> {
    const found: Waiter[] = [];
    for (const [priority, ids] of queues) {
      const where = { all: [{ field: "deploymentId", in: deploymentIds }, ...waiting, due, isInQueue(ids)] };
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
    const places = await findPlaces(limit, { field: "dueAt", above: now - slotWaitMs });
    const promised = await findWaiters(places, { due: isPromisedAt(now), most: free });
    const others = await findWaiters(places, { due: { field: "dueAt", above: now }, most: free });
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
      const due = isPromisedAt(clock.now());
      const promised = await findWaiters(await findPlaces(limit, due), { due, most });
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
