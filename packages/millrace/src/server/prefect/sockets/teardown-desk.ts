/**
 * Gives orders to tear something down to workers, each to one at a time, and takes back what became of them. What it knows is in
 * the ledger, and each change is guarded by the order's revision, so that desks of several servers give one order to one worker.
 *
 *   waiting ──take──▶ held until a time ──ack──▶ gone
 *      ▲                │  └──renew──▶ held until a later time
 *      └──release, or───┘
 *         the time is over, at most `maxDeliveries` times; then it is gone too, and the run's log says so
 */

import * as z from "zod";
import type { Api } from "../../../contract/api.ts";
import { isMillraceError } from "../../../contract/errors.ts";
import type { Configuration } from "../../../contract/objects.ts";
import { stands, type TeardownOrder, teardownOrdersOf } from "../../../contract/teardown-orders.ts";
import type { Clock } from "../../../kit/clock.ts";
import { shortId } from "../../../kit/ids.ts";

/** How long a worker has an order without saying more, in ms. */
const holdMs = 30_000;
/** How often an order is handed out. */
const maxDeliveries = 3;
/** Orders that are looked at at once, of a pool where there are more of all of them. */
const maxOrders = 200;
/** How often a change is made again because another server's came between. */
const maxRaces = 10;

export interface KnownOrder extends TeardownOrder {
  readonly id: string;
  readonly revision: number;
}

/** An order that is one worker's now. */
export interface Delivery {
  readonly order: KnownOrder;
  readonly token: string;
  /** ms UTC. */
  readonly until: number;
  readonly infrastructurePid: string | null;
}

export interface Operation {
  readonly kind: "ack" | "release" | "renew";
  readonly orderId: string;
  readonly token: string;
  readonly workPoolId: string;
  /** Why it is released. */
  readonly reason?: string;
}

/** In the words of Prefect's wire. */
export interface OperationOutcome {
  readonly status:
    | "accepted"
    | "not_found"
    | "unauthorized"
    | "not_current"
    | "invalid_token"
    | "expired"
    | "dead_lettered"
    | "error";
  /** Null when it is accepted. */
  readonly reason: string | null;
  /** Until when it is held, of one that was renewed. ms UTC. */
  readonly until?: number;
}

export interface TeardownDesk {
  /** Those for workers of these pools, the oldest of each pool first. However many wait in one, those of the others are seen. */
  list(workPoolIds: readonly string[]): Promise<readonly KnownOrder[]>;
  /** Null when it is another's, or not to be carried out. */
  take(order: KnownOrder, consumerId: string): Promise<Delivery | null>;
  settle(operation: Operation): Promise<OperationOutcome>;
}

export function isHeld({ held }: TeardownOrder, now: number): boolean {
  return held !== null && held.until > now;
}

