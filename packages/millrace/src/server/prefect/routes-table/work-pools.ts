import * as z from "zod";
import type { PrefectRoute } from "../routes-table-types.ts";
import { count } from "../schemas/common.ts";
import * as schemas from "../schemas/work-pools.ts";
import { workerFlowRunResponse } from "../schemas/flow-runs.ts";
import { readWorkersBody, workerHeartbeatBody, workerResponse } from "../schemas/workers.ts";
import { readWorkQueuesBody, workQueueCreate, workQueueResponse, workQueueUpdate } from "../schemas/work-queues.ts";
import { byName, byNameOfWorkPool, ofWorkPool } from "./path-params.ts";

const tag = "Work Pools";

export const workPoolRoutes = {
  createWorkPool: {
    verb: "POST",
    path: "/work_pools/",
    tag,
    summary: "Makes a work pool with its default queue",
    body: schemas.workPoolCreate,
    answers: { 201: schemas.workPoolResponse },
  },
  readWorkPool: {
    verb: "GET",
    path: "/work_pools/:name",
    tag,
    summary: "A work pool",
    ...byName,
    answers: { 200: schemas.workPoolResponse },
  },
  updateWorkPool: {
    verb: "PATCH",
    path: "/work_pools/:name",
    tag,
    summary: "Changes what is given of a work pool",
    ...byName,
    body: schemas.workPoolUpdate,
    answers: { 204: null },
  },
  deleteWorkPool: {
    verb: "DELETE",
    path: "/work_pools/:name",
    tag,
    summary: "Deletes a work pool and its queues",
    ...byName,
    answers: { 204: null },
  },
  readWorkPools: {
    verb: "POST",
    path: "/work_pools/filter",
    tag,
    summary: "Work pools that match",
    body: schemas.readWorkPoolsBody,
    answers: { 200: z.array(schemas.workPoolResponse) },
  },
  countWorkPools: {
    verb: "POST",
    path: "/work_pools/count",
    tag,
    summary: "How many work pools match",
    body: schemas.countWorkPoolsBody,
    answers: { 200: count },
  },
  readWorkPoolConcurrencyStatus: {
    verb: "POST",
    path: "/work_pools/:name/concurrency_status",
    tag,
    summary: "Who holds the slots of a work pool",
    ...byName,
    body: schemas.workPoolSlotsBody,
    answers: { 200: schemas.workPoolSlots },
  },
  getScheduledFlowRuns: {
    verb: "POST",
    path: "/work_pools/:name/get_scheduled_flow_runs",
    tag,
    summary: "Runs that are due, for a worker",
    ...byName,
    body: schemas.scheduledRunsOfPoolBody,
    answers: { 200: z.array(workerFlowRunResponse) },
  },
  createWorkPoolQueue: {
    verb: "POST",
    path: "/work_pools/:work_pool_name/queues",
    tag,
    summary: "Makes a queue in a work pool",
    ...ofWorkPool,
    body: workQueueCreate,
    answers: { 201: workQueueResponse },
  },
  readWorkPoolQueue: {
    verb: "GET",
    path: "/work_pools/:work_pool_name/queues/:name",
    tag,
    summary: "A queue of a work pool",
    ...byNameOfWorkPool,
    answers: { 200: workQueueResponse },
  },
  updateWorkPoolQueue: {
    verb: "PATCH",
    path: "/work_pools/:work_pool_name/queues/:name",
    tag,
    summary: "Changes what is given of a queue",
    ...byNameOfWorkPool,
    body: workQueueUpdate,
    answers: { 204: null },
  },
  deleteWorkPoolQueue: {
    verb: "DELETE",
    path: "/work_pools/:work_pool_name/queues/:name",
    tag,
    summary: "Deletes a queue of a work pool",
    ...byNameOfWorkPool,
    answers: { 204: null },
  },
  readWorkPoolQueues: {
    verb: "POST",
    path: "/work_pools/:work_pool_name/queues/filter",
    tag,
    summary: "Queues of a work pool that match",
    ...ofWorkPool,
    body: readWorkQueuesBody,
    answers: { 200: z.array(workQueueResponse) },
  },
  workerHeartbeat: {
    verb: "POST",
    path: "/work_pools/:work_pool_name/workers/heartbeat",
    tag,
    summary: "Says that a worker is there",
    ...ofWorkPool,
    body: workerHeartbeatBody,
    answers: { 204: null },
  },
  readWorkers: {
    verb: "POST",
    path: "/work_pools/:work_pool_name/workers/filter",
    tag,
    summary: "Workers of a work pool that match",
    ...ofWorkPool,
    body: readWorkersBody,
    answers: { 200: z.array(workerResponse) },
  },
  deleteWorker: {
    verb: "DELETE",
    path: "/work_pools/:work_pool_name/workers/:name",
    tag,
    summary: "Forgets a worker",
    ...byNameOfWorkPool,
    answers: { 204: null },
  },
} as const satisfies Record<string, PrefectRoute>;
