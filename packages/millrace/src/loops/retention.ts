/**
 * Deletes what only grows and is of no use any more: firings of automations that were acted on, events, workers that were not
 * heard of for long, orders to tear something down that no worker has come for, and runs, where somebody has said after what
 * time. Leases, slots and processes that have died go with the loops that end them, and what is remembered of an automation
 * goes with it.
 */

import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { ObjectKind } from "../contract/objects.ts";
import type { Condition } from "../contract/query.ts";
import { isTerminal } from "../contract/states.ts";
import type { Store } from "../contract/store.ts";
import { anyTeardownOrder } from "../contract/teardown-orders.ts";
import type { Clock } from "../kit/clock.ts";
import { readEvaluatedSeq } from "./automations/leadership.ts";

/** Objects and runs of a kind that are found at once, and how often in one tick. */
const pageSize = 100;
const maxPages = 10;
/** Events that are looked at in one transaction, which other writers wait for, and how often in one tick. */
const eventPageSize = 500;
const maxEventPages = 40;

export interface Retention {
  /** How long a firing is kept after its last action, in ms. */
  readonly firingRetentionMs: number;
  /** How long an event is kept, in ms. */
  readonly eventRetentionMs: number;
  /** How long a run is kept after its end, in ms; null: until somebody deletes it. */
  readonly runRetentionMs: number | null;
  /** How long a worker is kept after its last heartbeat, and an order for one after it was last handed out, in ms. */
  readonly workerRetentionMs: number;
}

export interface RetentionLoop {
  /** How many objects, events and runs it has deleted. Several servers may do it at once: each is deleted once. */
  tick(): Promise<number>;
}

export function createRetentionLoop(options: {
  readonly api: Pick<Api, "listObjects" | "deleteObject" | "readObject" | "listFlowRuns" | "deleteFlowRun">;
  readonly store: Pick<Store, "deleteEvents">;
  readonly clock: Clock;
  readonly retention: Retention;
}): RetentionLoop {
  const { api, store, clock, retention } = options;
  /** The patrol has looked at the events up to this one. */
  let patrolledSeq = 0;

  async function deleteAll(
    kind: ObjectKind,
    { where, by }: { readonly where: Condition; readonly by: string },
  ): Promise<number> {
    let deleted = 0;
    for (let page = 0; page < maxPages; page++) {
      const sort = { field: by, direction: "asc" } as const;
      const { items } = await api.listObjects(kind, { where, sort }, { limit: pageSize });
      for (const { id } of items) if (await api.deleteObject(kind, id)) deleted++;
      if (items.length < pageSize) break;
    }
    return deleted;
  }

  /** Requests come first: a database in this process answers without a pause. */
  const letOthers = (): Promise<void> => clock.sleep(0);

  /**
   * The oldest ones, as long as there are old ones among them. Events that were told of with a time of their own may be old
   * behind young ones: a patrol looks through all of them, a page a tick.
   */
  async function deleteEvents(before: number): Promise<number> {
    // The last one stays, and with it the numbering.
    const belowSeq = await readEvaluatedSeq(api);
    if (belowSeq === null) return 0;
    const range = { before, belowSeq, limit: eventPageSize };
    let deleted = 0;
    for (let page = 0; page < maxEventPages; page++) {
      const found = await store.deleteEvents({ ...range, afterSeq: 0 });
      deleted += found.deleted;
      if (found.deleted === 0) break;
      await letOthers();
    }
    const patrol = await store.deleteEvents({ ...range, afterSeq: patrolledSeq });
    patrolledSeq = patrol.lastSeq ?? 0;
    return deleted + patrol.deleted;
  }

  /** With their subflows, when those have ended in time too. */
  async function deleteRuns(before: number): Promise<number> {
    let deleted = 0;
    let cursor: string | null = null;
    for (let page = 0; page < maxPages; page++) {
      const { items, next } = await listEnded(before, cursor);
      for (const { id } of items) {
        if (!(await haveAllEnded(await listChildren(id), before))) continue;
        if (await api.deleteFlowRun(id)) deleted++;
        await letOthers();
      }
      if (next === null) break;
      cursor = next;
    }
    return deleted;
  }

  /** A run that has ended before a time was made before it: that has an index. */
  function listEnded(before: number, cursor: string | null): ReturnType<Api["listFlowRuns"]> {
    const where: Condition = { field: "endedAt", below: before };
    return api.listFlowRuns(
      { rootsOnly: true, createdBefore: before, stateTypes: ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"], where },
      "created-asc",
      { limit: pageSize, cursor },
    );
  }

  async function listChildren(id: string): Promise<readonly FlowRun[]> {
    const found: FlowRun[] = [];
    let cursor: string | null = null;
    do {
      const page = await listChildrenFrom(id, cursor);
      found.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return found;
  }

  function listChildrenFrom(id: string, cursor: string | null): ReturnType<Api["listFlowRuns"]> {
    return api.listFlowRuns({ parentRunIds: [id] }, "created-asc", { limit: 1000, cursor });
  }

  async function haveAllEnded(runs: readonly FlowRun[], before: number): Promise<boolean> {
    for (const { id, state, endedAt } of runs) {
      if (!isTerminal(state.type) || (endedAt ?? 0) >= before) return false;
      if (!(await haveAllEnded(await listChildren(id), before))) return false;
    }
    return true;
  }

  return {
    async tick() {
      const now = clock.now();
      const actedOn: Condition = {
        all: [
          { field: "status", in: ["done", "failed"] },
          { field: "updatedAt", below: now - retention.firingRetentionMs },
        ],
      };
      const gone = now - retention.workerRetentionMs;
      const unheard: Condition = { field: "heartbeatAt", below: gone };
      const notCarriedOut: Condition = { all: [anyTeardownOrder, { field: "updatedAt", below: gone }] };
      const { runRetentionMs } = retention;
      return (
        (await deleteAll("automation-firing", { where: actedOn, by: "updatedAt" })) +
        (await deleteAll("worker", { where: unheard, by: "heartbeatAt" })) +
        (await deleteAll("configuration", { where: notCarriedOut, by: "updatedAt" })) +
        (runRetentionMs === null ? 0 : await deleteRuns(now - runRetentionMs)) +
        (await deleteEvents(now - retention.eventRetentionMs))
      );
    },
  };
}
