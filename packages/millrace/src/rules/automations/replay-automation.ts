/** A dry run: what an automation would have done with the events of the past. */

import type { Automation, EvaluationReason, EventFacts, Firing } from "../../contract/automations.ts";
import type { AutomationState } from "./automation-state.ts";
import { createCausalOrder } from "./causal-order.ts";
import { evaluate, type EvaluationInput, nextEvaluationAt } from "./evaluate.ts";
import { prepareAutomation } from "./prepare-automation.ts";

export interface Replay {
  /** In the order in which they would have come; at most `maxFirings`. */
  readonly firings: readonly Firing[];
  /** The newest; at most `maxReasons`. */
  readonly reasons: readonly EvaluationReason[];
  /** The replay ended before `until`, because there were `maxFirings` or more evaluations than are made in one replay. */
  readonly isCut: boolean;
}

export type Measurement = Extract<EvaluationInput, { readonly kind: "measurement" }>;

/** Evaluations of one replay: a Proactive trigger asks for one each window, whatever the number of events. */
const defaultMaxEvaluations = 1_000_000;

export interface ReplayOptions {
  readonly until: number;
  /** When the watch begins. Default: the first event. */
  readonly since?: number;
  /** For metric triggers. */
  readonly measurements?: readonly Measurement[];
  /** Default 1,000. */
  readonly maxFirings?: number;
  /** Default 1,000. */
  readonly maxReasons?: number;
  /** Default 1,000,000. */
  readonly maxEvaluations?: number;
}

/** Evaluations between two pauses. */
const stretch = 64;

/**
 * Evaluates past events as if they came now, each at its time, with the passing of time between them and up to `until` (ms
 * since the epoch). The order of `events` does not matter. An automation that is not enabled is replayed as if it were.
 */
export function replayAutomation(
  automation: Automation,
  events: readonly EventFacts[],
  options: ReplayOptions,
): Replay {
  const steps = replaySteps(automation, events, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same, with a pause now and then in which the caller may let others have their turn. */
export function* replaySteps(
  automation: Automation,
  events: readonly EventFacts[],
  options: ReplayOptions,
): Generator<void, Replay, void> {
  const { until, measurements = [], maxFirings = 1000, maxReasons = 1000 } = options;
  const { maxEvaluations = defaultMaxEvaluations } = options;
  const prepared = prepareAutomation({ ...automation, enabled: true });
  const inputs = toInputs(events, measurements).filter((input) => timeOf(input) <= until);
  const since = options.since ?? inputs.map(timeOf).at(0) ?? until;
  const firings: Firing[] = [];
  const reasons: EvaluationReason[] = [];
  let state: AutomationState | null = null;
  let evaluations = 0;
  const isFull = (): boolean => evaluations >= maxEvaluations || firings.length >= maxFirings;

  function step(input: EvaluationInput): void {
    evaluations++;
    const evaluation = evaluate(prepared, state, input);
    state = evaluation.state;
    firings.push(...evaluation.firings);
    reasons.push(...evaluation.reasons);
    if (reasons.length > 2 * maxReasons) reasons.splice(0, reasons.length - maxReasons);
  }

  /** Ticks at each time at which one is due, up to `to`. */
  function* passTime(to: number): Generator<void, void, void> {
    for (let at = nextEvaluationAt(prepared, state); at !== null && at <= to && !isFull(); ) {
      step({ kind: "tick", now: Math.max(at, since) });
      if (evaluations % stretch === 0) yield;
      at = nextEvaluationAt(prepared, state);
    }
  }

  for (const input of inputs) {
    yield* passTime(timeOf(input));
    if (isFull()) break;
    step(input);
    if (evaluations % stretch === 0) yield;
  }
  yield* passTime(until);
  return { firings: firings.slice(0, maxFirings), reasons: reasons.slice(-maxReasons), isCut: isFull() };
}

/** What is handed in, by time, but for an event that is older than the one it follows: that comes right behind it. */
function toInputs(events: readonly EventFacts[], measurements: readonly Measurement[]): EvaluationInput[] {
  const known = new Set(events.map(({ id }) => id));
  const order = createCausalOrder({ maxHeld: events.length, maxSeen: events.length });
  const admitted = events
    .toSorted((left, right) => left.at - right.at || (left.id < right.id ? -1 : 1))
    .map((event) => (event.follows !== undefined && known.has(event.follows) ? event : withoutLeader(event)))
    .flatMap((event) => order.admit(event, event.at));
  // Those that follow each other in a circle.
  const rest = order.overdue(Number.POSITIVE_INFINITY);
  const figures = measurements.toSorted((left, right) => left.at - right.at);
  const inputs: EvaluationInput[] = [];
  let figure = 0;
  for (const event of [...admitted, ...rest]) {
    while (figure < figures.length && (figures[figure]?.at ?? 0) <= event.at)
      inputs.push(...figures.slice(figure, ++figure));
    inputs.push({ kind: "event", event });
  }
  return [...inputs, ...figures.slice(figure)];
}

function withoutLeader(event: EventFacts): EventFacts {
  const { follows: _, ...rest } = event;
  return rest;
}

function timeOf(input: EvaluationInput): number {
  switch (input.kind) {
    case "event":
      return input.event.at;
    case "tick":
      return input.now;
    case "measurement":
      return input.at;
  }
}
