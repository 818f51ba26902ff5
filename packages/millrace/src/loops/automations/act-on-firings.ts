/**
 * Does what firings ask for. Several are worked on at once, so that a slow webhook holds none of the others; the actions of
 * one come after each other. After a crash they are gone on with: what was done is known, and what was begun is done again.
 */

import type { Api } from "../../contract/api.ts";
import type { EventFacts, Labels } from "../../contract/automations.ts";
import type { AutomationFiring, JsonObject } from "../../contract/objects.ts";
import type { Condition } from "../../contract/query.ts";
import type { Event } from "../../contract/records.ts";
import { uuidFromHash } from "../../kit/ids.ts";
import { decideNextTry } from "../../rules/automations/retry-action.ts";
import {
  type ActionOutcome,
  type ActionTry,
  findNextTry,
  type FiringRecord,
  type PlannedAction,
  readFiring,
  readOutcomes,
  readTries,
} from "./firing-record.ts";
import { type ActionContext, performAction, toFailure } from "./perform-action.ts";

/** Firings that are worked on at once. */
const maxAtOnce = 16;
/** Firings that wait for a next try: beyond that, what fails is not tried again. */
const maxWaiting = 1000;
/** Events that follow each other closely say so, in ms. */
const maxFollowMs = 5 * 60_000;

export interface FiringActions {
  /** Begins with firings that wait, as many as there is room for. Whether there were any, or some are worked on still. */
  start(): Promise<boolean>;
  /** When the next try of an action is due, in ms UTC; null where none is waited for. */
  readonly nextTryAt: number | null;
  /** Resolves when none is being worked on. */
  settle(): Promise<void>;
}

