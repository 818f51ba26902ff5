/**
 * Counts what is sighted. One sighting costs a few look-ups, however many there were; what is remembered are the names of
 * flows and tasks, and the runs that are under way.
 */

import type { FlowRunSighting, TaskRunSighting } from "../../contract/observer.ts";
import type { Artifact } from "../../contract/records.ts";
import { isTerminal } from "../../contract/states.ts";
import type { TaskRunKind } from "../../contract/task-run.ts";
import { isOver, type Outcome, outcomeOf } from "./outcome.ts";
import { readProgress } from "./progress.ts";
import { createFlowNode, createTaskRow, type FlowNode, type TaskRow } from "./tree-model.ts";

/** Names beyond these are counted together, so that names made of data do not fill the memory. */
const maxNames = 500;
const otherNames = "(others)";

/** Progress artifacts that are shown at once in one flow run. */
const maxProgress = 20;

/** Artifacts that are known again when they are sighted again. */
const maxArtifacts = 10_000;

interface ActiveTask {
  readonly row: TaskRow;
  readonly name: string;
  outcome: Outcome;
  startedAt: number | null;
}

export interface CountedTask {
  readonly node: FlowNode;
  readonly row: TaskRow;
  readonly outcome: Outcome;
  readonly isOver: boolean;
  /** From the start of the first attempt that was seen here to the end; null before the end, or without a start. */
  readonly durationMs: number | null;
}

export interface Tally {
  /** Flow runs under way here that have no parent among them, oldest first. */
  readonly roots: ReadonlySet<FlowNode>;
  flowRun(sighting: FlowRunSighting): { readonly node: FlowNode; readonly isNew: boolean };
  taskRun(sighting: TaskRunSighting): CountedTask;
  /** Counts it, and takes what it tells of progress. Null when it is no progress of a run under way. */
  artifact(artifact: Artifact): FlowNode | null;
  /** "flow/task" of what wrote a line, as far as it is known. */
  labelOf(source: { readonly flowRunId: string | null; readonly taskRunId: string | null }): string;
}

export function createTally(): Tally {
  const roots = new Set<FlowNode>();
  const nodes = new Map<string, FlowNode>();
  const active = new Map<string, ActiveTask>();
  /** Artifacts that were counted: each may come again with a newer state. */
  const counted = new Map<string, true>();
  /** Tasks that were called outside any flow. */
  const loose = createFlowNode({
    runId: "",
    flowName: "",
    runName: "",
    state: { type: "RUNNING", name: "Running", at: 0 },
    resumed: false,
    startedAt: 0,
    parent: null,
  });

  function flowRun(sighting: FlowRunSighting): { readonly node: FlowNode; readonly isNew: boolean } {
    const known = nodes.get(sighting.id);
    const node = known ?? addNode(sighting);
    if (node.runId === sighting.id) update(node, sighting);
    if (isTerminal(sighting.state.type) || sighting.state.details?.suspended === true) {
      nodes.delete(sighting.id);
      roots.delete(node);
    }
    return { node, isNew: known === undefined };
  }

  function addNode(sighting: FlowRunSighting): FlowNode {
    const { id: runId, flowName, name: runName, state, resumed } = sighting;
    const parent = sighting.parentRunId === null ? null : (nodes.get(sighting.parentRunId) ?? null);
    const parts = { runId, flowName, runName, state, resumed, startedAt: state.at, parent };
    const node = parent === null ? createFlowNode(parts) : childNode(parent, parts);
    if (parent === null) roots.add(node);
    nodes.set(runId, node);
    return node;
  }

  function taskRun(sighting: TaskRunSighting): CountedTask {
    const node = (sighting.flowRunId === null ? undefined : nodes.get(sighting.flowRunId)) ?? loose;
    const { state } = sighting;
    const outcome = outcomeOf(sighting);
    const over = isOver(state, sighting.reason);
    let task = active.get(sighting.id);
    if (task === undefined) {
      const row = rowOf(node, sighting.taskName, sighting.kind);
      task = { row, name: sighting.taskName, outcome, startedAt: null };
      if (!over) active.set(sighting.id, task);
      // What is changed after its end (a transaction was rolled back) has been counted.
      if (!sighting.fromRecord && over && sighting.from !== null && isTerminal(sighting.from.type))
        leave(row, outcomeOf({ ...sighting, state: sighting.from }));
    } else {
      leave(task.row, task.outcome);
      if (over) active.delete(sighting.id);
    }
    const { row } = task;
    task.outcome = outcome;
    row.counts[outcome]++;
    if (state.type === "RUNNING" && !sighting.fromRecord) {
      task.startedAt ??= state.at;
      row.startedAt ??= state.at;
      if (state.name === "Retrying") row.retries++;
    }
    if (sighting.error !== null && (outcome === "failed" || outcome === "retrying")) row.error = sighting.error;
    if (over && !sighting.fromRecord) row.endedAt = state.at;
    const durationMs = over && task.startedAt !== null ? Math.max(0, state.at - task.startedAt) : null;
    return { node, row, outcome, isOver: over, durationMs };
  }

  return {
    roots,
    flowRun,
    taskRun,
    artifact(artifact) {
      const node = artifact.flowRunId === null ? undefined : nodes.get(artifact.flowRunId);
      if (node !== undefined && !counted.has(artifact.id)) node.artifacts++;
      counted.set(artifact.id, true);
      dropOldest(counted, maxArtifacts);
      const fraction = readProgress(artifact);
      if (node === undefined || fraction === null) return null;
      node.progress.delete(artifact.id);
      if (fraction < 1)
        node.progress.set(artifact.id, { label: artifact.description ?? artifact.key ?? "progress", fraction });
      dropOldest(node.progress, maxProgress);
      return node;
    },
    labelOf({ flowRunId, taskRunId }) {
      const flow = flowRunId === null ? undefined : nodes.get(flowRunId);
      const task = taskRunId === null ? undefined : active.get(taskRunId);
      return [flow?.flowName, task?.name].filter((name) => name !== undefined).join("/");
    },
  };
}