export function createTeardownDesk({ api, clock }: { readonly api: Api; readonly clock: Clock }): TeardownDesk {
  /** False when another server has changed it meanwhile. */
  async function write({ id, revision, ...before }: KnownOrder, change: Partial<TeardownOrder>): Promise<boolean> {
    try {
      return (await api.updateObject("configuration", id, { value: { ...before, ...change } }, revision)) !== null;
    } catch (error) {
      if (isMillraceError(error, "REVISION_CONFLICT")) return false;
      throw error;
    }
  }

  /** Nobody is asked any more. */
  async function bury(order: KnownOrder, why: string): Promise<void> {
    if (!(await api.deleteObject("configuration", order.id))) return;
    const run = await api.readFlowRun(order.flowRunId);
    if (run === null) return;
    const message =
      `What the run's worker started (${run.extra.infrastructurePid ?? "unknown"}) may still be there: ` +
      `it was to be torn down ${order.deliveries} times, and was not. ${why}`;
    const line = { flowRunId: run.id, taskRunId: null, attempt: 1, at: clock.now(), level: "warn" } as const;
    await api.record({
      processId: "worker-channel",
      logs: [{ ...line, logger: "millrace.worker-channel", message, fields: null }],
    });
  }

  async function settleOnce(operation: Operation): Promise<OperationOutcome | "raced"> {
    const found = await api.readObject("configuration", operation.orderId);
    const order = found === null ? null : toOrder(found);
    if (order === null) return { status: "not_found", reason: "message_not_found" };
    if (order.workPoolId !== operation.workPoolId) return { status: "unauthorized", reason: "work_pool_mismatch" };
    const { held } = order;
    if (held === null) return { status: "not_current", reason: "no_active_reservation" };
    if (held.token !== operation.token) return { status: "invalid_token", reason: "reservation_token_mismatch" };
    if (!isHeld(order, clock.now())) return giveBack(order, { status: "expired", reason: "lease_expired" });
    switch (operation.kind) {
      case "ack":
        await api.deleteObject("configuration", order.id);
        return { status: "accepted", reason: null };
      case "renew": {
        const until = clock.now() + holdMs;
        return (await write(order, { held: { ...held, until } }))
          ? { status: "accepted", reason: null, until }
          : "raced";
      }
      case "release":
        return giveBack(order, { status: "accepted", reason: null }, operation.reason);
    }
  }

  async function giveBack(
    order: KnownOrder,
    outcome: OperationOutcome,
    reason?: string,
  ): Promise<OperationOutcome | "raced"> {
    if (order.deliveries < maxDeliveries) return (await write(order, { held: null })) ? outcome : "raced";
    await bury(order, reason === undefined ? "No worker has answered in time." : `The last reason was: ${reason}.`);
    return { status: "dead_lettered", reason: "max_delivery_attempts_reached" };
  }

  async function listOldest(workPoolIds: readonly string[]): Promise<readonly Configuration[]> {
    const sort = { field: "createdAt", direction: "asc" } as const;
    const where = teardownOrdersOf(workPoolIds);
    return (await api.listObjects("configuration", { where, sort }, { limit: maxOrders })).items;
  }

  return {
    async list(workPoolIds) {
      const oldest = await listOldest(workPoolIds);
      if (oldest.length < maxOrders || workPoolIds.length === 1) return toOrders(oldest);
      const ofEach: KnownOrder[] = [];
      for (const id of workPoolIds) ofEach.push(...toOrders(await listOldest([id])));
      return ofEach;
    },

    async take(order, consumerId) {
      if (order.deliveries >= maxDeliveries) {
        await bury(order, "No worker has answered in time.");
        return null;
      }
      const run = await api.readFlowRun(order.flowRunId);
      if (run === null || !stands(order.id, run)) {
        // The end that it came with may yet be written.
        if (run?.state.type !== "CANCELLING") await api.deleteObject("configuration", order.id);
        return null;
      }
      const held = { token: shortId(40), consumerId, until: clock.now() + holdMs };
      const deliveries = order.deliveries + 1;
      const triedBy = [...new Set([...order.triedBy, consumerId])];
      if (!(await write(order, { held, deliveries, triedBy }))) return null;
      const taken = { ...order, held, deliveries, triedBy, revision: order.revision + 1 };
      return { order: taken, ...held, infrastructurePid: run.extra.infrastructurePid ?? null };
    },

    async settle(operation) {
      for (let race = 0; race < maxRaces; race++) {
        const outcome = await settleOnce(operation);
        if (outcome !== "raced") return outcome;
      }
      return { status: "error", reason: "cleanup_queue_operation_failed" };
    },
  };
}

const kept = z.object({
  flowRunId: z.guid(),
  workPoolId: z.guid(),
  workQueueId: z.guid().nullable(),
  deliveries: z.int().nonnegative(),
  held: z.object({ token: z.string(), consumerId: z.string(), until: z.number() }).nullable(),
  triedBy: z.array(z.string()),
});

function toOrders(found: readonly Configuration[]): readonly KnownOrder[] {
  return found.map(toOrder).filter((order) => order !== null);
}

/** Null for what is no order. */
function toOrder({ id, revision, value }: Configuration): KnownOrder | null {
  const parsed = kept.safeParse(value);
  return parsed.success ? { ...parsed.data, id, revision } : null;
}
