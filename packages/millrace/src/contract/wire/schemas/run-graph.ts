/** Schemas of contract/run-graph.ts. */

import * as z from "zod";
import { stateType, time } from "./states.ts";
import { taskRunKind } from "./task-run.ts";

export const runGraphRequest = z.object({ flowRunId: z.string() }).meta({ id: "RunGraphRequest" });

const runGraphNode = z
  .object({
    taskName: z.string(),
    kind: taskRunKind,
    parent: z.number().nullable(),
    count: z.number(),
    states: z.array(z.object({ stateType, stateName: z.string(), count: z.number() })),
    firstStartedAt: time.nullable(),
    lastEndedAt: time.nullable(),
    childFlowRunIds: z.array(z.string()),
  })
  .meta({ id: "RunGraphNode" });

const runGraphEdge = z
  .object({ from: z.number(), to: z.number(), count: z.number(), parameters: z.array(z.string()) })
  .meta({ id: "RunGraphEdge" });

export const runGraph = z
  .object({
    flowRunId: z.string(),
    readAt: time,
    total: z.number(),
    isCut: z.boolean(),
    nodes: z.array(runGraphNode),
    edges: z.array(runGraphEdge),
  })
  .meta({ id: "RunGraph" });