function update(node: FlowNode, sighting: FlowRunSighting): void {
  const { state } = sighting;
  // The function runs again from the top, and every call it makes is sighted again.
  if (state.type === "RUNNING" && node.state.name === "AwaitingRetry") {
    node.rows.clear();
    node.children.clear();
  }
  node.runName = sighting.name;
  node.state = state;
  node.error = sighting.error;
  node.endedAt = isTerminal(state.type) ? state.at : null;
}

type NewNode = Parameters<typeof createFlowNode>[0];

/** Runs of one flow under one parent share a node, which shows the newest of them. */
function childNode(parent: FlowNode, run: NewNode): FlowNode {
  const name = boundedName(parent.children, run.flowName);
  const known = parent.children.get(name);
  if (known === undefined) {
    const node = createFlowNode({ ...run, flowName: name });
    parent.children.set(name, node);
    return node;
  }
  known.runId = run.runId;
  return known;
}

function rowOf(node: FlowNode, taskName: string, kind: TaskRunKind): TaskRow {
  if (kind === "flow") return subflowRow(node, taskName);
  const name = boundedName(node.rows, taskName);
  let row = node.rows.get(name);
  if (row === undefined) {
    row = createTaskRow(name, kind);
    node.rows.set(name, row);
  }
  return row;
}

/** A subflow is a node of its own; what stands for it among its parent's task runs counts its runs. */
function subflowRow(parent: FlowNode, flowName: string): TaskRow {
  const known = parent.children.get(flowName);
  if (known !== undefined) return known.calls;
  const state = { type: "RUNNING", name: "Running", at: parent.startedAt } as const;
  return childNode(parent, { runId: "", flowName, runName: "", state, resumed: false, startedAt: state.at, parent })
    .calls;
}

function boundedName(known: ReadonlyMap<string, unknown>, name: string): string {
  return known.has(name) || known.size < maxNames ? name : otherNames;
}

function leave(row: TaskRow, outcome: Outcome): void {
  row.counts[outcome] = Math.max(0, row.counts[outcome] - 1);
}

function dropOldest(entries: Map<string, unknown>, limit: number): void {
  for (const key of entries.keys()) {
    if (entries.size <= limit) return;
    entries.delete(key);
  }
}
