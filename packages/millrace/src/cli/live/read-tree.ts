/** The tree of a recorded run, read from an orchestrator: for `inspect` and `watch`. */

import type { Api } from "../../contract/api.ts";
import type { FlowRun } from "../../contract/flow-run.ts";
import type { TaskCount } from "../../contract/task-run.ts";
import { isTerminal } from "../../contract/states.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { createFlowNode, createTaskRow, type FlowNode, type TaskRow } from "./tree-model.ts";

/** Subflows of one run that are looked into; of the others only how they stand is shown. */
const maxChildren = 50;
const maxDepth = 5;

/** Without the count of artifacts, which only a summary has: see countArtifacts(). */
export async function readTree(api: Api, run: FlowRun): Promise<FlowNode> {
  const node = nodeOf(run, null);
  await fill(api, node, [run.id], 1);
  return node;
}

function nodeOf(run: FlowRun, parent: FlowNode | null): FlowNode {
  const { id, flowName, name, state, createdAt, startedAt, endedAt, error, runCount } = run;
  const begun = startedAt ?? createdAt;
  const node = createFlowNode({
    runId: id,
    flowName,
    runName: name,
    state,
    resumed: runCount > 1,
    startedAt: begun,
    parent,
  });
  node.endedAt = endedAt ?? (isTerminal(state.type) ? state.at : null);
  node.error = error;
  return node;
}

/** The tasks and subflows of runs that share a node. */
async function fill(api: Api, node: FlowNode, runIds: readonly string[], depth: number): Promise<void> {
  for (const id of runIds) addCounts(node, await api.countTaskRuns(id));
  if (depth > maxDepth) return;
  const { items } = await api.listFlowRuns({ parentRunIds: runIds }, "created-asc", { limit: maxChildren });
  for (const [flowName, runs = []] of Object.entries(Object.groupBy(items, (run) => run.flowName))) {
    const [first] = runs;
    if (first === undefined) continue;
    const child = nodeOf(first, node);
    node.children.set(flowName, child);
    takeCalls(node, child);
    await fill(
      api,
      child,
      runs.map((run) => run.id),
      depth + 1,
    );
  }
}

function addCounts(node: FlowNode, counts: readonly TaskCount[]): void {
  for (const count of counts) {
    const row = node.rows.get(count.taskName) ?? createTaskRow(count.taskName, "task");
    node.rows.set(count.taskName, row);
    row.counts[outcomeOfCount(count)] += count.count;
    if (count.firstStartedAt !== null) row.startedAt = Math.min(row.startedAt ?? Infinity, count.firstStartedAt);
    if (count.lastEndedAt !== null) row.endedAt = Math.max(row.endedAt ?? 0, count.lastEndedAt);
  }
}

function outcomeOfCount({ stateType: type, stateName: name }: TaskCount): Outcome {
  if (name === "NotReady") return "not-run";
  return outcomeOf({ state: { type, name, at: 0 }, reason: null, fromRecord: false });
}

/** The task runs that stand for a subflow count its runs. */
function takeCalls(node: FlowNode, child: FlowNode): void {
  const row = node.rows.get(child.flowName);
  if (row === undefined) return;
  node.rows.delete(child.flowName);
  const calls: TaskRow = child.calls;
  Object.assign(calls.counts, row.counts);
  calls.startedAt = row.startedAt;
  calls.endedAt = row.endedAt;
}
