/** Automations in a few words. */

import type { EventTrigger, MetricTrigger, Trigger } from "../../../contract/automations.ts";
import type { KeptEvaluation } from "../../../contract/evaluations.ts";
import type { Automation } from "../../../contract/objects.ts";
import { formatDuration } from "../../../kit/duration.ts";
import { cleanLine } from "../../output/clean-text.ts";

/** "3 of millrace.flow-run.Failed within 10m", "all of 2 triggers", "duration > 60" */
export function triggerText({ trigger }: Pick<Automation, "trigger">): string {
  return trigger === undefined ? "none" : textOf(trigger as unknown as Trigger);
}

/** "counted: 1 of 2 events within 1m 00s", with the labels that it was counted for */
export function evaluationText({ outcome, text, key }: KeptEvaluation): string {
  return cleanLine(`${outcome}${key.length === 0 ? "" : ` (${key.join(", ")})`}: ${text}`);
}

function textOf(trigger: Trigger): string {
  switch (trigger.kind) {
    case "event":
      return eventText(trigger);
    case "metric":
      return metricText(trigger);
    case "compound":
      return `${trigger.require} of ${trigger.triggers.length} triggers`;
    case "sequence":
      return `${trigger.triggers.length} triggers in order`;
  }
}

function eventText({ posture, expect, after, threshold, withinMs }: EventTrigger): string {
  const names = expect.length === 0 ? "any event" : expect.join(", ");
  const many = threshold === 1 ? names : `${threshold} of ${names}`;
  const within = withinMs === 0 ? "" : ` within ${shortDuration(withinMs)}`;
  const opened = after.length === 0 ? "" : ` after ${after.join(", ")}`;
  return `${posture === "Proactive" ? "no " : ""}${many}${within}${opened}`;
}

function metricText({ query, operator, threshold, firingForMs }: MetricTrigger): string {
  return `${query} ${operator} ${threshold} for ${shortDuration(firingForMs)}`;
}

function shortDuration(ms: number): string {
  return formatDuration(ms).replace(/ 0+[a-z]$/, "");
}
