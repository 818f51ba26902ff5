import * as z from "zod";
import type { PrefectRoute } from "../routes-table-types.ts";
import { count } from "../schemas/common.ts";
import * as schemas from "../schemas/task-runs.ts";
import { historyResponse, orchestrationResult, setStateBody } from "../schemas/states.ts";
import { byId } from "./path-params.ts";

const tag = "Task Runs";

export const taskRunRoutes = {
  createTaskRun: {
    verb: "POST",
    path: "/task_runs/",
    tag,
    summary: "Makes a task run, or gives the one that has the keys",
    body: schemas.taskRunCreate,
    answers: { 200: schemas.taskRun, 201: schemas.taskRun },
  },
  readTaskRun: {
    verb: "GET",
    path: "/task_runs/:id",
    tag,
    summary: "A task run",
    ...byId,
    answers: { 200: schemas.taskRun },
  },
  updateTaskRun: {
    verb: "PATCH",
    path: "/task_runs/:id",
    tag,
    summary: "Changes the name of a task run",
    ...byId,
    body: schemas.taskRunUpdate,
    answers: { 204: null },
  },
  deleteTaskRun: {
    verb: "DELETE",
    path: "/task_runs/:id",
    tag,
    summary: "Deletes a task run",
    ...byId,
    answers: { 204: null },
  },
  setTaskRunState: {
    verb: "POST",
    path: "/task_runs/:id/set_state",
    tag,
    summary: "Proposes a state for a task run",
    ...byId,
    body: setStateBody,
    answers: { 200: orchestrationResult, 201: orchestrationResult },
  },
  readTaskRuns: {
    verb: "POST",
    path: "/task_runs/filter",
    tag,
    summary: "Task runs that match",
    body: schemas.readTaskRunsBody,
    answers: { 200: z.array(schemas.taskRun) },
  },
  paginateTaskRuns: {
    verb: "POST",
    path: "/task_runs/paginate",
    tag,
    summary: "A page of task runs that match",
    body: schemas.paginateTaskRunsBody,
    answers: { 200: schemas.taskRunPage },
  },
  countTaskRuns: {
    verb: "POST",
    path: "/task_runs/count",
    tag,
    summary: "How many task runs match",
    body: schemas.filterTaskRunsBody,
    answers: { 200: count },
  },
  taskRunHistory: {
    verb: "POST",
    path: "/task_runs/history",
    tag,
    summary: "How many task runs were in which state, by interval",
    body: schemas.taskRunHistoryBody,
    answers: { 200: z.array(historyResponse) },
  },
} as const satisfies Record<string, PrefectRoute>;
