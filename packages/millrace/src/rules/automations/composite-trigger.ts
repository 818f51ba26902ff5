/**
 * Compound and sequence triggers, which fire on the firings of the triggers in them.
 *
 * - Of each trigger in it the last firing is kept, by the time of its event. What is older than `withinMs` before the
 *   firing at hand is forgotten.
 * - A compound fires when as many of its triggers have fired as it requires. A sequence fires when all have, and the kept
 *   firings are in the order in which the triggers are written; firings of the same time count as in order.
 * - When it fires, the firings it used are forgotten: each is used once.
 * - One that needs a single firing passes it on at once.
 * - What fires can itself be one of the triggers of another; its time is that of the last firing.
 */

import type { EvaluationReason, Firing } from "../../contract/automations.ts";
import { formatDuration } from "../../kit/duration.ts";
import type { TableDraft } from "./automation-state.ts";
import { countText, createFiring } from "./firing.ts";
import type { PreparedComposite } from "./prepare-automation.ts";

/** What a firing of one of its triggers makes of a compound or sequence: its own firing, or null. */
export function evaluateComposite(options: {
  readonly parent: PreparedComposite;
  /** Which of its triggers has fired. */
  readonly index: number;
  readonly firing: Firing;
  readonly table: TableDraft<Firing>;
  readonly explain: (reason: EvaluationReason) => void;
}): Firing | null {
  const { parent, index, firing, table, explain } = options;
  const { path, trigger, needed } = parent;
  const tell = (outcome: EvaluationReason["outcome"], text: string): void => explain({ path, key: [], outcome, text });
  if (needed > 1) {
    if ((table.get(path, String(index))?.at ?? firing.at) > firing.at) {
      tell("late", `trigger ${index + 1} has fired again since`);
      return null;
    }
    if (trigger.withinMs !== null) forget(table, path, firing.at - trigger.withinMs);
    table.set(path, String(index), firing);
  }
  const kept = needed > 1 ? inIndexOrder(table.entries(path)) : [[String(index), firing] as const];
  const reason = progressText(parent, kept);
  const isReady = kept.length >= needed && (trigger.kind === "compound" || isInOrder(kept));
  tell(isReady ? "fired" : "waiting", reason);
  if (!isReady) return null;
  for (const [key] of kept) table.delete(path, key);
  return createFiring({
    automationId: firing.automationId,
    path,
    at: firing.at,
    labels: firing.labels,
    eventId: firing.eventId,
    eventIds: [...new Set(kept.flatMap(([, { eventIds }]) => eventIds))],
    value: firing.value,
    firings: kept.map(([, used]) => used),
    reason,
  });
}

function forget(table: TableDraft<Firing>, path: string, before: number): void {
  for (const [key, { at }] of table.entries(path)) {
    if (at < before) table.delete(path, key);
  }
}

function inIndexOrder(kept: readonly (readonly [string, Firing])[]): readonly (readonly [string, Firing])[] {
  return kept.toSorted(([left], [right]) => Number(left) - Number(right));
}

function isInOrder(kept: readonly (readonly [string, Firing])[]): boolean {
  return kept.every(([, { at }], place) => place === 0 || at >= (kept[place - 1]?.[1].at ?? at));
}

function progressText({ trigger, needed }: PreparedComposite, kept: readonly (readonly [string, Firing])[]): string {
  const within = trigger.withinMs === null ? "" : ` within ${formatDuration(trigger.withinMs)}`;
  if (trigger.kind === "compound") return `${kept.length} of ${countText(needed, "trigger")}${within}`;
  const order = kept.toSorted(([, left], [, right]) => left.at - right.at).map(([key]) => Number(key) + 1);
  return `${kept.length} of ${countText(needed, "step")}${within}, in the order ${order.join(", ")}`;
}
