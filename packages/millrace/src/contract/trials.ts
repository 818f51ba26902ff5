/** Trying an automation on the events of the past. Nothing is kept, and nothing is done. */

import type { EvaluationReason, Firing } from "./automations.ts";
import type { JsonObject } from "./objects.ts";

/** Of an automation that is kept, or of a trigger that is not kept yet; one of both. */
export interface AutomationTrial {
  readonly id?: string;
  /** What contract/automations.ts describes. */
  readonly trigger?: JsonObject;
  /** Of the automation that is not kept yet: its actions are checked as when it is made, and never done. */
  readonly actions?: readonly JsonObject[];
  readonly actionsOnTrigger?: readonly JsonObject[];
  readonly actionsOnResolve?: readonly JsonObject[];
  /** Whether it would be enabled, which counts where its own runs might set it off. Default true. */
  readonly enabled?: boolean;
  /** When the watch begins, in ms UTC. */
  readonly since: number;
  /** When it ends, in ms UTC. */
  readonly until: number;
  /** 1 to 1,000; default 100. */
  readonly maxFirings?: number;
}

export interface TrialReport {
  /** Those that there would have been, in their order. */
  readonly firings: readonly Firing[];
  /** What the evaluations came to, the newest 200. */
  readonly reasons: readonly EvaluationReason[];
  /** Events that the trigger has looked at. */
  readonly eventCount: number;
  /** The trial ended before `until`: there were too many events, evaluations or firings. */
  readonly isCut: boolean;
}
