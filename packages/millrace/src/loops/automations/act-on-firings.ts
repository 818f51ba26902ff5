/**
 * Does what firings ask for. Several are worked on at once, so that a slow webhook holds none of the others; the actions of
 * one come after each other. After a crash they are gone on with: what was done is known, and what was begun is done again.
 */

import type { Api } from "../../contract/api.ts";
import type { EventFacts, Labels } from "../../contract/automations.ts";
import type { AutomationFiring, JsonObject } from "../../contract/objects.ts";
import type { Event } from "../../contract/records.ts";
import { uuidFromHash } from "../../kit/ids.ts";
import {
  type ActionOutcome,
  type FiringRecord,
  type PlannedAction,
  readFiring,
  readOutcomes,
} from "./firing-record.ts";
import { type ActionContext, performAction, toFailure } from "./perform-action.ts";

/** Firings that are worked on at once. */
const maxAtOnce = 16;
/** Events that follow each other closely say so, in ms. */
const maxFollowMs = 5 * 60_000;

export interface FiringActions {
  /** Begins with firings that wait, as many as there is room for. Whether there were any, or some are worked on still. */
  start(): Promise<boolean>;
  /** Resolves when none is being worked on. */
  settle(): Promise<void>;
}

export function createFiringActions(
  context: ActionContext & { readonly api: Pick<Api, "listObjects" | "updateObject" | "record"> },
  { signal, onFailure }: { readonly signal: AbortSignal; readonly onFailure: (error: unknown) => void },
): FiringActions {
  const { api, clock } = context;
  const working = new Map<string, Promise<void>>();

  async function work(kept: AutomationFiring): Promise<void> {
    const record = readFiring(kept);
    const change = toChangeEvent(record);
    await api.record({ processId: "automations", events: [change.event] });
    const outcomes = [...readOutcomes(kept)];
    for (const planned of record.actions) {
      if (outcomes.some(({ index }) => index === planned.index)) continue;
      if (signal.aborted) return;
      const event = planned.about === "cause" ? record.event : change.facts;
      const outcome = await act(record, planned, { event, changeId: change.event.id });
      if (outcome === null) return;
      outcomes.push(outcome);
      await api.updateObject("automation-firing", kept.id, { outcomes: outcomes.map(toJson) });
    }
    const status = outcomes.some((outcome) => outcome.status === "failed") ? "failed" : "done";
    await api.updateObject("automation-firing", kept.id, { status, outcomes: outcomes.map(toJson) });
  }

  /** Null when it is to be tried again later. */
  async function act(
    record: FiringRecord,
    planned: PlannedAction,
    about: { readonly event: EventFacts | null; readonly changeId: string },
  ): Promise<ActionOutcome | null> {
    const { index, action } = planned;
    const begunAt = clock.now();
    try {
      const { details, related } = await performAction({ context, record, planned, event: about.event });
      const outcome: ActionOutcome = { index, kind: action.kind, status: "executed", details, at: clock.now() };
      await tell(record, { planned, outcome, related, begunAt, changeId: about.changeId });
      return outcome;
    } catch (error) {
      const failure = toFailure(error);
      if (failure === null) {
        onFailure(error);
        return null;
      }
      const { message: reason, details, related } = failure;
      const outcome: ActionOutcome = { index, kind: action.kind, status: "failed", reason, details, at: clock.now() };
      await tell(record, { planned, outcome, related, begunAt, changeId: about.changeId });
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

  return {
    async start() {
      const room = maxAtOnce - working.size;
      if (room <= 0) return true;
      const { items } = await api.listObjects(
        "automation-firing",
        { where: { field: "status", in: ["pending"] } },
        { limit: room + working.size },
      );
      for (const kept of items) {
        if (working.has(kept.id) || working.size >= maxAtOnce) continue;
        const done = work(kept)
          .catch(onFailure)
          .finally(() => working.delete(kept.id));
        working.set(kept.id, done);
      }
      return items.length > 0 || working.size > 0;
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

function toJson(outcome: ActionOutcome): JsonObject {
  return { ...outcome };
}
