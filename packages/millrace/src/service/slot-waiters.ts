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
import { decideWoken, isPromised, rankWaiters, type Waiter } from "../rules/slot-waiters.ts";
import { freeSlots } from "../rules/work.ts";

export interface SlotWaiters {
  /** Wakes as many as there are free slots. */
  wake(limitIds: readonly string[]): Promise<void>;
  /** How many slots are kept for runs that come before this one. */
  countPromisedBefore(run: FlowRun, limit: Pick<ConcurrencyLimit, "id" | "name">): Promise<number>;
}

/** Runs that are looked at. More wait seldom, and are woken as these go. */
const maxRuns = 200;

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

  async function findWaiters(limit: Pick<ConcurrencyLimit, "id" | "name">): Promise<readonly Waiter[]> {
    const deploymentIds = await findDeployments(limit);
    if (deploymentIds.length === 0) return [];
    const where = { all: [{ field: "deploymentId", in: deploymentIds }, ...waiting] };
    const { items } = await store.findFlowRuns({ where }, "expected-asc", { limit: maxRuns });
    return toWaiters(items);
  }

  async function toWaiters(runs: readonly FlowRun[]): Promise<readonly Waiter[]> {
    const queueIds = [...new Set(runs.flatMap(({ workQueueId }) => workQueueId ?? []))];
    const queues = queueIds.length === 0 ? [] : await store.readObjects("work-queue", queueIds);
    const priorities = new Map(queues.map(({ id, priority }) => [id, priority]));
    return runs.map((run) => ({ run, priority: priorities.get(run.workQueueId ?? "") ?? 0 }));
  }

  async function wakeFor(limit: ConcurrencyLimit): Promise<void> {
    const now = clock.now();
    const free = limit.active ? freeSlots({ limit: limit.slots, active: takenSlots(limit, now) }) : maxRuns;
    if (free === 0) return;
    for (const run of decideWoken({ waiters: await findWaiters(limit), free, now, keptForMs: slotWaitMs })) {
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
      const now = clock.now();
      const waiters = await findWaiters(limit);
      if (waiters.every((waiter) => waiter.run.id === run.id)) return 0;
      const [own] = await toWaiters([run]);
      const ranked = rankWaiters([...waiters.filter((waiter) => waiter.run.id !== run.id), ...(own ? [own] : [])]);
      const before = ranked.slice(
        0,
        ranked.findIndex((waiter) => waiter.run.id === run.id),
      );
      return before.filter((waiter) => isPromised(waiter, { now, keptForMs: slotWaitMs })).length;
    },
  };
}
