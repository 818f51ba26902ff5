/**
 * Looks, for all workers whose channels are open on this server, whether their pools have changed and whether there is something
 * to tear down: two questions to the ledger, however many they are, and one a pool more where very much is to be torn down.
 *
 *   idle ──join──▶ looks at once, when woken, and every `lookEveryMs` ──last one leaves──▶ idle
 */

import type { Api } from "../../../contract/api.ts";
import type { Clock } from "../../../kit/clock.ts";
import { readByIds } from "../../read-by-ids.ts";
import { toPrefectPools } from "../mapping/work-pool.ts";
import type { WorkPoolResponse } from "../schemas/work-pools.ts";
import { type Delivery, isHeld, type KnownOrder, type TeardownDesk } from "./teardown-desk.ts";

/** Between two looks, in ms. */
const lookEveryMs = 1000;
/** The same, however often it is woken. */
const restMs = 100;

export interface ChannelMember {
  readonly consumerId: string;
  readonly workPoolId: string;
  readonly workQueueIds: readonly string[];
  /** Orders that it takes at once. */
  readonly maxTeardowns: number;
  showPool(pool: WorkPoolResponse): void;
  /** Its pool is gone. */
  end(): void;
  /** Rejects when it cannot be reached. */
  hand(delivery: Delivery): Promise<void>;
}

export interface ChannelRound {
  /** `revision` is of the pool as the worker knows it. Who joins must leave. */
  join(member: ChannelMember, revision: number): void;
  leave(member: ChannelMember): void;
  /** An order may be free, or a worker. */
  wake(): void;
}

export function createChannelRound(options: {
  readonly api: Api;
  readonly clock: Clock;
  readonly desk: TeardownDesk;
  readonly onFailure: (error: unknown) => void;
}): ChannelRound {
  const { api, clock, desk, onFailure } = options;
  /** Each with the revision of its pool that it has seen. */
  const members = new Map<ChannelMember, number>();
  let isGoing = false;
  let nap = new AbortController();

  async function go(): Promise<void> {
    isGoing = true;
    while (members.size > 0) {
      nap = new AbortController();
      const { signal } = nap;
      await tryTo(look);
      await clock.sleep(restMs);
      await clock.sleep(lookEveryMs - restMs, signal).catch(() => undefined);
    }
    isGoing = false;
  }

  /** What fails for one keeps nothing else from being done. */
  async function tryTo(doIt: () => Promise<void>): Promise<void> {
    try {
      await doIt();
    } catch (error) {
      // The ledger is closed when nobody is there any more.
      if (members.size > 0) onFailure(error);
    }
  }

  async function look(): Promise<void> {
    await tryTo(lookAtPools);
    const takers = [...members.keys()].filter(({ maxTeardowns }) => maxTeardowns > 0);
    if (takers.length === 0) return;
    const orders = await desk.list([...new Set(takers.map(({ workPoolId }) => workPoolId))]);
    const loads = countHeld(orders, clock.now());
    for (const order of orders) await tryTo(() => handOut(order, takers, loads));
  }

  async function lookAtPools(): Promise<void> {
    const ids = [...members.keys()].map(({ workPoolId }) => workPoolId);
    const pools = await readByIds(api, "work-pool", ids);
    const news = [...members].filter(([{ workPoolId }, seen]) => pools.get(workPoolId)?.revision !== seen);
    const changed = [...new Set(news.map(([{ workPoolId }]) => workPoolId))].flatMap((id) => pools.get(id) ?? []);
    const shown = new Map((await toPrefectPools({ api, now: clock.now() }, changed)).map((pool) => [pool.id, pool]));
    for (const [member] of news) {
      const [pool, answer] = [pools.get(member.workPoolId), shown.get(member.workPoolId)];
      if (!members.has(member)) continue;
      if (pool === undefined || answer === undefined) {
        member.end();
        continue;
      }
      members.set(member, pool.revision);
      member.showPool(answer);
    }
  }

  async function handOut(
    order: KnownOrder,
    takers: readonly ChannelMember[],
    loads: Map<string, number>,
  ): Promise<void> {
    if (isHeld(order, clock.now())) return;
    const taker = choose(
      order,
      takers.filter((each) => members.has(each) && (loads.get(each.consumerId) ?? 0) < each.maxTeardowns),
    );
    if (taker === undefined) return;
    const delivery = await desk.take(order, taker.consumerId);
    if (delivery === null) return;
    loads.set(taker.consumerId, (loads.get(taker.consumerId) ?? 0) + 1);
    // Not waited for: a worker that does not read holds up no other.
    taker.hand(delivery).catch(async () => {
      const { order: taken, token } = delivery;
      const { id: orderId, workPoolId } = taken;
      await tryTo(async () => {
        await desk.settle({ kind: "release", orderId, token, workPoolId, reason: "delivery_failed" });
      });
      wake();
    });
  }

  function wake(): void {
    nap.abort();
  }

  return {
    join(member, revision) {
      // A worker that comes back has lost the channel that it had, though that may not be known here yet.
      for (const other of members.keys()) if (other.consumerId === member.consumerId) members.delete(other);
      members.set(member, revision);
      if (isGoing) wake();
      else void go();
    },
    leave(member) {
      members.delete(member);
      if (members.size === 0) wake();
    },
    wake,
  };
}

/** Orders that each worker has. */
function countHeld(orders: readonly KnownOrder[], now: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const order of orders) {
    const consumerId = isHeld(order, now) ? order.held?.consumerId : undefined;
    if (consumerId !== undefined) counts.set(consumerId, (counts.get(consumerId) ?? 0) + 1);
  }
  return counts;
}

/** One that has not tried it goes before one that has, and then one that serves the run's queue. */
function choose(order: KnownOrder, takers: readonly ChannelMember[]): ChannelMember | undefined {
  const rank = ({ consumerId, workQueueIds }: ChannelMember): number =>
    (order.triedBy.includes(consumerId) ? 2 : 0) + (workQueueIds.includes(order.workQueueId ?? "") ? 0 : 1);
  return takers
    .filter(({ workPoolId }) => workPoolId === order.workPoolId)
    .toSorted((one, other) => rank(one) - rank(other))[0];
}
