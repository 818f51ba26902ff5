import * as z from "zod";
import type { PrefectRoute } from "../routes-table-types.ts";
import { count } from "../schemas/common.ts";
import * as schemas from "../schemas/deployments.ts";
import { flowRunResponse } from "../schemas/flow-runs.ts";
import { deploymentSchedule, deploymentScheduleCreate, deploymentScheduleUpdate } from "../schemas/schedules.ts";
import { workQueue } from "../schemas/work-queues.ts";
import { uuid } from "../schemas/common.ts";
import { byId } from "./path-params.ts";

const nameParams = z.object({ flow_name: z.string(), deployment_name: z.string() });
const scheduleParams = byId.params.extend({ schedule_id: uuid });

const tag = "Deployments";

export const deploymentRoutes = {
  createDeployment: {
    verb: "POST",
    path: "/deployments/",
    tag,
    summary: "Makes a deployment of a flow, or replaces the one that has the name",
    body: schemas.deploymentCreate,
    answers: { 200: schemas.deploymentResponse, 201: schemas.deploymentResponse },
  },
  readDeployment: {
    verb: "GET",
    path: "/deployments/:id",
    tag,
    summary: "A deployment",
    ...byId,
    answers: { 200: schemas.deploymentResponse },
  },
  readDeploymentByName: {
    verb: "GET",
    path: "/deployments/name/:flow_name/:deployment_name",
    tag,
    summary: "A deployment by its name and its flow's",
    params: nameParams,
    answers: { 200: schemas.deploymentResponse },
  },
  updateDeployment: {
    verb: "PATCH",
    path: "/deployments/:id",
    tag,
    summary: "Changes what is given of a deployment",
    ...byId,
    body: schemas.deploymentUpdate,
    answers: { 204: null },
  },
  deleteDeployment: {
    verb: "DELETE",
    path: "/deployments/:id",
    tag,
    summary: "Deletes a deployment and its runs that are to come",
    ...byId,
    answers: { 204: null },
  },
  pauseDeployment: {
    verb: "POST",
    path: "/deployments/:id/pause_deployment",
    tag,
    summary: "Stops the schedules of a deployment, and drops the runs that they have made",
    ...byId,
    answers: { 200: z.null() },
  },
  resumeDeployment: {
    verb: "POST",
    path: "/deployments/:id/resume_deployment",
    tag,
    summary: "Lets the schedules of a deployment go on",
    ...byId,
    answers: { 200: z.null() },
  },
  createFlowRunFromDeployment: {
    verb: "POST",
    path: "/deployments/:id/create_flow_run",
    tag,
    summary: "Makes a run of a deployment, or gives the one that has the idempotency key",
    ...byId,
    body: schemas.deploymentFlowRunCreate,
    answers: { 200: flowRunResponse, 201: flowRunResponse },
  },
  bulkCreateFlowRunsFromDeployment: {
    verb: "POST",
    path: "/deployments/:id/create_flow_run/bulk",
    tag,
    summary: "Makes several runs of a deployment, and says for each how it went",
    ...byId,
    body: z.array(schemas.deploymentFlowRunCreate),
    answers: { 200: schemas.flowRunsCreated },
  },
  scheduleDeployment: {
    verb: "POST",
    path: "/deployments/:id/schedule",
    tag,
    summary: "Makes the runs that a deployment's schedules have in a window",
    ...byId,
    body: schemas.scheduleDeploymentBody,
    answers: { 200: z.null() },
  },
  getScheduledFlowRunsForDeployments: {
    verb: "POST",
    path: "/deployments/get_scheduled_flow_runs",
    tag,
    summary: "Runs that are due, for a process that serves deployments",
    body: schemas.scheduledRunsOfDeploymentsBody,
    answers: { 200: z.array(flowRunResponse) },
  },
  readDeployments: {
    verb: "POST",
    path: "/deployments/filter",
    tag,
    summary: "Deployments that match",
    body: schemas.readDeploymentsBody,
    answers: { 200: z.array(schemas.deploymentResponse) },
  },
  paginateDeployments: {
    verb: "POST",
    path: "/deployments/paginate",
    tag,
    summary: "A page of deployments that match",
    body: schemas.paginateDeploymentsBody,
    answers: { 200: schemas.deploymentPage },
  },
  countDeployments: {
    verb: "POST",
    path: "/deployments/count",
    tag,
    summary: "How many deployments match",
    body: schemas.countDeploymentsBody,
    answers: { 200: count },
  },
  bulkDeleteDeployments: {
    verb: "POST",
    path: "/deployments/bulk_delete",
    tag,
    summary: "Deletes deployments that match",
    body: schemas.bulkDeleteDeploymentsBody,
    answers: { 200: schemas.deploymentsDeleted },
  },
  workQueueCheckForDeployment: {
    verb: "GET",
    path: "/deployments/:id/work_queue_check",
    tag,
    summary: "Queues that could serve a deployment",
    ...byId,
    answers: { 200: z.array(workQueue) },
  },
  readDeploymentSchedules: {
    verb: "GET",
    path: "/deployments/:id/schedules",
    tag,
    summary: "The schedules of a deployment",
    ...byId,
    answers: { 200: z.array(deploymentSchedule) },
  },
  createDeploymentSchedules: {
    verb: "POST",
    path: "/deployments/:id/schedules",
    tag,
    summary: "Gives a deployment more schedules",
    ...byId,
    body: z.array(deploymentScheduleCreate),
    answers: { 201: z.array(deploymentSchedule) },
  },
  updateDeploymentSchedule: {
    verb: "PATCH",
    path: "/deployments/:id/schedules/:schedule_id",
    tag,
    summary: "Changes what is given of a schedule",
    params: scheduleParams,
    body: deploymentScheduleUpdate,
    answers: { 204: null },
  },
  deleteDeploymentSchedule: {
    verb: "DELETE",
    path: "/deployments/:id/schedules/:schedule_id",
    tag,
    summary: "Deletes a schedule",
    params: scheduleParams,
    answers: { 204: null },
  },
} as const satisfies Record<string, PrefectRoute>;