export function createFiringActions(
  context: ActionContext & { readonly api: Pick<Api, "listObjects" | "updateObject" | "record"> },
  { signal, onFailure }: { readonly signal: AbortSignal; readonly onFailure: (error: unknown) => void },
): FiringActions {
  const { api, clock } = context;
  const working = new Map<string, Promise<void>>();
  /** Firings of which there is nothing to do but to try again, each with when. */
  const waiting = new Map<string, number>();

  async function work(kept: AutomationFiring): Promise<void> {
    const record = readFiring(kept);
    const change = toChangeEvent(record);
    await api.record({ processId: "automations", events: [change.event] });
    const outcomes = [...readOutcomes(kept)];
    const tries = [...readTries(kept)];
    for (const planned of record.actions) {
      if (outcomes.some(({ index }) => index === planned.index)) continue;
      const before = tries.filter(({ index }) => index === planned.index);
      if ((before.at(-1)?.nextTryAt ?? 0) > clock.now()) continue;
      if (signal.aborted) return;
      const event = planned.about === "cause" ? record.event : change.facts;
      const done = await act(record, planned, { event, changeId: change.event.id, before });
      if (done === null) return;
      if ("nextTryAt" in done) tries.push(done);
      else outcomes.push(done);
      await api.updateObject("automation-firing", kept.id, toKept(outcomes, tries));
    }
    const next = findNextTry({ ...kept, ...toKept(outcomes, tries) });
    if (next !== null) {
      waiting.set(kept.id, next);
      return;
    }
    const status = outcomes.some((outcome) => outcome.status === "failed") ? "failed" : "done";
    await api.updateObject("automation-firing", kept.id, { status, ...toKept(outcomes, tries) });
  }

  /** What became of it, or when it is tried again. Null when the database did not answer. */
  async function act(
    record: FiringRecord,
    planned: PlannedAction,
    about: { readonly event: EventFacts | null; readonly changeId: string; readonly before: readonly ActionTry[] },
  ): Promise<ActionOutcome | ActionTry | null> {
    const { index, action } = planned;
    const { event, changeId, before } = about;
    const begunAt = clock.now();
    try {
      const sent = before.at(-1)?.sent ?? 0;
      const { details, related } = await performAction({ context, record, planned, event, sent });
      const outcome: ActionOutcome = { index, kind: action.kind, status: "executed", details, at: clock.now() };
      await tell(record, { planned, outcome, related, begunAt, changeId });
      return outcome;
    } catch (error) {
      const failure = toFailure(error);
      if (failure === null) {
        onFailure(error);
        return null;
      }
      const { message: reason, details, related, again } = failure;
      const at = clock.now();
      const mayWait = again !== null && waiting.size < maxWaiting;
      const delayMs = mayWait ? decideNextTry(before.length + 1, again.askedMs) : null;
      if (mayWait && delayMs !== null) {
        return { index, kind: action.kind, at, reason, details, sent: again.sent, nextTryAt: at + delayMs };
      }
      const outcome: ActionOutcome = { index, kind: action.kind, status: "failed", reason, details, at };
      await tell(record, { planned, outcome, related, begunAt, changeId });
      return outcome;
    }
  }

  /** The events of an action: it was begun, and done or not. */
  async function tell(
    record: FiringRecord,
    told: {
      readonly planned: PlannedAction;
      readonly outcome: ActionOutcome;
      readonly related: readonly Labels[];
      readonly begunAt: number;
      readonly changeId: string;
    },
  ): Promise<void> {
    const { planned, outcome, begunAt, changeId } = told;
    const { automation, trigger, event } = record;
    const related = [
      ...told.related,
      { id: `millrace.event.${changeId}`, role: "automation-triggered-event" },
      ...(event === null ? [] : [{ id: `millrace.event.${event.id}`, role: "triggering-event" }]),
    ];
    const resource = {
      ...automationLabels(automation),
      "millrace.trigger-type": trigger.kind,
      ...(trigger.posture === undefined ? {} : { "millrace.posture": trigger.posture }),
    };
    const payload = { action_index: planned.index, action_type: planned.action.kind, invocation: planned.id };
    const begun = uuidFromHash(`action triggered ${planned.id}`);
    const isClose = event !== null && Math.abs(record.firing.at - event.at) < maxFollowMs;
    const common = { flowRunId: null, taskRunId: null, resource, related };
    await api.record({
      processId: "automations",
      events: [
        {
          ...common,
          id: begun,
          name: "millrace.automation.action.triggered",
          at: begunAt,
          payload: JSON.stringify(payload),
          ...(isClose ? { follows: event.id } : {}),
        },
        {
          ...common,
          id: uuidFromHash(`action ended ${planned.id}`),
          name: `millrace.automation.action.${outcome.status}`,
          at: outcome.at,
          payload: JSON.stringify({
            ...payload,
            ...(outcome.reason === undefined ? {} : { reason: outcome.reason }),
            ...outcome.details,
          }),
          follows: begun,
        },
      ],
    });
  }

  /** The oldest, without those that are worked on, or wait, or have been met. */
  async function listPending(limit: number, met: ReadonlySet<string>): Promise<readonly AutomationFiring[]> {
    const known = [...new Set([...working.keys(), ...waiting.keys(), ...met])];
    const isPending: Condition = { field: "status", in: ["pending"] };
    const where: Condition = known.length === 0 ? isPending : { all: [isPending, { field: "id", notIn: known }] };
    return (await api.listObjects("automation-firing", { where }, { limit })).items;
  }

  /** False when there is nothing to do yet. */
  function begin(kept: AutomationFiring, now: number): boolean {
    const next = findNextTry(kept);
    if (next !== null && next > now) {
      waiting.set(kept.id, next);
      return false;
    }
    const done = work(kept)
      .catch(onFailure)
      .finally(() => working.delete(kept.id));
    working.set(kept.id, done);
    return true;
  }

  return {
    get nextTryAt() {
      return waiting.size === 0 ? null : Math.min(...waiting.values());
    },
    async start() {
      const now = clock.now();
      for (const [id, at] of waiting) if (at <= now) waiting.delete(id);
      // Those that only wait are left out, so that they are in nobody's way; each is met once, to learn that.
      const met = new Set<string>();
      let isBegun = false;
      while (met.size < maxWaiting) {
        const room = maxAtOnce - working.size;
        if (room <= 0) return true;
        const items = await listPending(room, met);
        if (items.length === 0) break;
        for (const kept of items) {
          met.add(kept.id);
          isBegun = begin(kept, now) || isBegun;
        }
      }
      return isBegun || working.size > 0;
    },
    async settle() {
      while (working.size > 0) await Promise.all(working.values());
    },
  };
}

/** The event of the automation's change of state, as it is recorded, and as actions on that change see it. */
function toChangeEvent({ firing, event, automation }: FiringRecord): {
  readonly event: Event;
  readonly facts: EventFacts;
} {
  const id = uuidFromHash(`automation ${firing.state} ${firing.id}`);
  const name = `millrace.automation.${firing.state.toLowerCase()}`;
  const resource = automationLabels(automation);
  const related = event === null ? [] : [{ id: `millrace.event.${event.id}`, role: "triggering-event" }];
  const payload = {
    triggering_labels: firing.labels,
    triggering_value: firing.value,
    reason: firing.reason,
    triggering_event: event === null ? null : { id: event.id, event: event.name, resource: event.resource },
  };
  const { at } = firing;
  return {
    event: { id, name, at, flowRunId: null, taskRunId: null, resource, payload: JSON.stringify(payload), related },
    facts: { id, name, at, resource, related: related.map((labels) => ({ labels })), payload },
  };
}

function automationLabels({ id, name }: FiringRecord["automation"]): Record<string, string> {
  return { id: `millrace.automation.${id}`, name };
}

function toKept(outcomes: readonly ActionOutcome[], tries: readonly ActionTry[]) {
  const toJson = (each: object): JsonObject => ({ ...each });
  return { outcomes: outcomes.map(toJson), ...(tries.length === 0 ? {} : { tries: tries.map(toJson) }) };
}
