/** Schemas of contract/flow-run.ts. */

import * as z from "zod";
import { labels } from "./objects.ts";
import { uuid } from "./ids.ts";
import { jsonText } from "./json-text.ts";
import { condition, idKind } from "./query.ts";
import { recordedError, resultRef } from "./results.ts";
import { state, stateType, time } from "./states.ts";

const entrypoint = z.object({ module: z.string(), export: z.string().nullable() }).meta({ id: "Entrypoint" });

export const runEnvironment = z
  .object({
    host: z.string().exactOptional(),
    pid: z.int().exactOptional(),
    platform: z.string().exactOptional(),
    node: z.string().exactOptional(),
    millrace: z.string().exactOptional(),
    package: z.string().exactOptional(),
    cwd: z.string().exactOptional(),
    argv: z.array(z.string()).exactOptional(),
    git: z
      .object({ commit: z.string(), branch: z.string().exactOptional(), dirty: z.boolean().exactOptional() })
      .exactOptional(),
  })
  .meta({ id: "RunEnvironment" });

const adopts = z.object({ runId: z.string(), until: z.string().nullable() }).nullable();

export const flowRunExtra = z
  .object({
    labels: labels.exactOptional(),
    jobVariables: z.record(z.string(), z.unknown()).exactOptional(),
    infrastructurePid: z.string().nullable().exactOptional(),
    createdBy: z.unknown().exactOptional(),
    startedVersion: z.number().exactOptional(),
    pulledSteps: z.array(z.record(z.string(), z.unknown())).exactOptional(),
    scheduleId: z.string().exactOptional(),
    retries: z.number().exactOptional(),
    retryDelayMs: z.number().exactOptional(),
    pauseKeys: z.array(z.string()).exactOptional(),
    secretParameters: z.array(z.string()).exactOptional(),
    resuming: z.boolean().exactOptional(),
    runningMs: z.number().exactOptional(),
  })
  .catchall(z.unknown())
  .meta({ id: "FlowRunExtra" });

export const flowRunChange = z
  .object({
    name: z.string().exactOptional(),
    parameters: jsonText.exactOptional(),
    tags: z.array(z.string()).exactOptional(),
    version: z.string().nullable().exactOptional(),
    workPoolId: uuid.nullable().exactOptional(),
    workQueueId: uuid.nullable().exactOptional(),
    deploymentId: uuid.nullable().exactOptional(),
    entrypoint: entrypoint.nullable().exactOptional(),
    extra: flowRunExtra.exactOptional(),
  })
  .meta({ id: "FlowRunChange" });

export const flowRun = z
  .object({
    id: z.string(),
    flowName: z.string(),
    name: z.string(),
    state,
    history: z.array(state),
    parameters: z.string(),
    tags: z.array(z.string()),
    parentRunId: z.string().nullable(),
    parentTaskRunId: z.string().nullable(),
    rootRunId: z.string(),
    deploymentId: z.string().nullable(),
    idempotencyKey: z.string().nullable(),
    adopts,
    version: z.string().nullable(),
    entrypoint: entrypoint.nullable(),
    environment: runEnvironment,
    createdAt: time,
    expectedAt: time,
    startedAt: time.nullable(),
    endedAt: time.nullable(),
    runCount: z.number(),
    epoch: z.number(),
    ownerId: z.string().nullable(),
    result: resultRef.nullable(),
    error: recordedError.nullable(),
    workPoolId: z.string().nullable(),
    workQueueId: z.string().nullable(),
    autoScheduled: z.boolean(),
    dueAt: time.nullable(),
    extra: flowRunExtra,
  })
  .meta({ id: "FlowRun" });

export const errorSummary = z
  .object({ name: z.string(), code: z.string().nullable(), message: z.string() })
  .meta({ id: "ErrorSummary" });

export const flowRunRow = flowRun
  .pick({
    id: true,
    flowName: true,
    name: true,
    tags: true,
    parentRunId: true,
    rootRunId: true,
    deploymentId: true,
    workPoolId: true,
    workQueueId: true,
    createdAt: true,
    expectedAt: true,
    startedAt: true,
    endedAt: true,
    runCount: true,
    autoScheduled: true,
    dueAt: true,
  })
  .extend({
    state: z.object({ type: stateType, name: z.string(), at: time, message: z.string().nullable() }),
    error: errorSummary.nullable(),
  })
  .meta({ id: "FlowRunRow" });

export const newFlowRun = z
  .object({
    id: uuid,
    flowName: z.string(),
    name: z.string(),
    parameters: jsonText,
    tags: z.array(z.string()).exactOptional(),
    parentRunId: uuid.nullable().exactOptional(),
    parentTaskRunId: uuid.nullable().exactOptional(),
    rootRunId: uuid.exactOptional(),
    deploymentId: uuid.nullable().exactOptional(),
    idempotencyKey: z.string().nullable().exactOptional(),
    adopts: adopts.exactOptional(),
    version: z.string().nullable().exactOptional(),
    entrypoint: entrypoint.nullable().exactOptional(),
    environment: runEnvironment.exactOptional(),
    states: z.array(state).min(1),
    ownerId: z.string().nullable().exactOptional(),
    workPoolId: uuid.nullable().exactOptional(),
    workQueueId: uuid.nullable().exactOptional(),
    autoScheduled: z.boolean().exactOptional(),
    extra: flowRunExtra.exactOptional(),
    mayBeLost: z.literal(true).exactOptional(),
  })
  .meta({ id: "NewFlowRun" });

export const flowRunFilter = z
  .object({
    ids: z.array(z.string()).exactOptional(),
    idPrefix: z.string().exactOptional(),
    flowNames: z.array(z.string()).exactOptional(),
    nameContains: z.string().exactOptional(),
    stateTypes: z.array(stateType).exactOptional(),
    stateNames: z.array(z.string()).exactOptional(),
    tags: z.array(z.string()).exactOptional(),
    parentRunIds: z.array(z.string()).exactOptional(),
    rootsOnly: z.boolean().exactOptional(),
    ownerIds: z.array(z.string()).exactOptional(),
    createdAfter: time.exactOptional(),
    createdBefore: time.exactOptional(),
    where: condition.exactOptional(),
  })
  .meta({ id: "FlowRunFilter" });

export const flowRunSort = z.enum([
  "created-desc",
  "created-asc",
  "started-desc",
  "started-asc",
  "ended-desc",
  "expected-desc",
  "expected-asc",
  "due-asc",
  "name-asc",
  "name-desc",
  "id-desc",
]);

export const stateCounts = z.partialRecord(stateType, z.number());

export const resolvedId = z.object({ kind: idKind, id: z.string() });

export const flowRunClaim = z
  .object({ id: z.string(), processId: z.string(), mode: z.enum(["start", "resume", "retry"]) })
  .meta({ id: "FlowRunClaim" });
