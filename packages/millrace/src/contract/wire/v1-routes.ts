/**
 * The routes of /v1: each call of v1-calls.ts with the schemas of its arguments and its answer. Validation, the client and
 * the OpenAPI document come from this one table; a method of Api without a route does not compile.
 */

import * as z from "zod";
import type { Api } from "../api.ts";
import type { ErrorCode } from "../errors.ts";
import type { AnyObject, NewObject, ObjectChange, ObjectKind, Variable } from "../objects.ts";
import { serverKinds } from "../query.ts";
import type { Page } from "../records.ts";
import {
  flowRun,
  flowRunChange,
  flowRunClaim,
  flowRunFilter,
  flowRunRow,
  flowRunSort,
  resolvedId,
  stateCounts,
} from "./schemas/flow-run.ts";
import {
  account,
  accountChange,
  apiKey,
  apiKeyFilter,
  auditEntry,
  auditFilter,
  madeApiKey,
  newAccount,
  newApiKey,
} from "./schemas/access.ts";
import {
  durationHistory,
  durationHistoryRequest,
  eventGroup,
  eventGroupsRequest,
  eventHistoryCell,
  eventHistoryRequest,
  fieldCount,
  runHistoryCell,
  runHistoryRequest,
  runMeasures,
  runSubject,
  seenState,
  timeline,
  timelineRequest,
} from "./schemas/aggregates.ts";
import { failedRuns, failedRunsRequest, failureGroups, failureGroupsRequest } from "./schemas/failures.ts";
import {
  deploymentSummary,
  deploymentSummaryRequest,
  flowSummary,
  flowSummaryRequest,
  taskGrid,
  taskGridRequest,
} from "./schemas/flow-trends.ts";
import { leaseDuration, slotAnswer, slotDemand, slotReturn } from "./schemas/concurrency.ts";
import { runGraph, runGraphRequest } from "./schemas/run-graph.ts";
import { flowRunProposal, proposalOutcome, recordBatch, recordOutcome } from "./schemas/record.ts";
import {
  artifact,
  artifactFilter,
  artifactRow,
  eventFilter,
  logFilter,
  pageOf,
  pageRequest,
  storedEvent,
  storedLogLine,
} from "./schemas/records.ts";
import { anyNewObject, anyObject, anyObjectChange, objectKind, objectQuery, objectSchemas } from "./schemas/objects.ts";
import {
  deployment,
  deploymentChange,
  deploymentToSave,
  deploymentVersion,
  draftSchedule,
  runSubmission,
  savedDeployment,
  schedule,
  scheduleChange,
  scheduledRun,
  scheduleToSave,
  scheduleWindow,
  submittedRun,
  versionNumber,
} from "./schemas/deployments.ts";
import { answeredPause, answerToPause, inboxFilter, inboxItem, pauseAnswer } from "./schemas/inbox.ts";
import {
  automationTrial,
  strictTrial,
  flowRunsChange,
  flowRunsChanged,
  keptEvaluation,
  logMatches,
  logSearch,
  trialReport,
} from "./schemas/long-questions.ts";
import { condition, idKind, subject } from "./schemas/query.ts";
import {
  dueRunsOfDeploymentsRequest,
  dueRunsRequest,
  queueUse,
  worker,
  workerHeartbeat,
  workPool,
  workPoolChange,
  workPoolToMake,
  workQueue,
  workQueueChange,
  workQueueToMake,
} from "./schemas/work.ts";
import { uuid } from "./schemas/ids.ts";
import { cacheEntry, taskCount, taskRun, taskRunFilter, taskRunSort } from "./schemas/task-run.ts";
import { usedThing, uses } from "./schemas/uses.ts";
import { waitReport } from "./schemas/waiting.ts";
import {
  executorProcess,
  processToRegister,
  runInput,
  runInputToSend,
  sealedSecret,
  secretName,
  secretToWrite,
  slotRequest,
  valueFault,
  valuesToCheck,
  variableToWrite,
} from "./schemas/values.ts";
import { type ApiMethod, v1Calls, type V1Call } from "./v1-calls.ts";
import {
  member,
  memberChange,
  memberFilter,
  newWorkspace,
  workspace,
  workspaceChange,
  workspaceDeletion,
} from "./schemas/workspaces.ts";

/** `Keys` has the arguments' places, `Args` their types, undefined for those that may be left out. */
type SchemaOfEach<Keys extends readonly unknown[], Args extends readonly unknown[]> = {
  readonly [Index in keyof Keys]: z.ZodType<Index extends keyof Args ? Args[Index] : never>;
};

