/** Events at the border. */

import type { EventFacts } from "../../../contract/automations.ts";
import type { StateChange, StateSummary } from "../../../contract/event-facts.ts";
import type { Event } from "../../../contract/records.ts";
import type { State } from "../../../contract/states.ts";
import type { Event as PrefectEvent, ReceivedEvent } from "../schemas/events.ts";
import { toPrefectTime } from "../times.ts";
import { toPrefectState } from "./state.ts";
import { fromPrefectLabels, fromPrefectName, toPrefectLabelPath, toPrefectLabels, toPrefectName } from "./names.ts";

/** An event of the ledger as Prefect's clients read it. */
export function toPrefectEvent(event: EventFacts): ReceivedEvent {
  const occurred = toPrefectTime(event.at);
  return {
    occurred,
    event: toPrefectName(event.name),
    resource: toPrefectLabels(event.resource),
    related: event.related.map(({ labels }) => toPrefectLabels(labels)),
    payload: toPrefectPayload(event.payload),
    id: event.id,
    follows: event.follows ?? null,
    received: occurred,
  };
}

/** An event that a client has sent, to be kept as it is. */
export function fromPrefectEvent(event: PrefectEvent): Event {
  const resource = fromPrefectLabels(event.resource);
  const related = event.related.map(fromPrefectLabels);
  const everything = [resource, ...related];
  return {
    id: event.id,
    name: fromPrefectName(event.event),
    at: event.occurred,
    flowRunId: findRunId(everything, "flow-run"),
    taskRunId: findRunId(everything, "task-run"),
    resource,
    payload: JSON.stringify(event.payload),
    related,
    follows: event.follows,
  };
}

const runId = /^millrace\.(flow-run|task-run)\.([\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})$/;

/** Of the first resource that is such a run. */
function findRunId(resources: readonly Readonly<Record<string, string>>[], wanted: string): string | null {
  for (const { id = "" } of resources) {
    const [, kind, found] = runId.exec(id) ?? [];
    if (kind === wanted && found !== undefined) return found;
  }
  return null;
}

/** What tells of a state is spelt as Prefect spells it; all else is its sender's. */
export function toPrefectPayload(payload: unknown): Record<string, unknown> {
  if (isStateChange(payload)) {
    return {
      intended: payload.intended,
      initial_state: payload.initialState === null ? null : toStateSummary(payload.initialState),
      validated_state: toStateSummary(payload.validatedState),
    };
  }
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return { value: payload };
  return withTheirLabels(payload as Record<string, unknown>);
}

/** An automation that was triggered says by which labels, for each of which it counts apart: paths of labels. */
function withTheirLabels(payload: Record<string, unknown>): Record<string, unknown> {
  const { triggering_labels: labels } = payload;
  if (typeof labels !== "object" || labels === null || Array.isArray(labels)) return payload;
  const theirs = Object.entries(labels as Record<string, string>).map(([path, value]) => [
    toPrefectLabelPath(path),
    /(^|:)id$/.test(path) ? toPrefectName(value) : value,
  ]);
  return { ...payload, triggering_labels: Object.fromEntries(theirs) as Record<string, unknown> };
}

function isStateChange(payload: unknown): payload is StateChange {
  return typeof payload === "object" && payload !== null && "validatedState" in payload && "intended" in payload;
}

function toStateSummary({ type, name, message, pauseReschedule, whole }: StateSummary): Record<string, unknown> {
  return {
    ...(whole === undefined ? {} : toWhole(whole)),
    type,
    name,
    ...(message === undefined ? {} : { message }),
    ...(pauseReschedule === undefined ? {} : { pause_reschedule: pauseReschedule }),
  };
}

/** Clients that wait for a task run's end read its result from the event. */
function toWhole(state: State): Record<string, unknown> {
  const { data, state_details: details } = toPrefectState(state, { runId: null, flowRunId: null, taskRunId: null });
  return { data, state_details: details };
}
