/** The seam of the kinds of worker: a thread or a process, behind a few verbs. */

import type { BodyPool } from "../../contract/pools.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import type { Clone } from "./unclonable.ts";

export interface WorkerKind {
  readonly kind: BodyPool["kind"];
  /** Throws when a value cannot cross. */
  readonly clone: Clone;
  start(listener: WorkerListener): WorkerHandle;
}

export interface WorkerListener {
  onMessage(message: FromWorker): void;
  /** The last event: the thread or process is no more. */
  onGone(exit: WorkerExit): void;
}

export interface WorkerHandle {
  /** Throws when the message cannot be cloned. */
  post(message: ToWorker): void;
  /** Ends it now, whatever it does. `onGone` follows. */
  kill(): void;
  /** Whether it keeps this process alive. */
  hold(): void;
  release(): void;
}

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** What the runtime says of it: it could not be started, or ran out of memory. */
  readonly error: unknown;
  /** The last lines it wrote to stderr. */
  readonly stderr: string;
}
