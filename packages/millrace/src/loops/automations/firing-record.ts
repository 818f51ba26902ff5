/** Firings as the ledger keeps them: what fired and why, what is to be done about it, and what became of that. */

import type { Api } from "../../contract/api.ts";
import type { Action, Automation, EventFacts, Firing, Trigger } from "../../contract/automations.ts";
import { isMillraceError } from "../../contract/errors.ts";
import type { AutomationFiring, JsonObject } from "../../contract/objects.ts";
import { triggeredActions } from "../../rules/automations/triggered-actions.ts";

/** All that is needed to act on a firing, as it was when it fired. */
export interface FiringRecord {
  readonly firing: Firing;
  /** The event that caused it, with all that belongs to it; null when there was none. */
  readonly event: EventFacts | null;
  readonly automation: Pick<Automation, "id" | "name" | "description" | "enabled" | "tags">;
  readonly trigger: { readonly kind: Trigger["kind"]; readonly posture?: string };
  readonly actions: readonly PlannedAction[];
}

export interface PlannedAction {
  readonly id: string;
  readonly index: number;
  readonly about: "cause" | "change";
  readonly action: Action;
}

/** What became of an action. */
export interface ActionOutcome {
  readonly index: number;
  readonly kind: Action["kind"];
  readonly status: "executed" | "failed";
  /** Why it failed. */
  readonly reason?: string;
  readonly details: JsonObject;
  readonly at: number;
}

/** An attempt at an action that failed, and is made again. */
export interface ActionTry {
  readonly index: number;
  readonly kind: Action["kind"];
  readonly at: number;
  /** Why it failed. */
  readonly reason: string;
  readonly details: JsonObject;
  /** Of several messages, how many are through. */
  readonly sent: number;
  readonly nextTryAt: number;
}

/** Keeps a firing, to be acted on. False when it is there already, for it was found twice, and when its automation is gone. */
export async function recordFiring(
  api: Pick<Api, "createObject" | "readObject">,
  {
    automation,
    firing,
    event,
  }: { readonly automation: Automation; readonly firing: Firing; readonly event: EventFacts | null },
): Promise<boolean> {
  const { id, name, description, enabled, tags, trigger } = automation;
  const record: FiringRecord = {
    firing,
    event,
    automation: { id, name, description, enabled, tags },
    trigger: { kind: trigger.kind, ...(trigger.kind === "event" ? { posture: trigger.posture } : {}) },
    actions: triggeredActions(automation, firing),
  };
  try {
    await api.createObject("automation-firing", {
      id: firing.id,
      automationId: automation.id,
      status: "pending",
      firing: { ...record },
      outcomes: [],
    });
    return true;
  } catch (error) {
    if (isMillraceError(error, "OBJECT_EXISTS")) return false;
    // One that was deleted since it was loaded has nobody to act for.
    if (isMillraceError(error, "OBJECT_INVALID") && (await api.readObject("automation", id)) === null) return false;
    throw error;
  }
}

export function readFiring(kept: AutomationFiring): FiringRecord {
  return kept.firing as unknown as FiringRecord;
}

export function readOutcomes(kept: AutomationFiring): readonly ActionOutcome[] {
  return (kept.outcomes ?? []) as unknown as readonly ActionOutcome[];
}

export function readTries(kept: AutomationFiring): readonly ActionTry[] {
  return (kept.tries ?? []) as unknown as readonly ActionTry[];
}

/** When something of it is to be done: null for now. */
export function findNextTry(kept: AutomationFiring): number | null {
  const { actions } = readFiring(kept);
  const outcomes = readOutcomes(kept);
  const left = actions.filter(({ index }) => !outcomes.some((outcome) => outcome.index === index));
  const times = left.map(({ index }) => lastTryOf(kept, index)?.nextTryAt ?? null);
  return times.length === 0 || times.includes(null) ? null : Math.min(...times.map(Number));
}

export function lastTryOf(kept: AutomationFiring, index: number): ActionTry | undefined {
  return readTries(kept).findLast((each) => each.index === index);
}
