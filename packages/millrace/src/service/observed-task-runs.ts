/** States of task runs that another engine reports: late, twice, out of order. Each is kept once, in the order of its time. */

import { MillraceError } from "../contract/errors.ts";
import { isTerminal, type State } from "../contract/states.ts";
import type { ObservedTaskRun, Store } from "../contract/store.ts";
import type { TaskRun, TaskRunObservation } from "../contract/task-run.ts";

/** How often a report is merged again because another one came between. */
const maxRaces = 20;

/** Ids asked for in one question. */
const maxIds = 500;

export async function recordObserved(store: Store, observed: readonly TaskRunObservation[]): Promise<void> {
  let open = [...Map.groupBy(observed, ({ id }) => id)];
  for (let race = 0; open.length > 0; race++) {
    if (race === maxRaces) {
      throw new MillraceError("LEDGER_BUSY", { location: `${open.length} task runs`, waited: `${maxRaces} attempts` });
    }
    const known = await readAll(
      store,
      open.map(([id]) => id),
    );
    const merged = open.flatMap(([id, reports]) => merge(known.get(id) ?? null, reports) ?? []);
    const written = merged.length === 0 ? [] : await store.writeObserved(merged);
    const raced = new Set(merged.filter((_, index) => written[index] !== true).map(({ run }) => run.id));
    open = open.filter(([id]) => raced.has(id));
  }
}

async function readAll(store: Store, ids: readonly string[]): Promise<ReadonlyMap<string, TaskRun>> {
  const known = new Map<string, TaskRun>();
  for (let from = 0; from < ids.length; from += maxIds) {
    const some = ids.slice(from, from + maxIds);
    for (const run of (await store.findTaskRuns({ ids: some }, { limit: maxIds })).items) known.set(run.id, run);
  }
  return known;
}

/** The task run with what is reported; null when all of it is known. */
export function merge(known: TaskRun | null, reports: readonly TaskRunObservation[]): ObservedTaskRun | null {
  const history = known === null ? [] : [...known.history];
  const told: State[] = [];
  for (const { state } of reports) {
    if (history.some((each) => isSame(each, state))) continue;
    history.push(state);
    told.push(state);
  }
  const newest = reports.toSorted((a, b) => a.state.at - b.state.at).at(-1);
  if (told.length === 0 || newest === undefined) return null;
  history.sort((a, b) => a.at - b.at);
  told.sort((a, b) => a.at - b.at);
  const state = history.at(-1) ?? newest.state;
  const isNewest = isSame(state, newest.state);
  const said = isNewest || known === null ? toFields(newest) : null;
  const starts = history.filter(({ type }) => type === "RUNNING");
  const run: Omit<TaskRun, "seq"> = {
    ...(said ?? (known as TaskRun)),
    createdAt: history[0]?.at ?? state.at,
    state,
    history,
    startedAt: starts[0]?.at ?? null,
    endedAt: isTerminal(state.type) ? state.at : null,
  };
  return { run, readHistory: known?.history ?? null, told };
}

function isSame(a: State, b: State): boolean {
  return a.id !== undefined && b.id !== undefined
    ? a.id === b.id
    : a.at === b.at && a.type === b.type && a.name === b.name;
}

function toFields(report: TaskRunObservation): Omit<TaskRun, "seq" | "state" | "history" | "startedAt" | "endedAt"> {
  return {
    id: report.id,
    flowRunId: report.flowRunId,
    parentId: null,
    kind: report.kind ?? "task",
    taskName: report.taskName,
    name: report.name,
    key: report.key,
    inputDigest: null,
    inputs: report.inputs,
    inputPreview: null,
    tags: report.tags,
    attempt: report.attempt,
    reason: report.state.name === "Cached" ? "cache-hit" : null,
    reasonDetail: null,
    cacheKey: report.cacheKey ?? null,
    codeHash: null,
    childFlowRunId: report.childFlowRunId ?? null,
    createdAt: report.state.at,
    result: null,
    error: null,
    extra: report.extra ?? null,
  };
}
