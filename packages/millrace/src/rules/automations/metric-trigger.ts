/**
 * Metric triggers. Somebody else measures the figure (over the runs of `rangeMs` that match) and hands it in now and then.
 *
 * The trigger is Triggered when the figure has been beyond the threshold in every measurement for `firingForMs`, and Resolved
 * when it has then been on the right side as long. Without a run there is no figure; that counts as the right side.
 */

import type { EvaluationReason, Firing, MetricTrigger } from "../../contract/automations.ts";
import { formatDuration } from "../../kit/duration.ts";
import type { TableDraft, MetricState } from "./automation-state.ts";
import { createFiring } from "./firing.ts";
import type { PreparedMetric } from "./prepare-automation.ts";

/** What a measurement makes of the trigger: a firing that says Triggered or Resolved, or null. */
export function evaluateMetric(options: {
  readonly automationId: string;
  readonly metric: PreparedMetric;
  readonly value: number | null;
  /** ms since the epoch. */
  readonly at: number;
  readonly table: TableDraft<MetricState>;
  readonly explain: (reason: EvaluationReason) => void;
}): Firing | null {
  const { automationId, metric, value, at, table, explain } = options;
  const { path, trigger } = metric;
  const { isTriggered, changingSince } = table.get(path, "") ?? { isTriggered: false, changingSince: null };
  const isBeyond = value !== null && isBreached(trigger, value);
  const reason = `${trigger.query} ${value ?? "unknown"}, ${isBeyond ? "" : "not "}${trigger.operator} ${trigger.threshold}`;
  if (isBeyond === isTriggered) {
    if (changingSince !== null) table.set(path, "", { isTriggered, changingSince: null });
    explain({ path, key: [], outcome: "waiting", text: reason });
    return null;
  }
  const since = Math.min(changingSince ?? at, at);
  const text = `${reason} for ${formatDuration(at - since)} of ${formatDuration(trigger.firingForMs)}`;
  if (at - since < trigger.firingForMs) {
    table.set(path, "", { isTriggered, changingSince: since });
    explain({ path, key: [], outcome: "waiting", text });
    return null;
  }
  table.set(path, "", { isTriggered: isBeyond, changingSince: null });
  explain({ path, key: [], outcome: "fired", text });
  return createFiring({
    automationId,
    path,
    state: isBeyond ? "Triggered" : "Resolved",
    at,
    labels: {},
    eventId: null,
    eventIds: [],
    value,
    firings: [],
    reason: text,
    distinction: since,
  });
}

function isBreached({ operator, threshold }: MetricTrigger, value: number): boolean {
  switch (operator) {
    case "<":
      return value < threshold;
    case "<=":
      return value <= threshold;
    case ">":
      return value > threshold;
    case ">=":
      return value >= threshold;
  }
}
