/** How the task runs and the subflows of a flow run hang together, in the two forms that Prefect has had. */

import * as z from "zod";
import { text, time, timeText, uuid, uuids } from "./common.ts";
import { state, stateType } from "./states.ts";

const taskRunResult = z.object({ input_type: z.literal("task_run"), id: uuid });

export const dependencyResult = z
  .object({
    id: uuid,
    name: text,
    upstream_dependencies: z.array(taskRunResult),
    state: state.nullable(),
    expected_start_time: timeText.nullable(),
    start_time: timeText.nullable(),
    end_time: timeText.nullable(),
    total_run_time: z.number().nullable(),
    estimated_run_time: z.number().nullable(),
    untrackable_result: z.boolean(),
  })
  .meta({ id: "DependencyResult" });

export const graphQuery = z.object({ since: time.prefault("0001-01-01T00:00:00Z") });

const graphArtifact = z
  .object({
    id: uuid,
    created: timeText,
    key: text.nullable(),
    type: text.nullable(),
    is_latest: z.boolean(),
    data: z.unknown(),
  })
  .meta({ id: "GraphArtifact" });

const edges = z.array(z.object({ id: uuid }));

const node = z
  .object({
    kind: z.enum(["flow-run", "task-run"]),
    id: uuid,
    label: text,
    state_type: stateType,
    start_time: timeText,
    end_time: timeText.nullable(),
    parents: edges,
    children: edges,
    encapsulating: edges,
    artifacts: z.array(graphArtifact),
  })
  .meta({ id: "Node" });

/** Nodes come as pairs of id and node, in the order of their start. */
export const graph = z
  .object({
    start_time: timeText.nullable(),
    end_time: timeText.nullable(),
    root_node_ids: uuids,
    nodes: z.array(z.tuple([uuid, node])),
    artifacts: z.array(graphArtifact),
    states: z.array(z.object({ id: uuid, timestamp: timeText, type: stateType, name: text })),
  })
  .meta({ id: "Graph" });

export type DependencyResult = z.input<typeof dependencyResult>;
export type GraphArtifact = z.input<typeof graphArtifact>;
export type GraphNode = z.input<typeof node>;
