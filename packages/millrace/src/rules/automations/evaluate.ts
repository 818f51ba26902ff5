/**
 * The evaluation of automations: a pure function of the automation, what is remembered of it, and what is new. What is new
 * is an event, the passing of time, or a measurement of a metric. Nothing is read, written or waited for here.
 *
 * An event goes to each event trigger that is about it, in the order in which they are written; a firing goes up to the
 * trigger it is one of, and so on. The firings of the outermost trigger are the automation's.
 */

import type { EvaluationReason, EventFacts, Firing } from "../../contract/automations.ts";
import { type AutomationState, createState, draftState, type StateDraft } from "./automation-state.ts";
import { evaluateComposite } from "./composite-trigger.ts";
import { evaluateEvent, evaluateTick, nextTickAt } from "./event-trigger.ts";
import { evaluateMetric } from "./metric-trigger.ts";
import type { PreparedAutomation, PreparedComposite } from "./prepare-automation.ts";

export type EvaluationInput =
  | { readonly kind: "event"; readonly event: EventFacts }
  /** All events up to `now` (ms since the epoch) that will ever be handed in have been, but for late ones. */
  | { readonly kind: "tick"; readonly now: number }
  /** A figure for the metric trigger at `path`; null when there are no runs to measure. */
  | { readonly kind: "measurement"; readonly path: string; readonly value: number | null; readonly at: number };

export interface Evaluation {
  /** The same object when nothing has changed. */
  readonly state: AutomationState;
  readonly firings: readonly Firing[];
  /** Empty when the input does not concern the automation. */
  readonly reasons: readonly EvaluationReason[];
}

/** Evaluates what is new. `state` is null at first; that of another trigger is forgotten. */
export function evaluate(
  prepared: PreparedAutomation,
  state: AutomationState | null,
  input: EvaluationInput,
): Evaluation {
  const known = state?.definition === prepared.definition ? state : createState(prepared.definition);
  if (!prepared.automation.enabled) return { state: known, firings: [], reasons: [] };
  const draft = draftState(known);
  const firings: Firing[] = [];
  const reasons: EvaluationReason[] = [];
  const explain = (reason: EvaluationReason): void => void reasons.push(reason);
  const fireFrom = (place: { readonly parent: PreparedComposite | null; readonly index: number }) => {
    return (firing: Firing): void => passOn({ ...place, firing, draft, firings, explain });
  };
  const automationId = prepared.automation.id;

  switch (input.kind) {
    case "event":
      for (const trigger of prepared.events) {
        if (!trigger.concerns(input.event)) continue;
        evaluateEvent({ automationId, trigger, draft, fire: fireFrom(trigger), explain }, input.event);
      }
      break;
    case "tick":
      for (const trigger of prepared.events) {
        evaluateTick({ automationId, trigger, draft, fire: fireFrom(trigger), explain }, input.now);
      }
      break;
    case "measurement": {
      const metric = prepared.metrics.find(({ path }) => path === input.path);
      if (metric === undefined) break;
      const firing = evaluateMetric({ ...input, automationId, metric, table: draft.metrics, explain });
      // A metric that is resolved concerns nobody but the automation itself.
      if (firing?.state === "Triggered" || (firing !== null && metric.parent === null)) fireFrom(metric)(firing);
    }
  }
  return { state: draft.finish(), firings, reasons };
}

/** When a tick will next change anything, in ms since the epoch (0: at once); null: not before something else comes. */
export function nextEvaluationAt(prepared: PreparedAutomation, state: AutomationState | null): number | null {
  if (!prepared.automation.enabled) return null;
  const known = state?.definition === prepared.definition ? state : createState(prepared.definition);
  let next: number | null = null;
  for (const trigger of prepared.events) {
    const at = nextTickAt(trigger, known.buckets);
    if (at !== null) next = Math.min(next ?? at, at);
  }
  return next;
}

/** Hands a firing up to the outermost trigger, as far as each on the way fires. */
function passOn(options: {
  readonly parent: PreparedComposite | null;
  readonly index: number;
  readonly firing: Firing;
  readonly draft: StateDraft;
  readonly firings: Firing[];
  readonly explain: (reason: EvaluationReason) => void;
}): void {
  const { draft, firings, explain } = options;
  let { parent, index } = options;
  let firing: Firing | null = options.firing;
  while (firing !== null && parent !== null) {
    firing = evaluateComposite({ parent, index, firing, table: draft.firings, explain });
    ({ parent, index } = parent);
  }
  if (firing !== null) firings.push(firing);
}
