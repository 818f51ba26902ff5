/** What the tests of automations share: triggers and events in few words, and a run over steps. */

import type {
  Action,
  Automation,
  EvaluationReason,
  EventFacts,
  EventTrigger,
  Firing,
  Trigger,
} from "../../contract/automations.ts";
import type { AutomationState } from "./automation-state.ts";
import { evaluate, type EvaluationInput } from "./evaluate.ts";
import { prepareAutomation } from "./prepare-automation.ts";

export function eventTrigger(options: Partial<EventTrigger> = {}): EventTrigger {
  return {
    kind: "event",
    posture: "Reactive",
    match: {},
    matchRelated: [],
    after: [],
    expect: [],
    forEach: [],
    threshold: 1,
    withinMs: 0,
    ...options,
  };
}

export function automationOf(trigger: Trigger, actions: readonly Action[] = [{ kind: "do-nothing" }]): Automation {
  return {
    id: "0b9d4a1c-55d7-4f0c-9d1e-5a6b3c2d1e0f",
    name: "watch",
    description: "",
    enabled: true,
    tags: [],
    trigger,
    actions,
    actionsOnTrigger: [],
    actionsOnResolve: [],
    ownerResource: null,
    createdAt: 0,
    updatedAt: 0,
  };
}

/** An event at a second, about a resource. */
export function eventAt(
  seconds: number,
  name: string,
  options: Partial<Omit<EventFacts, "at" | "name">> & { readonly of?: string } = {},
): EventFacts {
  const { of = "r.1", ...rest } = options;
  return {
    id: `${name}@${seconds}/${of}`,
    name,
    at: seconds * 1000,
    resource: { id: of },
    related: [],
    payload: {},
    ...rest,
  };
}

/** A step of a run: an event, or a second to which time has passed. */
export type Step = EventFacts | number;

export interface Run {
  readonly state: AutomationState | null;
  readonly firings: readonly Firing[];
  readonly reasons: readonly EvaluationReason[];
  /** "fired: 2 of 2 events within 1m 00s", a step each; empty where nothing was said. */
  readonly told: readonly string[];
}

export function runSteps(trigger: Trigger, steps: readonly Step[], from: AutomationState | null = null): Run {
  const prepared = prepareAutomation(automationOf(trigger));
  const firings: Firing[] = [];
  const reasons: EvaluationReason[] = [];
  const told: string[] = [];
  let state = from;
  for (const step of steps) {
    const evaluation = evaluate(prepared, state, toInput(step));
    state = evaluation.state;
    firings.push(...evaluation.firings);
    reasons.push(...evaluation.reasons);
    told.push(evaluation.reasons.map(({ outcome, text }) => `${outcome}: ${text}`).join("; "));
  }
  return { state, firings, reasons, told };
}

export function toInput(step: Step): EvaluationInput {
  return typeof step === "number" ? { kind: "tick", now: step * 1000 } : { kind: "event", event: step };
}

/** The seconds at which there was a firing. */
export function firedAt(trigger: Trigger, steps: readonly Step[]): readonly number[] {
  return runSteps(trigger, steps).firings.map(({ at }) => at / 1000);
}
