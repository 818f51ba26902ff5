import * as z from "zod";
import type { PrefectRoute } from "../routes-table-types.ts";
import * as schemas from "../schemas/ui.ts";
import { flowIdsBody } from "../schemas/flows.ts";
import { flowRunIdsBody } from "../schemas/flow-runs.ts";
import { countByState } from "../schemas/states.ts";
import { taskRunOfPage } from "../schemas/task-runs.ts";
import { byId } from "./path-params.ts";

const tag = "UI";

export const uiRoutes = {
  countDeploymentsByFlow: {
    verb: "POST",
    path: "/ui/flows/count-deployments",
    tag,
    summary: "How many deployments each flow has",
    body: flowIdsBody,
    answers: { 200: schemas.counts },
  },
  nextRunsByFlow: {
    verb: "POST",
    path: "/ui/flows/next-runs",
    tag,
    summary: "The run of each flow that comes next",
    body: flowIdsBody,
    answers: { 200: schemas.nextRuns },
  },
  readFlowRunHistory: {
    verb: "POST",
    path: "/ui/flow_runs/history",
    tag,
    summary: "Flow runs that match, as dots in a chart",
    body: schemas.flowRunDotsBody,
    answers: { 200: z.array(schemas.simpleFlowRun) },
  },
  countTaskRunsByFlowRun: {
    verb: "POST",
    path: "/ui/flow_runs/count-task-runs",
    tag,
    summary: "How many task runs each flow run has",
    body: flowRunIdsBody,
    answers: { 200: schemas.counts },
  },
  validateObj: {
    verb: "POST",
    path: "/ui/schemas/validate",
    tag,
    summary: "What is wrong with values by a JSON Schema",
    body: schemas.validateValuesBody,
    answers: { 200: schemas.valuesValidation },
  },
  readDashboardTaskRunCounts: {
    verb: "POST",
    path: "/ui/task_runs/dashboard/counts",
    tag,
    summary: "How many task runs have completed and failed, by interval",
    body: schemas.taskRunCountsBody,
    answers: { 200: schemas.taskRunCounts },
  },
  readTaskRunCountsByState: {
    verb: "POST",
    path: "/ui/task_runs/count",
    tag,
    summary: "How many task runs are in each type of state",
    body: schemas.taskRunsByStateBody,
    answers: { 200: countByState },
  },
  readTaskRunWithFlowRunName: {
    verb: "GET",
    path: "/ui/task_runs/:id",
    tag,
    summary: "A task run with the name of its flow run",
    ...byId,
    answers: { 200: taskRunOfPage },
  },
} as const satisfies Record<string, PrefectRoute>;
