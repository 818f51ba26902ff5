/** What why-waiting.ts looks at. */

import type { FlowRun } from "../contract/flow-run.ts";
import type { InboxItem } from "../contract/inbox.ts";
import type { ConcurrencyLimit, Deployment, Schedule, Worker, WorkPool, WorkQueue } from "../contract/objects.ts";
import type { TaskRun } from "../contract/task-run.ts";

/** A question to a person, which a run waits with. */
export interface Asking {
  readonly item: InboxItem;
  /** The one that asks: the run that is looked at, or a subflow of it. */
  readonly run: FlowRun;
  /** The root of both, which is what goes on. */
  readonly root: FlowRun;
}

export interface WaitForSlots {
  readonly limit: ConcurrencyLimit;
  /** The task runs that wait; empty where it is the flow's own code. */
  readonly tasks: readonly TaskRun[];
  /** Who holds slots of it, by their names, as far as they said who they are. */
  readonly holders: readonly string[];
}

/** All that is known of the run and of what it needs; null for what it has none of, or what is gone. */
export interface WaitFacts {
  readonly now: number;
  readonly run: FlowRun;
  readonly deployment: Deployment | null;
  /** The one that made the run. */
  readonly schedule: Schedule | null;
  /** The deployment's, with the runs that hold its slots. */
  readonly limit: { readonly limit: ConcurrencyLimit; readonly holders: readonly FlowRun[] } | null;
  /** `active` is how many runs hold a slot of it. */
  readonly pool: { readonly pool: WorkPool; readonly active: number } | null;
  readonly queue: { readonly queue: WorkQueue; readonly active: number } | null;
  /** Those of the pool, online or not. */
  readonly workers: readonly Worker[];
  /** Due runs of the same queue that are older. */
  readonly ahead: number;
  /** Task runs that wait for a slot or their next try. */
  readonly waitingTasks: readonly TaskRun[];
  /** Limits of which it, or a task run of it, waits for slots while it runs. */
  readonly slotWaits: readonly WaitForSlots[];
  /** What it, or a subflow of it, asks a person; of a paused run that asks nothing its form is still to come. */
  readonly asking: Asking | null;
}
