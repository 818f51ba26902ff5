/** What depends on what in a flow run: its tasks as they were called, each once, however many task runs it has. */

import type { StateType } from "./states.ts";
import type { TaskRunKind } from "./task-run.ts";

/** So many of the task runs that were first seen are looked at. */
export const maxGraphTaskRuns = 100_000;
export const maxGraphNodes = 2000;
export const maxGraphEdges = 10_000;
/** Of a node, the newest; of an edge, those of the most task runs. */
export const maxNodeChildren = 20;
export const maxEdgeParameters = 5;
/** Calls within calls; what is deeper belongs to the body at this depth. */
export const maxGraphDepth = 12;

export interface RunGraphRequest {
  readonly flowRunId: string;
}

export interface RunGraph {
  readonly flowRunId: string;
  readonly readAt: number;
  /** Task runs of the flow run in all. */
  readonly total: number;
  /** There are more task runs, nodes, edges or states than these. */
  readonly isCut: boolean;
  /** In the order in which they were first seen. */
  readonly nodes: readonly RunGraphNode[];
  readonly edges: readonly RunGraphEdge[];
}

/** The task runs of a task that were called in one place: in the flow's own body, or in the body of a task. */
export interface RunGraphNode {
  readonly taskName: string;
  readonly kind: TaskRunKind;
  /** The place in `nodes` of the task in whose body it was called; null for the flow's own. */
  readonly parent: number | null;
  readonly count: number;
  /** How many are in each state, the most frequent first. */
  readonly states: readonly NodeState[];
  readonly firstStartedAt: number | null;
  readonly lastEndedAt: number | null;
  /** Runs of the subflows that it stands for, the newest first, at most 20. */
  readonly childFlowRunIds: readonly string[];
}

export interface NodeState {
  readonly stateType: StateType;
  readonly stateName: string;
  readonly count: number;
}

/** That task runs of a node took what those of another gave. Both may be the same. */
export interface RunGraphEdge {
  /** Places in `nodes`. */
  readonly from: number;
  readonly to: number;
  /** How many such inputs there are. */
  readonly count: number;
  /** Names of the parameters that took them, the most frequent first, at most 5. */
  readonly parameters: readonly string[];
}
