/** Things to record, with what a test does not care about filled in. */

import type { FlowRun, NewFlowRun } from "../../contract/flow-run.ts";
import type { FlowRunTransition } from "../../contract/record.ts";
import type { Artifact, LogLine } from "../../contract/records.ts";
import { defaultStateNames, isTerminal, type State, type StateType } from "../../contract/states.ts";
import type { EventToWrite, Store, StoreBatch, StoreOutcome } from "../../contract/store.ts";
import type { TaskRunChange } from "../../contract/task-run.ts";
import { uuidv7 } from "../../kit/ids.ts";

export const startAt = 1_790_000_000_000.125;

export function aState(type: StateType, at = startAt, more: Partial<State> = {}): State {
  return { type, name: defaultStateNames[type], at, ...more };
}

export function aFlowRun(more: Partial<NewFlowRun> = {}): NewFlowRun {
  return {
    id: uuidv7(),
    flowName: "training",
    name: "brave-otter",
    parameters: "{}",
    states: [aState("PENDING"), aState("RUNNING", startAt + 1)],
    ownerId: "process-1",
    ...more,
  };
}

/** A task run that has gone through these states, all of them new. */
export function aTaskRun(
  flowRunId: string | null,
  states: readonly State[] = [
    aState("PENDING", startAt),
    aState("RUNNING", startAt + 1),
    aState("COMPLETED", startAt + 2),
  ],
  more: Partial<TaskRunChange> = {},
): TaskRunChange {
  const state = states.at(-1) ?? aState("PENDING");
  const isEnd = isTerminal(state.type);
  return {
    id: uuidv7(),
    flowRunId,
    epoch: flowRunId === null ? 0 : 1,
    parentId: null,
    kind: "task",
    taskName: "train",
    name: "train",
    key: "train#0123456789abcdef~0",
    inputDigest: "0123456789abcdef",
    state,
    history: states,
    newStates: states.length,
    inputs: [],
    inputPreview: "rows, 1",
    tags: [],
    attempt: 1,
    reason: isEnd ? "ran" : null,
    reasonDetail: null,
    cacheKey: null,
    codeHash: "fedcba9876543210",
    childFlowRunId: null,
    createdAt: states[0]?.at ?? startAt,
    startedAt: states.find(({ type }) => type === "RUNNING")?.at ?? null,
    endedAt: isEnd ? state.at : null,
    result: state.type === "COMPLETED" ? { storage: "inline", data: "1" } : null,
    error: null,
    ...more,
  };
}

/** The same task run, one state further. */
export function further(change: TaskRunChange, state: State, more: Partial<TaskRunChange> = {}): TaskRunChange {
  const isEnd = isTerminal(state.type);
  return {
    ...change,
    state,
    history: [...change.history, state],
    newStates: 1,
    endedAt: isEnd ? state.at : null,
    result: state.type === "COMPLETED" ? { storage: "inline", data: "1" } : null,
    ...more,
  };
}

export function aLogLine(flowRunId: string | null, message: string, more: Partial<LogLine> = {}): LogLine {
  return {
    flowRunId,
    taskRunId: null,
    attempt: 1,
    at: startAt,
    level: "info",
    logger: "millrace.flow",
    message,
    fields: null,
    ...more,
  };
}

export function anArtifact(flowRunId: string | null, more: Partial<Artifact> = {}): Artifact {
  return {
    id: uuidv7(),
    key: null,
    kind: "markdown",
    description: null,
    data: '"# Report"',
    flowRunId,
    taskRunId: null,
    createdAt: startAt,
    updatedAt: startAt,
    ...more,
  };
}

export function anEvent(more: Partial<EventToWrite> = {}): EventToWrite {
  return {
    id: uuidv7(),
    name: "order.placed",
    at: startAt,
    flowRunId: null,
    taskRunId: null,
    resource: { id: "order.1" },
    payload: null,
    ...more,
  };
}

/** A transition that expects the run as it is. */
export function aTransition(run: FlowRun, state: State, more: Partial<FlowRunTransition> = {}): FlowRunTransition {
  const expected = { stateTypes: [run.state.type], stateAt: run.state.at, epoch: run.epoch };
  return { id: run.id, expected, state, ...more };
}

const nothing: StoreBatch = { created: [], transitions: [], taskRuns: [], logs: [], artifacts: [], events: [] };

export function record(store: Store, batch: Partial<StoreBatch>): Promise<StoreOutcome> {
  return store.record({ ...nothing, ...batch });
}

/** Creates a run and returns it. */
export async function create(store: Store, more: Partial<NewFlowRun> = {}): Promise<FlowRun> {
  const { created } = await record(store, { created: [aFlowRun(more)] });
  return (created[0] as (typeof created)[number]).run;
}

export async function readOne(store: Store, id: string): Promise<FlowRun | undefined> {
  return (await store.readFlowRuns([id]))[0];
}

/** Asks for every page of a list. */
export async function readAll<T>(
  list: (page: { readonly limit: number; readonly cursor: string | null }) => Promise<{
    readonly items: readonly T[];
    readonly next: string | null;
  }>,
  limit: number,
): Promise<{ readonly items: readonly T[]; readonly pages: number }> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let pages = 1; ; pages++) {
    const page: { readonly items: readonly T[]; readonly next: string | null } = await list({ limit, cursor });
    items.push(...page.items);
    cursor = page.next;
    if (cursor === null) return { items, pages };
  }
}
