/** Schemas of contract/flow-trends.ts. */

import * as z from "zod";
import { stateCounts } from "./flow-run.ts";
import { condition } from "./query.ts";
import { pageRequest } from "./records.ts";
import { stateType, time } from "./states.ts";

export const flowSummaryRequest = z
  .object({
    names: z.array(z.string()).exactOptional(),
    where: condition.exactOptional(),
    since: time,
    bars: z.number().exactOptional(),
    page: pageRequest.exactOptional(),
  })
  .meta({ id: "FlowSummaryRequest" });

const runColumns = {
  ids: z.array(z.string()),
  stateTypes: z.array(stateType),
  stateNames: z.array(z.string()),
  starts: z.array(time),
  durationsMs: z.array(z.number().nullable()),
};

const flowSummaryBars = z.object(runColumns).meta({ id: "FlowSummaryBars" });

export const flowSummary = z
  .object({
    flowName: z.string(),
    count: z.number(),
    isCut: z.boolean(),
    counts: stateCounts,
    p50Ms: z.number().nullable(),
    p95Ms: z.number().nullable(),
    bars: flowSummaryBars,
  })
  .meta({ id: "FlowSummary" });

export const deploymentSummaryRequest = z
  .object({ ids: z.array(z.string()), bars: z.number().exactOptional() })
  .meta({ id: "DeploymentSummaryRequest" });

export const deploymentSummary = z
  .object({ deploymentId: z.string(), nextDueAt: time.nullable(), bars: flowSummaryBars })
  .meta({ id: "DeploymentSummary" });

export const taskGridRequest = z
  .object({ flowName: z.string(), where: condition.exactOptional(), runs: z.number().exactOptional() })
  .meta({ id: "TaskGridRequest" });

const place = z.number();

export const taskGrid = z
  .object({
    flowName: z.string(),
    isCut: z.boolean(),
    runs: z.object({ ...runColumns, names: z.array(z.string()) }).meta({ id: "TaskGridRuns" }),
    taskNames: z.array(z.string()),
    cells: z
      .object({
        runs: z.array(place),
        tasks: z.array(place),
        stateTypes: z.array(stateType),
        stateNames: z.array(z.string()),
        counts: z.array(z.number()),
        durationsMs: z.array(z.number()),
      })
      .meta({ id: "TaskGridCells" }),
  })
  .meta({ id: "TaskGrid" });
