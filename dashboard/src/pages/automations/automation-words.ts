/** Triggers and actions in a few words. */

import type { Action, EventTrigger, JsonObject, MetricTrigger, ResourceSpec, Trigger } from "millrace/client";
import { writeDuration } from "../../format/duration-text.ts";

export function triggerWords(trigger: JsonObject | undefined): string {
  if (trigger === undefined) return "nothing yet";
  try {
    return wordsOf(trigger as unknown as Trigger);
  } catch {
    // What others have written may lack what ours have.
    return kindOf(trigger);
  }
}

function wordsOf(trigger: Trigger): string {
  switch (trigger.kind) {
    case "event":
      return eventWords(trigger);
    case "metric":
      return metricWords(trigger);
    case "compound": {
      const { require, triggers, withinMs } = trigger;
      const many = require === "any" ? "any" : require === "all" ? "all" : `${require}`;
      return `${many} of ${triggers.length} triggers${withinMs === null ? "" : ` within ${writeDuration(withinMs)}`}`;
    }
    case "sequence": {
      const { triggers, withinMs } = trigger;
      return `${triggers.length} triggers in order${withinMs === null ? "" : ` within ${writeDuration(withinMs)}`}`;
    }
    default:
      return "something that is not known";
  }
}

function eventWords(trigger: EventTrigger): string {
  const { posture, expect, after, threshold, withinMs, match, matchRelated } = trigger;
  const names = expect.length === 0 ? "any event" : expect.map(shortName).join(" or ");
  const within = withinMs === 0 ? "" : ` within ${writeDuration(withinMs)}`;
  const opened = after.length === 0 ? "" : ` after ${after.map(shortName).join(" or ")}`;
  const of = ofWords(match, matchRelated);
  if (posture === "Proactive") {
    const few = threshold <= 1 ? `no ${names}` : `fewer than ${threshold} of ${names}`;
    return `${few}${of}${within}${opened}`;
  }
  return `${threshold <= 1 ? names : `${threshold} of ${names}`}${of}${within}${opened}`;
}

/** Only what says more than the kind of the resource. */
function ofWords(match: ResourceSpec, matchRelated: readonly ResourceSpec[]): string {
  const told = [match, ...matchRelated].flatMap((spec) =>
    Object.entries(spec).flatMap(([label, patterns]) =>
      label === "role" || [patterns].flat().every((pattern) => pattern.endsWith(".*"))
        ? []
        : `${label} ${[patterns].flat().join(" or ")}`,
    ),
  );
  return told.length === 0 ? "" : ` of ${told.join(", ")}`;
}

function metricWords({ query, operator, threshold, firingForMs, rangeMs }: MetricTrigger): string {
  const figure = query === "success-rate" ? `${threshold * 100} %` : `${writeDuration(Math.round(threshold * 1000))}`;
  return `${query.replace("-", " ")} ${operator} ${figure} for ${writeDuration(firingForMs)}, over ${writeDuration(rangeMs)}`;
}

const kindOf = ({ kind }: JsonObject): string => (typeof kind === "string" ? kind : "something that is not known");

const shortName = (name: string): string => name.replace(/^millrace\./, "");

export function actionWords(action: JsonObject): string {
  const known = action as unknown as Action;
  const kind = kindOf(action);
  switch (known.kind) {
    case "change-flow-run-state":
      return `set the run to ${known.name ?? known.state}`;
    case "declare-incident":
      return `declare a ${known.severity} incident`;
    case "do-nothing":
      return "do nothing, but keep it in the history";
    default:
      return kind.replaceAll("-", " ");
  }
}

export function actionsWords(actions: readonly JsonObject[]): string {
  return actions.length === 0 ? "nothing" : actions.map(actionWords).join(", ");
}
