/** What the evaluation of automations keeps of itself, by automation: where it is, and why it came to what it came to. */

import { uuidFromHash } from "../kit/ids.ts";
import type { EvaluationReason } from "./automations.ts";

/** One or more evaluations of a trigger, for one value of `forEach`, that came to the same one after the other. */
export interface KeptEvaluation extends Omit<EvaluationReason, "outcome"> {
  /** `failed`: it could not be evaluated, or its firing could not be kept; the text says why. */
  readonly outcome: EvaluationReason["outcome"] | "failed";
  /** The time of the event or of the evaluation that was the first of them, in ms since the epoch. */
  readonly firstAt: number;
  /** Of the last one; so is the text. */
  readonly at: number;
  /** How many there were. */
  readonly count: number;
}

/** What is kept of an automation between two events. */
export interface KeptEvaluationState<State> {
  /** Events up to this number are in the state; absent for one that is paused, whose state is forgotten. */
  readonly seq?: number;
  readonly state: State | null;
  /** The one that was last touched is last. */
  readonly history: readonly KeptEvaluation[];
}

/** Evaluations kept of an automation; see rules/automations/evaluation-history.ts for which. */
export const maxKeptEvaluations = 200;

/** The id of a value that is kept by name. */
export function configurationIdOf(name: string): string {
  return uuidFromHash(`configuration ${name}`);
}

export function evaluationName(automationId: string): string {
  return `automation-state ${automationId}`;
}
