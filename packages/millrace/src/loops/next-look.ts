/**
 * When each loop has to look again although nothing is recorded: what it waits for comes with time alone. In ms UTC; null where
 * there is nothing that could come.
 */

import type { Api } from "../contract/api.ts";
import type { Condition } from "../contract/query.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { defaultLateAfterMs, notYetLate } from "./lateness.ts";

export interface NextLookOptions {
  readonly api: Pick<Api, "listObjects" | "listFlowRuns">;
  readonly clock: Clock;
}

const one = { limit: 1 } as const;

/** The schedule that is to be looked at first. */
export async function findNextSchedule({ api }: NextLookOptions): Promise<number | null> {
  const where: Condition = {
    all: [
      { field: "active", in: [true] },
      { field: "nextAt", isNull: false },
      { related: "deployment", where: { field: "paused", in: [false] } },
    ],
  };
  const sort = { field: "nextAt", direction: "asc" } as const;
  return (await api.listObjects("schedule", { where, sort }, one)).items[0]?.nextAt ?? null;
}

/** When the next run is late that does not start. */
export async function findNextLate({ api }: NextLookOptions, lateAfterMs = defaultLateAfterMs): Promise<number | null> {
  const where: Condition = { all: [...notYetLate, { field: "dueAt", isNull: false }] };
  const dueAt = (await api.listFlowRuns({ where }, "due-asc", one)).items[0]?.dueAt ?? null;
  return dueAt === null ? null : dueAt + lateAfterMs;
}

/** Whether a run is in one of these states that no process of ours looks after: then at once. */
export async function findNextOfState(
  { api, clock }: NextLookOptions,
  stateType: "PAUSED" | "CANCELLING",
): Promise<number | null> {
  const where: Condition = {
    all: [
      { field: "stateType", in: [stateType] },
      { field: "ownerId", isNull: true },
    ],
  };
  return (await api.listFlowRuns({ where }, "created-asc", one)).items.length === 0 ? null : clock.now();
}

/** Whether there is anything that could be served: then at once, for who serves it says nothing when it is gone. */
export async function findNextReadiness({ api, clock }: NextLookOptions): Promise<number | null> {
  for (const kind of ["work-pool", "deployment"] as const) {
    if ((await api.listObjects(kind, {}, one)).items.length > 0) return clock.now();
  }
  return null;
}

/** Whether a process is known whose lease could end: then at once, for one that dies says nothing. A run that one takes is recorded. */
export async function findNextLease({
  store,
  clock,
}: {
  readonly store: Pick<Store, "findProcesses">;
  readonly clock: Clock;
}): Promise<number | null> {
  return (await store.findProcesses()).length === 0 ? null : clock.now();
}

/** Who takes slots outside a run records nothing: how long a lease may have been held that is not known yet, in ms. */
const unseenLeaseMs = 30_000;

/** When the first lease of slots ends that is not renewed. Who needs them meanwhile ends what is over by asking for them. */
export async function findNextSlotLease({ api, clock }: NextLookOptions): Promise<number> {
  const sort = { field: "expiresAt", direction: "asc" } as const;
  const [first] = (await api.listObjects("slot-lease", { sort }, one)).items;
  return Math.min(first?.expiresAt ?? Number.POSITIVE_INFINITY, clock.now() + unseenLeaseMs);
}