export interface V1Route<Method extends ApiMethod = ApiMethod> extends V1Call<Method> {
  /** A schema for each argument, in order. */
  readonly args: SchemaOfEach<Required<Parameters<Api[Method]>>, Parameters<Api[Method]>>;
  /** Of the answer, where it is not an error; void: there is no body. */
  readonly answer: z.ZodType<Awaited<ReturnType<Api[Method]>>>;
  /** What it does, in a line. */
  readonly summary: string;
  /** The errors that are particular to it. */
  readonly errors: readonly ErrorCode[];
  /** What the arguments must meet together, once each is right by itself. */
  readonly check?: (...args: Parameters<Api[Method]>) => z.ZodSafeParseResult<unknown>;
  /** What the OpenAPI document says of arguments, by their places in the list, where `check` asks for more than `args`. */
  readonly described?: Readonly<Record<number, z.ZodType>>;
  /** The largest body, in bytes. Default 1 MiB. */
  readonly maxBodyBytes?: number;
}

const id = z.string();
const page = pageRequest.optional();
const nothing = z.void();

const variable = objectSchemas.variable.whole as unknown as z.ZodType<Variable>;

/** A batch holds up to 1,000 task runs, each with results kept inline. */
const maxRecordBytes = 16 * 2 ** 20;

/** A template of a pool or the schema of a block can be long. */
const maxObjectBytes = 4 * 2 ** 20;

const invalidParts = [
  "SCHEDULE_INVALID",
  "PARAMETER_SCHEMA_INVALID",
  "VARIABLE_NAME_INVALID",
  "VARIABLE_INVALID",
] as const;

/** What the server keeps for itself can be read here, and changes with what it belongs to. */
const kept: ReadonlySet<ObjectKind> = new Set(serverKinds);

/** Null for a kind that people make. */
function refuseKept(kind: ObjectKind): z.ZodSafeParseResult<unknown> | null {
  return kept.has(kind)
    ? z.never(`each ${kind} is made, changed and deleted by the server itself`).safeParse(kind)
    : null;
}

