import * as z from "zod";
import type { PrefectRoute } from "../routes-table-types.ts";
import { count } from "../schemas/common.ts";
import * as schemas from "../schemas/flow-runs.ts";
import { dependencyResult, graph, graphQuery } from "../schemas/flow-run-graph.ts";
import { jsonObject } from "../schemas/common.ts";
import { historyResponse, orchestrationResult, setStateBody } from "../schemas/states.ts";
import { byId } from "./path-params.ts";

const inputParams = byId.params.extend({ key: z.string() });

/** Text that is sent as it comes. */
const textParts = z.custom<AsyncIterable<string>>();

const tag = "Flow Runs";

export const flowRunRoutes = {
  createFlowRun: {
    verb: "POST",
    path: "/flow_runs/",
    tag,
    summary: "Makes a run of a flow, or gives the one that has the idempotency key",
    body: schemas.flowRunCreate,
    answers: { 200: schemas.flowRunResponse, 201: schemas.flowRunResponse },
  },
  readFlowRun: {
    verb: "GET",
    path: "/flow_runs/:id",
    tag,
    summary: "A flow run",
    ...byId,
    answers: { 200: schemas.flowRunResponse },
  },
  updateFlowRun: {
    verb: "PATCH",
    path: "/flow_runs/:id",
    tag,
    summary: "Changes what is given of a flow run",
    ...byId,
    body: schemas.flowRunUpdate,
    answers: { 204: null },
  },
  deleteFlowRun: {
    verb: "DELETE",
    path: "/flow_runs/:id",
    tag,
    summary: "Deletes a flow run with its task runs and logs",
    ...byId,
    answers: { 204: null },
  },
  updateFlowRunLabels: {
    verb: "PATCH",
    path: "/flow_runs/:id/labels",
    tag,
    summary: "Adds labels to a flow run",
    ...byId,
    body: jsonObject,
    answers: { 204: null },
  },
  setFlowRunState: {
    verb: "POST",
    path: "/flow_runs/:id/set_state",
    tag,
    summary: "Proposes a state for a flow run",
    ...byId,
    body: setStateBody,
    answers: { 200: orchestrationResult, 201: orchestrationResult },
  },
  resumeFlowRun: {
    verb: "POST",
    path: "/flow_runs/:id/resume",
    tag,
    summary: "Lets a paused flow run go on, with what it waits for",
    ...byId,
    body: schemas.resumeFlowRunBody,
    answers: { 200: orchestrationResult, 201: orchestrationResult },
  },
  createFlowRunInput: {
    verb: "POST",
    path: "/flow_runs/:id/input",
    tag,
    summary: "Sends an input to a flow run",
    ...byId,
    body: schemas.createFlowRunInputBody,
    answers: { 201: z.null() },
  },
  filterFlowRunInput: {
    verb: "POST",
    path: "/flow_runs/:id/input/filter",
    tag,
    summary: "Inputs of a flow run by the start of their keys",
    ...byId,
    body: schemas.filterFlowRunInputBody,
    answers: { 200: z.array(schemas.flowRunInput) },
  },
  readFlowRunInput: {
    verb: "GET",
    path: "/flow_runs/:id/input/:key",
    tag,
    summary: "The value of an input, as it is",
    params: inputParams,
    contentType: "text/plain",
    answers: { 200: z.string() },
  },
  deleteFlowRunInput: {
    verb: "DELETE",
    path: "/flow_runs/:id/input/:key",
    tag,
    summary: "Deletes an input",
    params: inputParams,
    answers: { 204: null },
  },
  readFlowRuns: {
    verb: "POST",
    path: "/flow_runs/filter",
    tag,
    summary: "Flow runs that match",
    body: schemas.readFlowRunsBody,
    answers: { 200: z.array(schemas.flowRunResponse) },
  },
  paginateFlowRuns: {
    verb: "POST",
    path: "/flow_runs/paginate",
    tag,
    summary: "A page of flow runs that match",
    body: schemas.paginateFlowRunsBody,
    answers: { 200: schemas.flowRunPage },
  },
  countFlowRuns: {
    verb: "POST",
    path: "/flow_runs/count",
    tag,
    summary: "How many flow runs match",
    body: schemas.filterFlowRunsBody,
    answers: { 200: count },
  },
  averageFlowRunLateness: {
    verb: "POST",
    path: "/flow_runs/lateness",
    tag,
    summary: "By how many seconds flow runs that match start late, on average",
    body: schemas.filterFlowRunsBody,
    answers: { 200: z.number().nullable() },
  },
  flowRunHistory: {
    verb: "POST",
    path: "/flow_runs/history",
    tag,
    summary: "How many flow runs were in which state, by interval",
    body: schemas.flowRunHistoryBody,
    answers: { 200: z.array(historyResponse) },
  },
  bulkDeleteFlowRuns: {
    verb: "POST",
    path: "/flow_runs/bulk_delete",
    tag,
    summary: "Deletes flow runs that match",
    body: schemas.bulkDeleteFlowRunsBody,
    answers: { 200: schemas.flowRunsDeleted },
  },
  bulkSetFlowRunState: {
    verb: "POST",
    path: "/flow_runs/bulk_set_state",
    tag,
    summary: "Proposes a state for each flow run that matches",
    body: schemas.bulkSetFlowRunStateBody,
    answers: { 200: schemas.flowRunStatesSet },
  },
  readFlowRunGraphV1: {
    verb: "GET",
    path: "/flow_runs/:id/graph",
    tag,
    summary: "Task runs with those that they depend on",
    ...byId,
    answers: { 200: z.array(dependencyResult) },
  },
  readFlowRunGraphV2: {
    verb: "GET",
    path: "/flow_runs/:id/graph-v2",
    tag,
    summary: "Nodes and edges of a flow run, perhaps those since a time",
    ...byId,
    query: graphQuery,
    answers: { 200: graph },
  },
  downloadLogs: {
    verb: "GET",
    path: "/flow_runs/:id/logs/download",
    tag,
    summary: "The logs of a flow run as CSV",
    ...byId,
    contentType: "text/csv",
    answers: { 200: textParts },
  },
} as const satisfies Record<string, PrefectRoute>;
