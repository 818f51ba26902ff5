/** Why a run is not running: what stands in its way. Decided in rules/why-waiting.ts. */

import type { ObjectKind } from "./objects.ts";
import type { State } from "./states.ts";

/** What one thing in the way is. */
export type HoldKind =
  /** The process or worker that executes it was told to stop, and has not yet. */
  | "stopping"
  /** Somebody took it, and has not begun it. */
  | "starting"
  /** It waits for a person's answer, or to be resumed. */
  | "pause"
  /** Its time has not come. */
  | "not-due"
  /** It failed, and is tried again later. */
  | "retry"
  /** It belongs to no deployment, or to one that is gone: nobody looks for it. */
  | "nobody-starts-it"
  /** No process that serves its deployment asks for runs. */
  | "not-served"
  | "pool-paused"
  | "queue-paused"
  | "pool-full"
  | "queue-full"
  /** No worker of the pool is there. */
  | "no-worker"
  /** Workers of the pool are there, but none that runs code of its language. */
  | "wrong-worker"
  /** Workers of the pool are there, but none asks for the runs of the queue. */
  | "queue-not-served"
  /** Others hold the slots of a concurrency limit. */
  | "limit-full"
  /** Others are served before it. */
  | "behind"
  /** The run is running, but tasks of it wait. */
  | "tasks-wait";

/** What of the ledger holds a run. */
export interface HoldSubject {
  readonly kind: ObjectKind | "flow-run";
  readonly id: string;
  readonly name: string;
}

export interface Hold {
  readonly kind: HoldKind;
  /** Null where it is nothing that has a name. */
  readonly subject: HoldSubject | null;
  /** A sentence. */
  readonly reason: string;
  /** What to do about it; null where there is nothing but to wait. */
  readonly advice: string | null;
  /** When it ends by itself, in ms UTC; null when that is not known. */
  readonly until: number | null;
}

/** `next`: nothing holds it, and it begins when somebody asks for runs the next time. */
export type WaitVerdict = "held" | "next" | "running" | "ended";

export interface WaitReport {
  readonly flowRunId: string;
  readonly state: State;
  readonly verdict: WaitVerdict;
  /** What has to give first comes first. */
  readonly holds: readonly Hold[];
}
