import * as z from "zod";
import type { PrefectRoute } from "../routes-table-types.ts";
import * as schemas from "../schemas/work-queues.ts";
import { flowRunResponse } from "../schemas/flow-runs.ts";
import { readTaskWorkersBody, taskWorkerResponse } from "../schemas/workers.ts";
import { byId, byName } from "./path-params.ts";

const tag = "Work Queues";

export const workQueueRoutes = {
  createWorkQueue: {
    verb: "POST",
    path: "/work_queues/",
    tag,
    summary: "Makes a queue in the pool of older agents",
    body: schemas.workQueueCreate,
    answers: { 201: schemas.workQueueResponse },
  },
  readWorkQueue: {
    verb: "GET",
    path: "/work_queues/:id",
    tag,
    summary: "A queue",
    ...byId,
    answers: { 200: schemas.workQueueResponse },
  },
  readWorkQueueByName: {
    verb: "GET",
    path: "/work_queues/name/:name",
    tag,
    summary: "A queue of the pool of older agents, by its name",
    ...byName,
    answers: { 200: schemas.workQueueResponse },
  },
  updateWorkQueue: {
    verb: "PATCH",
    path: "/work_queues/:id",
    tag,
    summary: "Changes what is given of a queue",
    ...byId,
    body: schemas.workQueueUpdate,
    answers: { 204: null },
  },
  deleteWorkQueue: {
    verb: "DELETE",
    path: "/work_queues/:id",
    tag,
    summary: "Deletes a queue",
    ...byId,
    answers: { 204: null },
  },
  readWorkQueues: {
    verb: "POST",
    path: "/work_queues/filter",
    tag,
    summary: "Queues that match",
    body: schemas.readWorkQueuesBody,
    answers: { 200: z.array(schemas.workQueueResponse) },
  },
  readWorkQueueRuns: {
    verb: "POST",
    path: "/work_queues/:id/get_runs",
    tag,
    summary: "Runs of a queue that are due",
    ...byId,
    body: schemas.workQueueRunsBody,
    answers: { 200: z.array(flowRunResponse) },
  },
  readWorkQueueStatus: {
    verb: "GET",
    path: "/work_queues/:id/status",
    tag,
    summary: "Whether a queue is asked and keeps up",
    ...byId,
    answers: { 200: schemas.workQueueStatus },
  },
  readWorkQueueConcurrencyStatus: {
    verb: "POST",
    path: "/work_queues/:id/concurrency_status",
    tag,
    summary: "Who holds the slots of a queue",
    ...byId,
    body: schemas.workQueueSlotsBody,
    answers: { 200: schemas.workQueueSlotsPage },
  },
  readTaskWorkers: {
    verb: "POST",
    path: "/task_workers/filter",
    tag,
    summary: "Workers of background tasks that are there",
    body: readTaskWorkersBody,
    answers: { 200: z.array(taskWorkerResponse) },
  },
} as const satisfies Record<string, PrefectRoute>;
