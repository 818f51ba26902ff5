/** Schemas of contract/task-run.ts. */

import * as z from "zod";
import { uuid } from "./ids.ts";
import { condition } from "./query.ts";
import { recordedError, resultRef } from "./results.ts";
import { state, stateType, time } from "./states.ts";

export const taskRunKind = z.enum(["task", "flow", "sleep", "value", "wait"]);

const reason = z.enum([
  "ran",
  "cache-hit",
  "cache-miss",
  "cache-refresh",
  "cache-expired",
  "cache-not-keyed",
  "fallback",
  "upstream-failed",
  "cancelled",
]);

const fields = {
  id: uuid,
  flowRunId: uuid.nullable(),
  parentId: uuid.nullable(),
  kind: taskRunKind,
  taskName: z.string(),
  name: z.string(),
  key: z.string(),
  inputDigest: z.string().nullable(),
  state,
  history: z.array(state),
  inputs: z.array(z.object({ parameter: z.string(), taskRunId: z.string() })),
  inputPreview: z.string().nullable(),
  tags: z.array(z.string()),
  attempt: z.int(),
  reason: reason.nullable(),
  reasonDetail: z.string().nullable(),
  cacheKey: z.string().nullable(),
  codeHash: z.string().nullable(),
  childFlowRunId: uuid.nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  result: resultRef.nullable(),
  error: recordedError.nullable(),
};

const extra = z.record(z.string(), z.unknown());

export const taskRun = z.object({ ...fields, extra: extra.nullable(), seq: z.number() }).meta({ id: "TaskRun" });

export const taskRunChange = z
  .object({
    ...fields,
    extra: extra.nullable().exactOptional(),
    newStates: z.int().min(0),
    mayRepeat: z.literal(true).exactOptional(),
    reopens: z.boolean().exactOptional(),
    epoch: z.int(),
    cache: z.object({ key: z.string(), expiresAt: time.nullable() }).exactOptional(),
  })
  .meta({ id: "TaskRunChange" });

export const taskRunFilter = z
  .object({
    ids: z.array(z.string()).exactOptional(),
    idPrefix: z.string().exactOptional(),
    flowRunIds: z.array(z.string()).exactOptional(),
    parentIds: z.array(z.string()).exactOptional(),
    taskNames: z.array(z.string()).exactOptional(),
    stateTypes: z.array(stateType).exactOptional(),
    kinds: z.array(taskRunKind).exactOptional(),
    where: condition.exactOptional(),
  })
  .meta({ id: "TaskRunFilter" });

export const taskRunSort = z.enum([
  "first-seen",
  "id-desc",
  "expected-asc",
  "expected-desc",
  "ended-desc",
  "duration-desc",
  "duration-asc",
  "name-asc",
  "name-desc",
]);

export const taskRunObservation = z
  .object({
    id: z.string(),
    flowRunId: z.string().nullable(),
    taskName: z.string(),
    name: z.string(),
    key: z.string(),
    state,
    tags: z.array(z.string()),
    inputs: fields.inputs,
    attempt: z.number(),
    kind: taskRunKind.exactOptional(),
    childFlowRunId: z.string().nullable().exactOptional(),
    cacheKey: z.string().nullable().exactOptional(),
    extra: extra.exactOptional(),
  })
  .meta({ id: "TaskRunObservation" });

export const cacheEntry = z
  .object({
    key: z.string(),
    result: resultRef,
    taskRunId: z.string(),
    createdAt: time,
    expiresAt: time.nullable(),
  })
  .meta({ id: "CacheEntry" });

export const taskCount = z
  .object({
    taskName: z.string(),
    stateType,
    stateName: z.string(),
    count: z.number(),
    firstStartedAt: time.nullable(),
    lastEndedAt: time.nullable(),
  })
  .meta({ id: "TaskCount" });
