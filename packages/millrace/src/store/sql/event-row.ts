/**
 * Events as rows. One is written with every state, so the row of a state's event is tiny: whose it is, the state's name and
 * time. Its id, its full name and its labels follow from these and are made when it is read.
 */

import type { Event, StoredEvent } from "../../contract/records.ts";
import type { TaskRunChange } from "../../contract/task-run.ts";
import { stateEventId } from "../../contract/state-event-id.ts";
import type { Row } from "./database.ts";
import { fromJson } from "./flow-run-row.ts";
import { cleanKeyOrNull, cleanText, cleanTextOrNull } from "./text.ts";
import { checkUuid, checkUuidOrNull, isUuid } from "./uuid.ts";

/** What an event tells of, as the column `kind` has it. */
export const eventKind = { custom: 0, flowRun: 1, taskRun: 2 } as const;

const prefixes: ReadonlyMap<number, string> = new Map([
  [eventKind.flowRun, "millrace.flow-run."],
  [eventKind.taskRun, "millrace.task-run."],
]);

/** In the order of `toEventValues`; `seq` is the database's. */
export const eventColumns = [
  "id",
  "flow_run_id",
  "task_run_id",
  "kind",
  "name",
  "at",
  "resource",
  "payload",
  "resource_id",
  "related",
  "follows",
] as const;

/** The row of an event of user code. */
export function toEventValues(event: Event): (string | number | null)[] {
  return [
    checkUuid(event.id),
    checkUuidOrNull(event.flowRunId),
    checkUuidOrNull(event.taskRunId),
    eventKind.custom,
    cleanText(event.name),
    event.at,
    JSON.stringify(event.resource),
    cleanTextOrNull(event.payload),
    cleanKeyOrNull(event.resource.id),
    event.related === undefined || event.related.length === 0 ? null : JSON.stringify(event.related),
    checkUuidOrNull(event.follows),
  ];
}

/** The names of the states that a change passed before its last one, as JSON; null when there are none. */
export function passedStates(change: TaskRunChange): string | null {
  const { history, newStates } = change;
  if (newStates < 2) return null;
  return JSON.stringify(history.slice(-newStates, -1).map(({ name }) => name));
}

/** How the names that a filter asks for may be kept: as they are, and those of runs' states by kind and state. */
export function toKindsAndNames(name: string): readonly { readonly kind: number; readonly name: string }[] {
  const ofStates = [...prefixes].flatMap(([kind, prefix]) =>
    name.startsWith(prefix) ? { kind, name: cleanText(name.slice(prefix.length)) } : [],
  );
  return [{ kind: eventKind.custom, name: cleanText(name) }, ...ofStates];
}

/** The names that begin with this text, as they are kept: of user code, and of the states of runs. */
export function toNamePrefixes(prefix: string): readonly { readonly kind: number; readonly name: string }[] {
  const ofStates = [...prefixes].flatMap(([kind, whole]) => {
    if (whole.startsWith(prefix)) return { kind, name: "" };
    return prefix.startsWith(whole) ? { kind, name: cleanText(prefix.slice(whole.length)) } : [];
  });
  return [{ kind: eventKind.custom, name: cleanText(prefix) }, ...ofStates];
}

/** How the ids of resources begin whose events are of runs' states. */
export const resourcePrefixes: ReadonlyMap<number, string> = prefixes;

/** What an event happened to, by the id of the resource. */
export type ResourceOfEvent =
  | { readonly of: "flow-run"; readonly id: string }
  | { readonly of: "task-run"; readonly id: string }
  | { readonly of: "other"; readonly id: string };

export function toResource(id: string): ResourceOfEvent {
  for (const [kind, prefix] of prefixes) {
    const rest = id.slice(prefix.length);
    if (!id.startsWith(prefix) || !isUuid(rest)) continue;
    return { of: kind === eventKind.flowRun ? "flow-run" : "task-run", id: rest };
  }
  return { of: "other", id };
}

/** Needs the columns, and the names of the runs as `flow_name`, `flow_run_name`, `task_name` and `task_run_name`. */
export function toEvent(row: Row): StoredEvent {
  const prefix = prefixes.get(row.kind as number);
  const event = {
    seq: row.seq as number,
    at: row.at as number,
    flowRunId: row.flow_run_id as string | null,
    taskRunId: row.task_run_id as string | null,
  };
  if (prefix === undefined) {
    return {
      ...event,
      id: row.id as string,
      name: row.name as string,
      resource: fromJson<Record<string, string>>(row.resource) ?? {},
      payload: row.payload as string | null,
      ...(row.related === null ? {} : { related: JSON.parse(row.related as string) as Record<string, string>[] }),
      ...(row.follows === null ? {} : { follows: row.follows as string }),
    };
  }
  const name = `${prefix}${row.name as string}`;
  const passed = row.payload as string | null;
  return {
    ...event,
    id: stateEventId(event.taskRunId ?? event.flowRunId ?? "", { name, at: event.at }),
    name,
    resource: row.kind === eventKind.taskRun ? taskRunLabels(row) : flowRunLabels(row),
    payload: passed === null ? null : `{"passed":${passed}}`,
  };
}

function flowRunLabels(row: Row): Readonly<Record<string, string>> {
  return {
    id: `millrace.flow-run.${row.flow_run_id as string}`,
    ...labels({ name: row.flow_run_name, flow: row.flow_name }),
  };
}

function taskRunLabels(row: Row): Readonly<Record<string, string>> {
  return {
    id: `millrace.task-run.${row.task_run_id as string}`,
    ...labels({ name: row.task_run_name, task: row.task_name, flow: row.flow_name }),
  };
}

/** Those that are known: a run that was deleted has left its events, and its names are gone. */
function labels(known: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(known).filter(([, value]) => typeof value === "string")) as Record<
    string,
    string
  >;
}
