/** What the tree shows: flow runs, their tasks by name, and how many of each are in which state. */

import type { RecordedError } from "../../contract/errors.ts";
import type { State } from "../../contract/states.ts";
import type { TaskRunKind } from "../../contract/task-run.ts";
import type { Outcome } from "./outcome.ts";

export interface FlowNode {
  /** The run's id; of a subflow that of its newest run. */
  runId: string;
  readonly flowName: string;
  runName: string;
  state: State;
  resumed: boolean;
  startedAt: number;
  endedAt: number | null;
  error: RecordedError | null;
  readonly parent: FlowNode | null;
  /** How the runs of this flow stand in their parent; a root run is not counted. */
  readonly calls: TaskRow;
  readonly rows: Map<string, TaskRow>;
  readonly children: Map<string, FlowNode>;
  readonly progress: Map<string, ProgressRow>;
  /** How many it has left; where it is read from an orchestrator, the root has those of its subflows too. */
  artifacts: number;
}

/** All task runs of one name in a flow run. */
export interface TaskRow {
  readonly name: string;
  readonly kind: TaskRunKind;
  readonly counts: Record<Outcome, number>;
  /** Attempts after the first. */
  retries: number;
  /** When the first began and the last ended, in ms since the epoch. */
  startedAt: number | null;
  endedAt: number | null;
  /** The newest failure. */
  error: RecordedError | null;
}

export interface ProgressRow {
  readonly label: string;
  /** From 0 to 1. */
  readonly fraction: number;
}

export function createTaskRow(name: string, kind: TaskRunKind): TaskRow {
  return {
    name,
    kind,
    counts: emptyCounts(),
    retries: 0,
    startedAt: null,
    endedAt: null,
    error: null,
  };
}

export function createFlowNode(
  run: Pick<FlowNode, "runId" | "flowName" | "runName" | "state" | "resumed" | "startedAt" | "parent">,
): FlowNode {
  return {
    ...run,
    endedAt: null,
    error: null,
    calls: createTaskRow(run.flowName, "flow"),
    rows: new Map(),
    children: new Map(),
    progress: new Map(),
    artifacts: 0,
  };
}

function emptyCounts(): Record<Outcome, number> {
  return {
    waiting: 0,
    running: 0,
    retrying: 0,
    completed: 0,
    cached: 0,
    recorded: 0,
    failed: 0,
    cancelled: 0,
    "not-run": 0,
  };
}

export interface Totals {
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly all: number;
  readonly retries: number;
  readonly subflows: number;
  /** What is recorded as tasks are: sleeps, pauses, waits, values. */
  readonly steps: number;
  readonly artifacts: number;
}

/** How many of a row's task runs have ended well, and how many are known. */
export function countDone({ counts }: Pick<TaskRow, "counts">): { readonly done: number; readonly all: number } {
  let all = 0;
  for (const count of Object.values(counts)) all += count;
  return { done: counts.completed + counts.cached + counts.recorded, all };
}

export function isActive({ counts }: Pick<TaskRow, "counts">): boolean {
  return counts.running + counts.retrying > 0;
}

/** What a flow run and its subflows have done: `counts`, `all` and `retries` are of tasks. */
export function totalsOf(node: FlowNode): Totals {
  const counts = emptyCounts();
  let retries = 0;
  let subflows = 0;
  let steps = 0;
  let artifacts = 0;
  const add = (one: FlowNode): void => {
    artifacts += one.artifacts;
    for (const row of one.rows.values()) {
      if (row.kind !== "task") {
        steps += countDone(row).all;
        continue;
      }
      retries += row.retries;
      for (const [outcome, count] of Object.entries(row.counts)) counts[outcome as Outcome] += count;
    }
    for (const child of one.children.values()) {
      subflows += countDone(child.calls).all;
      add(child);
    }
  };
  add(node);
  return { counts, all: countDone({ counts }).all, retries, subflows, steps, artifacts };
}
