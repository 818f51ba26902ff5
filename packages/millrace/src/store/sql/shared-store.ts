/** The part of a store that is the same statements in both databases. */

import type { Store } from "../../contract/store.ts";
import { countBy, findSeenStates, measureRuns, readRunHistory } from "./aggregates.ts";
import { changeLimits, endSlotLease, renewSlotLease } from "./concurrency-limits.ts";
import type { SqlDatabase } from "./database.ts";
import { deleteEvents, deleteFlowRun } from "./deletion.ts";
import { countActiveRuns, deleteWaitingRuns, findDueRuns, findDueRunsOfDeployments, markPolled } from "./due-runs.ts";
import {
  countFlowRuns,
  findFlowRunRows,
  findFlowRuns,
  findOwnedRuns,
  readFlowRuns,
  updateFlowRun,
} from "./flow-runs.ts";
import { findFailures } from "./failures.ts";
import { summarizeDeployments } from "./deployment-summaries.ts";
import { readTaskGrid, summarizeFlows } from "./flow-trends.ts";
import {
  deleteSecret,
  deleteRunInputs,
  findRunInputs,
  findSealedSecrets,
  findSecrets,
  readSecret,
  resealSecret,
  writeRunInput,
  writeSecret,
} from "./named-values.ts";
import { count, deleteObject, findObjects, insertObject, readObjects, replaceObject } from "./objects.ts";
import { writeObserved } from "./observed.ts";
import {
  deleteProcess,
  findLostOwners,
  findProcesses,
  findSlotHolders,
  releaseSlot,
  renewProcess,
  writeProcess,
} from "./processes.ts";
import { dropKept, keepOnce, readCacheEntry } from "./cache-entries.ts";
import { countTaskRuns, deleteTaskRun, findTaskRuns, readRecords, renameTaskRun } from "./task-runs.ts";
import { readDurationHistory } from "./duration-history.ts";
import { readEventHistory } from "./event-history.ts";
import { readRunGraph } from "./run-graph.ts";
import { searchLogs } from "./search-logs.ts";
import { createAccessStore } from "./access.ts";
import { deleteExpiredCache } from "./expired-cache.ts";
import { settleCopy } from "./settle-copy.ts";
import { createRowWriter } from "./write-rows.ts";
import { walkStoredResults } from "./stored-results.ts";
import { readTimeline } from "./timeline.ts";
import { createWorkspaceStore } from "./workspaces.ts";
import { deleteArtifact, findArtifactRows, findArtifacts, findEvents, findLogs } from "./traces.ts";

export type SharedStore = Omit<
  Store,
  | "openBeside"
  | "dropBeside"
  | "record"
  | "acquireSlot"
  | "schemaVersion"
  | "readSchemaVersion"
  | "tryWriting"
  | "describe"
  | "readLoad"
  | "readRows"
  | "measureSpace"
  | "compact"
  | "check"
  | "close"
>;