export const v1Routes: { readonly [Method in ApiMethod]: V1Route<Method> } = {
  record: {
    ...v1Calls.record,
    args: [recordBatch],
    answer: recordOutcome,
    summary: "Record what an executing process has to say, in one transaction",
    errors: ["LEDGER_BUSY", "LEDGER_FULL", "DATABASE_UNREACHABLE"],
    maxBodyBytes: maxRecordBytes,
  },

  readFlowRun: {
    ...v1Calls.readFlowRun,
    args: [id],
    answer: flowRun.nullable(),
    summary: "A flow run",
    errors: ["RUN_NOT_FOUND"],
  },
  listFlowRuns: {
    ...v1Calls.listFlowRuns,
    args: [flowRunFilter, flowRunSort.optional(), page],
    answer: pageOf(flowRun),
    summary: "Flow runs by a filter, a page at a time",
    errors: [],
  },
  listFlowRunRows: {
    ...v1Calls.listFlowRunRows,
    args: [flowRunFilter, flowRunSort.optional(), page],
    answer: pageOf(flowRunRow),
    summary: "Flow runs by a filter as short rows, a page at a time",
    errors: [],
  },
  countFlowRuns: {
    ...v1Calls.countFlowRuns,
    args: [flowRunFilter],
    answer: stateCounts,
    summary: "How many flow runs of a filter are in each type of state",
    errors: [],
  },
  resolveId: {
    ...v1Calls.resolveId,
    args: [id, idKind.optional()],
    answer: resolvedId,
    summary: "The full id of a run, an artifact or an object from its start",
    errors: ["RUN_NOT_FOUND", "RUN_ID_AMBIGUOUS"],
  },
  changeFlowRuns: {
    ...v1Calls.changeFlowRuns,
    args: [flowRunsChange],
    answer: flowRunsChanged,
    summary:
      "Cancel, retry, resume or delete the flow runs that meet a condition, some of them a call; or say what would become of each",
    errors: ["USAGE"],
  },
  proposeFlowRunState: {
    ...v1Calls.proposeFlowRunState,
    args: [flowRunProposal],
    answer: proposalOutcome,
    summary: "Propose a state for a flow run",
    errors: ["LEDGER_BUSY"],
  },
  claimFlowRun: {
    ...v1Calls.claimFlowRun,
    args: [flowRunClaim],
    answer: flowRun,
    summary: "Take a flow run for a process, to execute it from the top",
    errors: ["RUN_NOT_FOUND", "RUN_OWNED", "RUN_NOT_RESUMABLE"],
  },
  updateFlowRun: {
    ...v1Calls.updateFlowRun,
    args: [id, flowRunChange],
    answer: flowRun.nullable(),
    summary: "Change what is not the state of a flow run",
    errors: ["RUN_NOT_FOUND", "JOB_VARIABLES_INVALID"],
  },
  deleteFlowRun: {
    ...v1Calls.deleteFlowRun,
    args: [id],
    answer: z.boolean(),
    summary: "Delete a flow run with all that belongs to it; false when there is none",
    errors: [],
  },
  whyWaiting: {
    ...v1Calls.whyWaiting,
    args: [id],
    answer: waitReport,
    summary: "Why a flow run is not running",
    errors: ["RUN_NOT_FOUND"],
  },

  readTaskRun: {
    ...v1Calls.readTaskRun,
    args: [id],
    answer: taskRun.nullable(),
    summary: "A task run",
    errors: ["RUN_NOT_FOUND"],
  },
  listTaskRuns: {
    ...v1Calls.listTaskRuns,
    args: [taskRunFilter, page, taskRunSort.optional()],
    answer: pageOf(taskRun),
    summary: "Task runs by a filter, a page at a time",
    errors: [],
  },
  renameTaskRun: {
    ...v1Calls.renameTaskRun,
    args: [id, z.string()],
    answer: z.boolean(),
    summary: "Give a task run another name; false when there is none",
    errors: [],
  },
  deleteTaskRun: {
    ...v1Calls.deleteTaskRun,
    args: [id],
    answer: z.boolean(),
    summary: "Delete a task run with its logs and artifacts; false when there is none",
    errors: [],
  },
  countTaskRuns: {
    ...v1Calls.countTaskRuns,
    args: [id],
    answer: z.array(taskCount),
    summary: "How many task runs of each task of a flow run are in each state",
    errors: [],
  },
  readRecords: {
    ...v1Calls.readRecords,
    args: [id, z.string().optional()],
    answer: z.array(taskRun),
    summary: "Every task run of a flow run, or of one parent in it, in the order first seen",
    errors: [],
  },
  readCacheEntry: {
    ...v1Calls.readCacheEntry,
    args: [z.string()],
    answer: cacheEntry.nullable(),
    summary: "What the cache holds under a key",
    errors: ["NOT_FOUND"],
  },
  keepOnce: {
    ...v1Calls.keepOnce,
    args: [cacheEntry.pick({ key: true, result: true }).extend({ taskRunId: uuid })],
    answer: cacheEntry,
    summary: "Keep a result under a key for ever, unless one is kept there; what is kept",
    errors: [],
  },
  dropKept: {
    ...v1Calls.dropKept,
    args: [z.string(), z.string()],
    answer: z.boolean(),
    summary: "Keep no longer what a task run has kept under a key",
    errors: [],
  },

  listLogs: {
    ...v1Calls.listLogs,
    args: [logFilter, page],
    answer: pageOf(storedLogLine),
    summary: "Log lines by a filter, a page at a time",
    errors: [],
  },
  searchLogs: {
    ...v1Calls.searchLogs,
    args: [logSearch],
    answer: logMatches,
    summary: "Where in a list of log lines the matches are",
    errors: ["USAGE"],
  },
  listArtifacts: {
    ...v1Calls.listArtifacts,
    args: [artifactFilter, page],
    answer: pageOf(artifact),
    summary: "Artifacts by a filter, a page at a time",
    errors: [],
  },
  listArtifactRows: {
    ...v1Calls.listArtifactRows,
    args: [artifactFilter, page],
    answer: pageOf(artifactRow),
    summary: "Artifacts as rows of a list, with the start of what they hold and its size",
    errors: [],
  },
  deleteArtifact: {
    ...v1Calls.deleteArtifact,
    args: [id],
    answer: z.boolean(),
    summary: "Delete an artifact; false when there is none",
    errors: [],
  },
  listEvents: {
    ...v1Calls.listEvents,
    args: [eventFilter, page],
    answer: pageOf(storedEvent),
    summary: "Events after a sequence number, a page at a time",
    errors: [],
  },

  count: {
    ...v1Calls.count,
    args: [subject, condition],
    answer: z.number(),
    summary: "How many there are of a noun that meet a condition",
    errors: [],
  },
  countBy: {
    ...v1Calls.countBy,
    args: [subject, z.string(), condition],
    answer: z.array(fieldCount),
    summary: "How many there are of a noun with each value of a field, the most frequent first",
    errors: ["USAGE"],
  },
  readRunHistory: {
    ...v1Calls.readRunHistory,
    args: [runHistoryRequest],
    answer: z.array(runHistoryCell),
    summary: "Runs by interval and state: how many, how long they ran and how late they were",
    errors: ["USAGE"],
  },
  readDurationHistory: {
    ...v1Calls.readDurationHistory,
    args: [durationHistoryRequest],
    answer: durationHistory,
    summary: "How long flow runs took that completed, by the interval that they began in: half and 95 % of them",
    errors: ["USAGE"],
  },
  readEventHistory: {
    ...v1Calls.readEventHistory,
    args: [eventHistoryRequest],
    answer: z.array(eventHistoryCell),
    summary: "How many events there were in each part of a time, and how many of them tell of failures",
    errors: ["USAGE"],
  },
  groupEvents: {
    ...v1Calls.groupEvents,
    args: [eventGroupsRequest],
    answer: z.array(eventGroup),
    summary: "How many events there were of each name, or of each thing that they happened to",
    errors: ["USAGE"],
  },
  measureRuns: {
    ...v1Calls.measureRuns,
    args: [runSubject, condition],
    answer: runMeasures,
    summary: "How many runs there are, how long they ran and how late they were in all",
    errors: ["USAGE"],
  },
  listSeenStates: {
    ...v1Calls.listSeenStates,
    args: [],
    answer: z.array(seenState),
    summary: "The states that runs have had, by their names",
    errors: [],
  },
  readTimeline: {
    ...v1Calls.readTimeline,
    args: [timelineRequest],
    answer: timeline,
    summary: "The task runs of a flow run as columns, or their density where there are too many",
    errors: ["RUN_NOT_FOUND", "USAGE"],
  },
  readRunGraph: {
    ...v1Calls.readRunGraph,
    args: [runGraphRequest],
    answer: runGraph,
    summary: "What depends on what in a flow run, by its tasks",
    errors: ["RUN_NOT_FOUND"],
  },
  summarizeFlows: {
    ...v1Calls.summarizeFlows,
    args: [flowSummaryRequest],
    answer: pageOf(flowSummary),
    summary: "How the newest runs of each flow have done, a page of flows at a time",
    errors: ["USAGE"],
  },
  summarizeDeployments: {
    ...v1Calls.summarizeDeployments,
    args: [deploymentSummaryRequest],
    answer: z.array(deploymentSummary),
    summary: "The newest runs of each deployment, and when its next one is due",
    errors: ["USAGE"],
  },
  readTaskGrid: {
    ...v1Calls.readTaskGrid,
    args: [taskGridRequest],
    answer: taskGrid,
    summary: "The tasks of a flow over its newest runs, as columns",
    errors: ["USAGE"],
  },
  groupFailures: {
    ...v1Calls.groupFailures,
    args: [failureGroupsRequest],
    answer: failureGroups,
    summary: "Failures of flow runs and of their task runs by what is the same in them, a page of groups at a time",
    errors: ["USAGE"],
  },
  listFailedRuns: {
    ...v1Calls.listFailedRuns,
    args: [failedRunsRequest],
    answer: failedRuns,
    summary: "The flow runs of one group of failures, the last failed first",
    errors: ["USAGE"],
  },
  readObject: {
    ...v1Calls.readObject,
    args: [objectKind, id],
    answer: anyObject.nullable() as unknown as z.ZodType<AnyObject | null>,
    summary: "An object of a kind",
    errors: ["NOT_FOUND"],
  },
  listObjects: {
    ...v1Calls.listObjects,
    args: [objectKind, objectQuery.optional(), page],
    answer: pageOf(anyObject) as unknown as z.ZodType<Page<AnyObject>>,
    summary: "Objects of a kind by a condition, a page at a time",
    errors: [],
  },
  createObject: {
    ...v1Calls.createObject,
    args: [objectKind, z.record(z.string(), z.unknown()) as unknown as z.ZodType<NewObject<ObjectKind>>],
    check: (kind, object) => refuseKept(kind) ?? objectSchemas[kind].created.safeParse(object),
    described: { 1: anyNewObject },
    answer: anyObject as unknown as z.ZodType<AnyObject>,
    summary: "Make an object of a kind",
    errors: ["OBJECT_EXISTS", "OBJECT_INVALID", ...invalidParts],
    maxBodyBytes: maxObjectBytes,
  },
  updateObject: {
    ...v1Calls.updateObject,
    args: [
      objectKind,
      id,
      z.record(z.string(), z.unknown()) as unknown as z.ZodType<ObjectChange<ObjectKind>>,
      z.number().optional(),
    ],
    check: (kind, _id, change) => refuseKept(kind) ?? objectSchemas[kind].change.safeParse(change),
    described: { 2: anyObjectChange },
    answer: anyObject.nullable() as unknown as z.ZodType<AnyObject | null>,
    summary: "Change fields of an object, of its last revision if one is given",
    errors: ["NOT_FOUND", "OBJECT_EXISTS", "OBJECT_INVALID", "REVISION_CONFLICT", ...invalidParts],
    maxBodyBytes: maxObjectBytes,
  },
  tryAutomation: {
    ...v1Calls.tryAutomation,
    args: [automationTrial],
    check: (trial) => strictTrial.safeParse(trial),
    described: { 0: strictTrial },
    answer: trialReport,
    summary: "What an automation would have done with the events that are recorded",
    errors: ["NOT_FOUND", "OBJECT_INVALID", "USAGE"],
  },
  listEvaluations: {
    ...v1Calls.listEvaluations,
    args: [id],
    answer: z.array(keptEvaluation),
    summary: "What an automation was evaluated to and why, the last one first",
    errors: [],
  },
  findUses: {
    ...v1Calls.findUses,
    args: [usedThing],
    answer: uses,
    summary: "What refers to a block or a variable, and where",
    errors: ["NOT_FOUND"],
  },
  deleteObject: {
    ...v1Calls.deleteObject,
    args: [objectKind, id],
    check: (kind) => refuseKept(kind) ?? nothing.safeParse(undefined),
    answer: z.boolean(),
    summary: "Delete an object; false when there is none",
    errors: ["OBJECT_INVALID"],
  },

  submitRun: {
    ...v1Calls.submitRun,
    args: [runSubmission],
    answer: submittedRun,
    summary: "Make a run of a deployment, also one that runs another again, from a step on",
    errors: [
      "NOT_FOUND",
      "RUN_NOT_FOUND",
      "RUN_NOT_RESUMABLE",
      "PARAMETERS_INVALID",
      "PARAMETERS_TOO_LARGE",
      "PARAMETER_SCHEMA_INVALID",
      "JOB_VARIABLES_INVALID",
    ],
  },
  saveDeployment: {
    ...v1Calls.saveDeployment,
    args: [deploymentToSave],
    answer: savedDeployment,
    summary: "Make a deployment, or change the one of its names",
    errors: [
      "SCHEDULE_INVALID",
      "OBJECT_EXISTS",
      "OBJECT_INVALID",
      "JOB_VARIABLES_INVALID",
      "PARAMETER_SCHEMA_INVALID",
    ],
    maxBodyBytes: maxObjectBytes,
  },
  updateDeployment: {
    ...v1Calls.updateDeployment,
    args: [id, deploymentChange, z.number().optional()],
    answer: deployment.nullable(),
    summary: "Change fields of a deployment, of its last revision if one is given",
    errors: [
      "NOT_FOUND",
      "OBJECT_EXISTS",
      "OBJECT_INVALID",
      "REVISION_CONFLICT",
      "JOB_VARIABLES_INVALID",
      "PARAMETER_SCHEMA_INVALID",
    ],
    maxBodyBytes: maxObjectBytes,
  },
  pauseDeployment: {
    ...v1Calls.pauseDeployment,
    args: [id],
    answer: deployment.nullable(),
    summary: "Stop the schedules of a deployment, and drop the runs that they have made",
    errors: ["NOT_FOUND"],
  },
  resumeDeployment: {
    ...v1Calls.resumeDeployment,
    args: [id],
    answer: deployment.nullable(),
    summary: "Let the schedules of a deployment go on",
    errors: ["NOT_FOUND"],
  },
  listDeploymentVersions: {
    ...v1Calls.listDeploymentVersions,
    args: [id, page],
    answer: pageOf(deploymentVersion),
    summary: "What the runs of a deployment were made of, the newest version first",
    errors: ["NOT_FOUND"],
  },
  readDeploymentVersion: {
    ...v1Calls.readDeploymentVersion,
    args: [id, versionNumber],
    answer: deploymentVersion.nullable(),
    summary: "A version of a deployment",
    errors: ["NOT_FOUND"],
  },
  rollBackDeployment: {
    ...v1Calls.rollBackDeployment,
    args: [id, versionNumber],
    answer: deployment.nullable(),
    summary: "Make a deployment again what it was in a version, as a new version",
    errors: ["NOT_FOUND", "DEPLOYMENT_INVALID"],
  },
  deleteDeployment: {
    ...v1Calls.deleteDeployment,
    args: [id],
    answer: z.boolean(),
    summary: "Delete a deployment with its schedules and the runs that have not begun; false when there is none",
    errors: [],
  },
  createSchedule: {
    ...v1Calls.createSchedule,
    args: [id, scheduleToSave],
    answer: schedule,
    summary: "Give a deployment one more schedule",
    errors: ["NOT_FOUND", "SCHEDULE_INVALID", "OBJECT_EXISTS"],
  },
  updateSchedule: {
    ...v1Calls.updateSchedule,
    args: [id, scheduleChange, z.number().optional()],
    answer: schedule.nullable(),
    summary: "Change fields of a schedule",
    errors: ["REVISION_CONFLICT", "NOT_FOUND", "SCHEDULE_INVALID", "OBJECT_EXISTS"],
  },
  deleteSchedule: {
    ...v1Calls.deleteSchedule,
    args: [id],
    answer: z.boolean(),
    summary: "Delete a schedule and the runs that it has made; false when there is none",
    errors: [],
  },
  scheduleRuns: {
    ...v1Calls.scheduleRuns,
    args: [scheduleWindow],
    answer: z.array(scheduledRun),
    summary: "Make the runs that a deployment's schedules have in a window, or say which these are",
    errors: ["NOT_FOUND"],
  },
  upcoming: {
    ...v1Calls.upcoming,
    args: [draftSchedule],
    answer: z.array(z.number()),
    summary: "When a schedule would be due",
    errors: ["SCHEDULE_INVALID"],
  },

  createWorkPool: {
    ...v1Calls.createWorkPool,
    args: [workPoolToMake],
    answer: workPool,
    summary: "Make a work pool with its default queue",
    errors: ["OBJECT_EXISTS", "JOB_TEMPLATE_INVALID", "NOT_FOUND"],
    maxBodyBytes: maxObjectBytes,
  },
  updateWorkPool: {
    ...v1Calls.updateWorkPool,
    args: [id, workPoolChange, z.number().optional()],
    answer: workPool.nullable(),
    summary: "Change fields of a work pool",
    errors: ["REVISION_CONFLICT", "NOT_FOUND", "OBJECT_EXISTS", "JOB_TEMPLATE_INVALID"],
    maxBodyBytes: maxObjectBytes,
  },
  createWorkQueue: {
    ...v1Calls.createWorkQueue,
    args: [workQueueToMake],
    answer: workQueue,
    summary: "Make a queue in a work pool",
    errors: ["OBJECT_EXISTS", "NOT_FOUND"],
  },
  updateWorkQueue: {
    ...v1Calls.updateWorkQueue,
    args: [id, workQueueChange, z.number().optional()],
    answer: workQueue.nullable(),
    summary: "Change fields of a queue",
    errors: ["REVISION_CONFLICT", "NOT_FOUND", "OBJECT_EXISTS"],
  },
  findDueRuns: {
    ...v1Calls.findDueRuns,
    args: [dueRunsRequest],
    answer: z.array(flowRun),
    summary: "Runs for a worker to start now",
    errors: ["NOT_FOUND"],
  },
  findDueRunsOfDeployments: {
    ...v1Calls.findDueRunsOfDeployments,
    args: [dueRunsOfDeploymentsRequest],
    answer: z.array(flowRun),
    summary: "Runs to start now, for a process that serves deployments",
    errors: [],
  },
  countActiveRuns: {
    ...v1Calls.countActiveRuns,
    args: [z.array(id)],
    answer: z.array(queueUse),
    summary: "How many slots of queues are taken",
    errors: [],
  },
  heartbeatWorker: {
    ...v1Calls.heartbeatWorker,
    args: [workerHeartbeat],
    answer: worker,
    summary: "Say that a worker is there",
    errors: ["NOT_FOUND"],
  },
  tellReadiness: {
    ...v1Calls.tellReadiness,
    args: [],
    answer: z.number(),
    summary: "Tell of pools, queues and deployments that began or ceased to be served; of how many",
    errors: [],
  },

  readVariable: {
    ...v1Calls.readVariable,
    args: [z.string()],
    answer: variable.nullable(),
    summary: "A variable",
    errors: ["NOT_FOUND"],
  },
  listVariables: {
    ...v1Calls.listVariables,
    args: [page],
    answer: pageOf(variable),
    summary: "Variables, a page at a time",
    errors: [],
  },
  writeVariable: {
    ...v1Calls.writeVariable,
    args: [variableToWrite, z.number().optional()],
    answer: variable,
    summary: "Set a variable",
    errors: ["NOT_FOUND", "REVISION_CONFLICT", "VARIABLE_NAME_INVALID", "VARIABLE_INVALID"],
  },
  deleteVariable: {
    ...v1Calls.deleteVariable,
    args: [z.string()],
    answer: z.boolean(),
    summary: "Delete a variable; false when there is none",
    errors: [],
  },
  readSecret: {
    ...v1Calls.readSecret,
    args: [z.string()],
    answer: sealedSecret.nullable(),
    summary: "A secret as it is kept: ciphertext, which only the holder of the key can open",
    errors: ["NOT_FOUND"],
  },
  listSecrets: {
    ...v1Calls.listSecrets,
    args: [],
    answer: z.array(secretName),
    summary: "The names of all secrets",
    errors: [],
  },
  writeSecret: {
    ...v1Calls.writeSecret,
    args: [secretToWrite],
    answer: nothing,
    summary: "Set a secret, which the caller has sealed",
    errors: [],
  },
  deleteSecret: {
    ...v1Calls.deleteSecret,
    args: [z.string()],
    answer: z.boolean(),
    summary: "Delete a secret; false when there is none",
    errors: [],
  },

  listAccounts: {
    ...v1Calls.listAccounts,
    args: [page],
    answer: pageOf(account),
    summary: "Accounts, by their names",
    errors: [],
  },
  createAccount: {
    ...v1Calls.createAccount,
    args: [newAccount],
    answer: account,
    summary: "Make an account",
    errors: ["OBJECT_INVALID", "OBJECT_EXISTS"],
  },
  updateAccount: {
    ...v1Calls.updateAccount,
    args: [id, accountChange, z.number().optional()],
    answer: account.nullable(),
    summary: "Change an account's role or password, or keep it out",
    errors: ["REVISION_CONFLICT", "NOT_FOUND", "OBJECT_INVALID"],
  },
  deleteAccount: {
    ...v1Calls.deleteAccount,
    args: [id],
    answer: z.boolean(),
    summary: "Delete an account with its keys and sessions; false when there is none",
    errors: ["OBJECT_INVALID"],
  },
  listApiKeys: {
    ...v1Calls.listApiKeys,
    args: [apiKeyFilter, page],
    answer: pageOf(apiKey),
    summary: "API keys, the newest first",
    errors: [],
  },
  createApiKey: {
    ...v1Calls.createApiKey,
    args: [newApiKey],
    answer: madeApiKey,
    summary: "Make an API key, whose text is told this once",
    errors: ["NOT_FOUND", "OBJECT_INVALID"],
  },
  deleteApiKey: {
    ...v1Calls.deleteApiKey,
    args: [id],
    answer: z.boolean(),
    summary: "Revoke an API key; false when there is none",
    errors: [],
  },
  listAuditEntries: {
    ...v1Calls.listAuditEntries,
    args: [auditFilter, page],
    answer: pageOf(auditEntry),
    summary: "What was changed and what was denied, the newest first",
    errors: [],
  },

  listWorkspaces: {
    ...v1Calls.listWorkspaces,
    args: [page],
    answer: pageOf(workspace),
    summary: "Workspaces, by their names",
    errors: [],
  },
  createWorkspace: {
    ...v1Calls.createWorkspace,
    args: [newWorkspace],
    answer: workspace,
    summary: "Make a workspace",
    errors: ["OBJECT_INVALID", "OBJECT_EXISTS"],
  },
  updateWorkspace: {
    ...v1Calls.updateWorkspace,
    args: [id, workspaceChange, z.number().optional()],
    answer: workspace.nullable(),
    summary: "Give a workspace another name or description",
    errors: ["REVISION_CONFLICT", "NOT_FOUND", "OBJECT_INVALID", "OBJECT_EXISTS"],
  },
  deleteWorkspace: {
    ...v1Calls.deleteWorkspace,
    args: [id, workspaceDeletion],
    answer: workspace.nullable(),
    summary: "Delete a workspace: it can be restored for a while",
    errors: ["NOT_FOUND", "OBJECT_INVALID"],
  },
  restoreWorkspace: {
    ...v1Calls.restoreWorkspace,
    args: [id],
    answer: workspace.nullable(),
    summary: "Restore a workspace that was deleted",
    errors: ["NOT_FOUND", "OBJECT_INVALID"],
  },
  listMembers: {
    ...v1Calls.listMembers,
    args: [memberFilter, page],
    answer: pageOf(member),
    summary: "Who may enter which workspace, by the names of the accounts",
    errors: [],
  },
  setMember: {
    ...v1Calls.setMember,
    args: [memberChange],
    answer: z.boolean(),
    summary: "Let an account into a workspace, or take it out; false when it was not in",
    errors: ["NOT_FOUND", "OBJECT_INVALID"],
  },

  sendRunInput: {
    ...v1Calls.sendRunInput,
    args: [runInputToSend],
    answer: z.boolean(),
    summary: "Send a value to a run; false when an input of this id was known",
    errors: ["RUN_NOT_FOUND", "ANSWER_NOT_ALLOWED"],
  },
  listRunInputs: {
    ...v1Calls.listRunInputs,
    args: [id, z.string().optional()],
    answer: z.array(runInput),
    summary: "The values sent to a run, of one key or of all",
    errors: [],
  },

  deleteRunInputs: {
    ...v1Calls.deleteRunInputs,
    args: [id, z.string()],
    answer: z.boolean(),
    summary: "Delete the values that were sent to a run under a key; false when there are none",
    errors: [],
  },
  listInbox: {
    ...v1Calls.listInbox,
    args: [inboxFilter.optional(), page],
    answer: pageOf(inboxItem),
    summary: "What waits for people: questions of paused runs, with their forms, a page at a time",
    errors: [],
  },
  readInboxItem: {
    ...v1Calls.readInboxItem,
    args: [id],
    answer: inboxItem.nullable(),
    summary: "What a run, or a subflow of it, asks of people",
    errors: ["RUN_NOT_FOUND", "NOT_FOUND"],
  },
  answerPause: {
    ...v1Calls.answerPause,
    args: [answerToPause],
    answer: answeredPause,
    summary: "Answer a run that waits for a person, and let it go on",
    errors: ["RUN_NOT_FOUND", "PAUSE_NOT_WAITING", "PAUSE_ANSWERED", "ANSWER_NOT_ALLOWED", "INPUT_INVALID"],
  },
  listAnswers: {
    ...v1Calls.listAnswers,
    args: [id],
    answer: z.array(pauseAnswer),
    summary: "What people have answered to a run, by whom and when",
    errors: ["RUN_NOT_FOUND"],
  },
  expirePause: {
    ...v1Calls.expirePause,
    args: [id],
    answer: z.boolean(),
    summary: "End a pause whose time is over; false when there is nothing to end",
    errors: [],
  },
  checkValues: {
    ...v1Calls.checkValues,
    args: [valuesToCheck],
    answer: z.array(valueFault),
    summary: "What is wrong with values by a JSON Schema, each with where it is",
    errors: ["PARAMETER_SCHEMA_INVALID"],
  },

  registerProcess: {
    ...v1Calls.registerProcess,
    args: [processToRegister],
    answer: executorProcess,
    summary: "Make a process known, as the holder of a lease",
    errors: [],
  },
  renewProcess: {
    ...v1Calls.renewProcess,
    args: [id],
    answer: z.boolean(),
    summary: "Renew a process's lease; false when it is no longer known",
    errors: [],
  },
  endProcess: {
    ...v1Calls.endProcess,
    args: [id],
    answer: nothing,
    summary: "End a process that stops in good order",
    errors: [],
  },
  readAttention: {
    ...v1Calls.readAttention,
    args: [id],
    answer: z.array(flowRun),
    summary: "The runs of a process in a state that it must hear of",
    errors: [],
  },
  expireProcesses: {
    ...v1Calls.expireProcesses,
    args: [],
    answer: z.number(),
    summary: "Mark Crashed the runs of processes that are gone; how many there were",
    errors: [],
  },
  acquireSlot: {
    ...v1Calls.acquireSlot,
    args: [slotRequest],
    answer: z.boolean(),
    summary: "Take a slot of a concurrency limit, if one is free",
    errors: [],
  },
  releaseSlot: {
    ...v1Calls.releaseSlot,
    args: [z.string(), z.string()],
    answer: nothing,
    summary: "Give a slot back",
    errors: [],
  },
  takeSlots: {
    ...v1Calls.takeSlots,
    args: [slotDemand],
    answer: slotAnswer,
    summary: "Take slots of all of some limits, or of none of them",
    errors: ["LEDGER_BUSY"],
  },
  giveBackSlots: {
    ...v1Calls.giveBackSlots,
    args: [slotReturn],
    answer: z.boolean(),
    summary:
      "Give back the slots of a lease, or some of each of some limits; false when there was nothing to give back",
    errors: ["LEDGER_BUSY"],
  },
  renewSlots: {
    ...v1Calls.renewSlots,
    args: [id, leaseDuration],
    answer: z.boolean(),
    summary: "Hold the slots of a lease for longer; false when it has ended",
    errors: [],
  },
  expireSlots: {
    ...v1Calls.expireSlots,
    args: [],
    answer: z.number(),
    summary: "Give back the slots of leases that nobody renewed; of how many",
    errors: [],
  },
};
