/**
 * The routes of /v1: each call of v1-calls.ts with the schemas of its arguments and its answer. Validation, the client and
 * the OpenAPI document come from this one table; a method of Api without a route does not compile.
 */

import * as z from "zod";
import type { Api } from "../api.ts";
import type { ErrorCode } from "../errors.ts";
import { flowRun, flowRunClaim, flowRunFilter, flowRunSort, resolvedId, stateCounts } from "./schemas/flow-run.ts";
import { flowRunProposal, proposalOutcome, recordBatch, recordOutcome } from "./schemas/record.ts";
import {
  artifact,
  artifactFilter,
  eventFilter,
  logFilter,
  pageOf,
  pageRequest,
  storedEvent,
  storedLogLine,
} from "./schemas/records.ts";
import { cacheEntry, taskCount, taskRun, taskRunFilter } from "./schemas/task-run.ts";
import {
  executorProcess,
  processToRegister,
  runInput,
  runInputToSend,
  sealedSecret,
  secretName,
  secretToWrite,
  slotRequest,
  variable,
  variableToWrite,
} from "./schemas/values.ts";
import { type ApiMethod, v1Calls, type V1Call } from "./v1-calls.ts";

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
  /** The largest body, in bytes. Default 1 MiB. */
  readonly maxBodyBytes?: number;
}

const id = z.string();
const page = pageRequest.optional();
const nothing = z.void();

/** A batch holds up to 1,000 task runs, each with results kept inline. */
const maxRecordBytes = 16 * 2 ** 20;

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
  countFlowRuns: {
    ...v1Calls.countFlowRuns,
    args: [flowRunFilter],
    answer: stateCounts,
    summary: "How many flow runs of a filter are in each type of state",
    errors: [],
  },
  resolveId: {
    ...v1Calls.resolveId,
    args: [id],
    answer: resolvedId,
    summary: "The full id of a flow run, task run or artifact from its start",
    errors: ["RUN_NOT_FOUND", "RUN_ID_AMBIGUOUS"],
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
  deleteFlowRun: {
    ...v1Calls.deleteFlowRun,
    args: [id],
    answer: z.boolean(),
    summary: "Delete a flow run with all that belongs to it; false when there is none",
    errors: [],
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
    args: [taskRunFilter, page],
    answer: pageOf(taskRun),
    summary: "Task runs by a filter, a page at a time",
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

  listLogs: {
    ...v1Calls.listLogs,
    args: [logFilter, page],
    answer: pageOf(storedLogLine),
    summary: "Log lines by a filter, a page at a time",
    errors: [],
  },
  listArtifacts: {
    ...v1Calls.listArtifacts,
    args: [artifactFilter, page],
    answer: pageOf(artifact),
    summary: "Artifacts by a filter, a page at a time",
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
    args: [variableToWrite],
    answer: variable,
    summary: "Set a variable",
    errors: ["VARIABLE_NAME_INVALID"],
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

  sendRunInput: {
    ...v1Calls.sendRunInput,
    args: [runInputToSend],
    answer: z.boolean(),
    summary: "Send a value to a run; false when an input of this id was known",
    errors: ["RUN_NOT_FOUND"],
  },
  listRunInputs: {
    ...v1Calls.listRunInputs,
    args: [id, z.string().optional()],
    answer: z.array(runInput),
    summary: "The values sent to a run, of one key or of all",
    errors: [],
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
};
