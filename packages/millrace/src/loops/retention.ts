/**
 * Deletes what only grows and is of no use any more: firings of automations that were acted on, and workers that were not heard
 * of for long. Runs, logs and events are people's own to delete; leases, slots and processes that have died go with the loops
 * that end them, and what is remembered of an automation goes with it.
 */

import type { Api } from "../contract/api.ts";
import type { ObjectKind } from "../contract/objects.ts";
import type { Condition } from "../contract/query.ts";
import type { Clock } from "../kit/clock.ts";

/** Objects of a kind that are found at once, and how often in one tick. */
const pageSize = 100;
const maxPages = 10;

export interface Retention {
  /** How long a firing is kept after its last action, in ms. */
  readonly firingRetentionMs: number;
  /** How long a worker is kept after its last heartbeat, in ms. */
  readonly workerRetentionMs: number;
}

export interface RetentionLoop {
  /** How many objects it has deleted. Several servers may do it at once: each is deleted once. */
  tick(): Promise<number>;
}

export function createRetentionLoop(options: {
  readonly api: Pick<Api, "listObjects" | "deleteObject">;
  readonly clock: Clock;
  readonly retention: Retention;
}): RetentionLoop {
  const { api, clock, retention } = options;

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

  return {
    async tick() {
      const now = clock.now();
      const actedOn: Condition = {
        all: [
          { field: "status", in: ["done", "failed"] },
          { field: "updatedAt", below: now - retention.firingRetentionMs },
        ],
      };
      const unheard: Condition = { field: "heartbeatAt", below: now - retention.workerRetentionMs };
      return (
        (await deleteAll("automation-firing", { where: actedOn, by: "updatedAt" })) +
        (await deleteAll("worker", { where: unheard, by: "heartbeatAt" }))
      );
    },
  };
}