export function createSharedStore(db: SqlDatabase): SharedStore {
  return {
    access: createAccessStore(db),
    workspaces: createWorkspaceStore(db),
    readFlowRuns: (ids) => readFlowRuns(db, ids),
    findFlowRuns: (filter, sort, page) => findFlowRuns(db, { filter, sort, page }),
    findFlowRunRows: (filter, sort, page) => findFlowRunRows(db, { filter, sort, page }),
    countFlowRuns: (filter) => countFlowRuns(db, filter),
    updateFlowRun: (id, change, readExtra) => updateFlowRun(db, id, change, readExtra),
    deleteFlowRun: (id, options) => deleteFlowRun(db, id, options),
    findOwnedRuns: (processId, stateTypes) => findOwnedRuns(db, processId, stateTypes),

    findTaskRuns: (filter, page, sort = "first-seen") => findTaskRuns(db, filter, page, sort),
    writeObserved: (runs) => writeObserved(db, runs),
    countTaskRuns: (flowRunId) => countTaskRuns(db, flowRunId),
    readRecords: (flowRunId, parentId) => readRecords(db, flowRunId, parentId),
    readCacheEntry: (key) => readCacheEntry(db, key),
    keepOnce: (entry) => keepOnce(db, entry),
    dropKept: (key, taskRunId) => dropKept(db, key, taskRunId),

    findLogs: (filter, page) => findLogs(db, filter, page),
    searchLogs: (search) => searchLogs(db, search),
    findArtifacts: (filter, page) => findArtifacts(db, filter, page),
    findArtifactRows: (filter, page) => findArtifactRows(db, filter, page),
    deleteArtifact: (id, endOfKey) => deleteArtifact(db, id, endOfKey ?? null),
    findEvents: (filter, page) => findEvents(db, filter, page),
    deleteEvents: (request) => deleteEvents(db, request),

    count: (subject, where) => count(db, subject, where),
    countBy: (subject, field, where) => countBy(db, subject, field, where),
    readEventHistory: (request) => readEventHistory(db, request),
    readDurationHistory: (question) => readDurationHistory(db, question),
    readRunHistory: (question) => readRunHistory(db, question),
    measureRuns: (question) => measureRuns(db, question),
    findSeenStates: (newest) => findSeenStates(db, newest),
    readTimeline: (question) => readTimeline(db, question),
    summarizeFlows: (question) => summarizeFlows(db, question),
    summarizeDeployments: (question) => summarizeDeployments(db, question),
    readTaskGrid: (question) => readTaskGrid(db, question),
    findFailures: (question) => findFailures(db, question),
    readRunGraph: (question) => readRunGraph(db, question),
    readObjects: (kind, ids) => readObjects(db, kind, ids),
    findObjects: (kind, query, page) => findObjects(db, kind, query, page),
    insertObject: (kind, object, event) => insertObject(db, kind, object, event),
    replaceObject: (kind, object, event) => replaceObject(db, kind, object, event),
    deleteObject: (kind, id, event) => deleteObject(db, kind, id, event),

    findDueRuns: (request) => findDueRuns(db, request),
    findDueRunsOfDeployments: (request) => findDueRunsOfDeployments(db, request),
    countActiveRuns: (workQueueIds) => countActiveRuns(db, workQueueIds),
    markPolled: (kind, marks) => markPolled(db, kind, marks),
    deleteWaitingRuns: (deploymentId, which) => deleteWaitingRuns(db, deploymentId, which),

    readSecret: (name) => readSecret(db, name),
    findSecrets: () => findSecrets(db),
    writeSecret: (secret, event) => writeSecret(db, secret, event ?? null),
    deleteSecret: (name, event) => deleteSecret(db, name, event ?? null),
    findSealedSecrets: (after, limit) => findSealedSecrets(db, after, limit),
    resealSecret: (secret) => resealSecret(db, secret),
    writeRunInput: (input) => writeRunInput(db, input),
    findRunInputs: (flowRunId, key) => findRunInputs(db, flowRunId, key),
    deleteRunInputs: (flowRunId, key) => deleteRunInputs(db, flowRunId, key),
    renameTaskRun: (id, name) => renameTaskRun(db, id, name),
    deleteTaskRun: (id) => deleteTaskRun(db, id),

    writeProcess: (process) => writeProcess(db, process),
    renewProcess: (id, leaseExpiresAt) => renewProcess(db, id, leaseExpiresAt),
    findProcesses: (ids) => findProcesses(db, ids),
    deleteProcess: (id) => deleteProcess(db, id),
    findLostOwners: (limit) => findLostOwners(db, limit),
    releaseSlot: (limitName, holder) => releaseSlot(db, limitName, holder),
    findSlotHolders: (limitName, processId) => findSlotHolders(db, limitName, processId),

    changeLimits: (names, decide, leaseId) => changeLimits(db, { names, decide, leaseId }),
    renewSlotLease: (id, expiresAt) => renewSlotLease(db, id, expiresAt),
    endSlotLease: (end) => endSlotLease(db, end),

    deleteExpiredCache: (now) => deleteExpiredCache(db, now),
    walkStoredResults: () => walkStoredResults(db),
    openRowWriter: () => createRowWriter(db),
    settleCopy: (options) => settleCopy(db, options),
  };
}
