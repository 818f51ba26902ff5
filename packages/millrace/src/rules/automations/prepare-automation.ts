/** An automation with its patterns compiled and its triggers in a list, made once and evaluated often. */

import type {
  Automation,
  CompoundTrigger,
  EventFacts,
  EventTrigger,
  MetricTrigger,
  SequenceTrigger,
  Trigger,
} from "../../contract/automations.ts";
import { hashText } from "../../kit/digest.ts";
import { canonicalJson } from "../../kit/json.ts";
import { createNameMatch, createResourceMatch } from "./match-event.ts";

export interface PreparedAutomation {
  readonly automation: Automation;
  /** Digest of the trigger: another trigger is evaluated from an empty state. */
  readonly definition: string;
  /** In the order in which they are written. */
  readonly events: readonly PreparedEvent[];
  readonly metrics: readonly PreparedMetric[];
  /** Whether an event can change anything. */
  readonly concerns: (event: EventFacts) => boolean;
}

/** Where a trigger stands. */
interface Place {
  readonly path: string;
  /** The trigger that it is one of. */
  readonly parent: PreparedComposite | null;
  /** Which of its triggers. */
  readonly index: number;
}

export interface PreparedEvent extends Place {
  readonly trigger: EventTrigger;
  /** The labels in the order of their names: the order of a key's values. */
  readonly forEach: readonly string[];
  readonly isReactive: boolean;
  readonly hasAfter: boolean;
  /** Reactive without a window. */
  readonly isImmediate: boolean;
  /** Proactive with `after`: what is expected may be evaluated before the event that opens its window. */
  readonly holdsEvents: boolean;
  readonly starts: (name: string) => boolean;
  readonly expects: (name: string) => boolean;
  readonly concerns: (event: EventFacts) => boolean;
}

export interface PreparedComposite extends Place {
  readonly trigger: CompoundTrigger | SequenceTrigger;
  readonly needed: number;
}

export interface PreparedMetric extends Place {
  readonly trigger: MetricTrigger;
}

export function prepareAutomation(automation: Automation): PreparedAutomation {
  const events: PreparedEvent[] = [];
  const metrics: PreparedMetric[] = [];
  collect(automation.trigger, { path: "trigger", parent: null, index: 0 }, { events, metrics });
  return {
    automation,
    definition: hashText(canonicalJson(automation.trigger)),
    events,
    metrics,
    concerns: (event) => automation.enabled && events.some((trigger) => trigger.concerns(event)),
  };
}

function collect(
  trigger: Trigger,
  place: Place,
  into: { readonly events: PreparedEvent[]; readonly metrics: PreparedMetric[] },
): void {
  switch (trigger.kind) {
    case "event":
      into.events.push(prepareEvent(trigger, place));
      return;
    case "metric":
      into.metrics.push({ ...place, trigger });
      return;
    case "compound":
    case "sequence": {
      const parent: PreparedComposite = { ...place, trigger, needed: neededFirings(trigger) };
      for (const [index, child] of trigger.triggers.entries()) {
        collect(child, { path: `${place.path}.${index}`, parent, index }, into);
      }
    }
  }
}

function prepareEvent(trigger: EventTrigger, place: Place): PreparedEvent {
  const isReactive = trigger.posture === "Reactive";
  const hasAfter = trigger.after.length > 0;
  const starts = createNameMatch(trigger.after, "none");
  const expects = createNameMatch(trigger.expect, "every");
  const isItsResource = createResourceMatch(trigger);
  return {
    ...place,
    trigger,
    forEach: [...new Set(trigger.forEach)].sort(),
    isReactive,
    hasAfter,
    isImmediate: isReactive && trigger.withinMs === 0,
    holdsEvents: !isReactive && hasAfter,
    starts,
    expects,
    concerns: (event) => (expects(event.name) || starts(event.name)) && isItsResource(event),
  };
}

function neededFirings(trigger: CompoundTrigger | SequenceTrigger): number {
  if (trigger.kind === "sequence" || trigger.require === "all") return trigger.triggers.length;
  return trigger.require === "any" ? 1 : trigger.require;
}
