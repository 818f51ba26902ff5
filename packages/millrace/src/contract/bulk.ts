/** One change of many flow runs. */

import type { FailureGroupRef } from "./failures.ts";
import type { Caller } from "./inbox.ts";
import type { Condition } from "./query.ts";

/**
 * `cancel`: as a person does, run by run. `retry`: those that failed, crashed or were cancelled are scheduled again, which only
 * runs of deployments can be. `resume`: those that are paused and ask for nobody's values go on, in their process or as runs
 * of their deployments. `delete`: those that do not run.
 */
export type FlowRunAction = "cancel" | "retry" | "resume" | "delete";

export interface FlowRunsChange {
  readonly where: Condition;
  readonly action: FlowRunAction;
  /** Only the runs of this group of failures, as many as are looked at for groups. */
  readonly failure?: FailureGroupRef;
  /** Whether it is only told what would become of each. */
  readonly isDryRun?: boolean;
  /** Runs of one call: 1 to 1,000, default 200. */
  readonly max?: number;
  /** Where the call before has ended. */
  readonly cursor?: string | null;
  /** Whom the caller was shown to be, by whoever let the call in. Never read from a request. */
  readonly caller?: Caller;
}

export interface FlowRunsChanged {
  /** How many runs met the condition before the call. */
  readonly matched: number;
  /** Those that were changed, or would be, the oldest first. */
  readonly changed: readonly string[];
  readonly refused: readonly { readonly id: string; readonly name: string; readonly reason: string }[];
  /** For the next call; null when there are no more. */
  readonly next: string | null;
}
