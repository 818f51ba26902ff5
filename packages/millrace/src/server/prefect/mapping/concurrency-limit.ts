/**
 * Limits as Prefect has them: by name (its version 2), and by the tag of tasks (its version 1), which are the same limits
 * under the name `tag:<tag>`.
 */

import { type NamedLimit, tagLimitPrefix, takenSlots } from "../../../contract/concurrency.ts";
import type { ConcurrencyLimit, SlotLease } from "../../../contract/objects.ts";
import type {
  ConcurrencyLimitV2,
  GlobalConcurrencyLimit,
  MinimalConcurrencyLimit,
} from "../schemas/concurrency-limits-v2.ts";
import type { ConcurrencyLimit as TagLimit } from "../schemas/concurrency-limits.ts";
import { toPrefectTime } from "../times.ts";

/** What Prefect has for a limit of which no slot came back yet, in seconds. */
const firstAverageSeconds = 2;

/** The kinds of holders as we name them. */
const holderKinds = { flow_run: "flow-run", task_run: "task-run", deployment: "deployment" } as const;

export function toHolder({ type, id }: { readonly type: keyof typeof holderKinds; readonly id: string }): string {
  return `${holderKinds[type]}:${id}`;
}

export function toPrefectLimit(limit: ConcurrencyLimit, now: number): ConcurrencyLimitV2 {
  return {
    ...toGlobalLimit(limit, now),
    denied_slots: Math.round(limit.denied),
    avg_slot_occupancy_seconds: limit.averageSeconds ?? firstAverageSeconds,
  };
}

export function toGlobalLimit(limit: ConcurrencyLimit, now: number): GlobalConcurrencyLimit {
  return {
    id: limit.id,
    created: toPrefectTime(limit.createdAt),
    updated: toPrefectTime(limit.updatedAt),
    active: limit.active,
    name: limit.name,
    limit: limit.slots,
    active_slots: takenSlots(limit, now),
    slot_decay_per_second: limit.decayPerSecond,
  };
}

export function toMinimalLimit({ id, name, slots }: NamedLimit): MinimalConcurrencyLimit {
  return { id, name, limit: slots };
}

/** With the task runs that hold its slots. */
export function toTagLimit(limit: ConcurrencyLimit, leases: readonly SlotLease[]): TagLimit {
  const prefix = `${holderKinds.task_run}:`;
  return {
    id: limit.id,
    created: toPrefectTime(limit.createdAt),
    updated: toPrefectTime(limit.updatedAt),
    tag: limit.name.slice(tagLimitPrefix.length),
    concurrency_limit: limit.slots,
    active_slots: leases
      .filter(({ limitIds, holder }) => limitIds.includes(limit.id) && holder.startsWith(prefix))
      .map(({ holder }) => holder.slice(prefix.length)),
  };
}
