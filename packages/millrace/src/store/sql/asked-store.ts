/**
 * What is asked of a store by pages, servers and commands, and by few flows: loaded by the first that asks, so that a flow of a
 * few tasks starts without it.
 */

import { createAccessStore } from "./access.ts";
import { countBy, findSeenStates, measureRuns, readRunHistory } from "./aggregates.ts";
import { changeLimits, endSlotLease, renewSlotLease } from "./concurrency-limits.ts";
import { deleteEvents, deleteFlowRun } from "./deletion.ts";
import { summarizeDeployments } from "./deployment-summaries.ts";
import { countActiveRuns, deleteWaitingRuns, findDueRuns, findDueRunsOfDeployments, markPolled } from "./due-runs.ts";
import { readDurationHistory } from "./duration-history.ts";
import { groupEvents } from "./event-groups.ts";
import { readEventHistory } from "./event-history.ts";
import { deleteExpiredCache } from "./expired-cache.ts";
import { findFailures } from "./failures.ts";
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
import { readRunGraph } from "./run-graph.ts";
import { searchLogs } from "./search-logs.ts";
import { settleCopy } from "./settle-copy.ts";
import { readTimeline } from "./timeline.ts";
import { deleteArtifact, findArtifactRows, findArtifacts, findEvents, findLogs } from "./traces.ts";
import { createRowWriter } from "./write-rows.ts";
import type { SqlDatabase } from "./database.ts";
import type { AskedStore } from "./shared-store.ts";
import { createWorkspaceStore } from "./workspaces.ts";

export function createAskedStore(db: SqlDatabase): AskedStore {
  return {
    access: createAccessStore(db),
    workspaces: createWorkspaceStore(db),
    deleteFlowRun: (id, options) => deleteFlowRun(db, id, options),
    writeObserved: (runs) => writeObserved(db, runs),
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
    groupEvents: (request) => groupEvents(db, request),
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
    changeLimits: (names, decide, leaseId) => changeLimits(db, { names, decide, leaseId }),
    renewSlotLease: (id, expiresAt) => renewSlotLease(db, id, expiresAt),
    endSlotLease: (end) => endSlotLease(db, end),
    deleteExpiredCache: (now) => deleteExpiredCache(db, now),
    openRowWriter: () => createRowWriter(db),
    settleCopy: (options) => settleCopy(db, options),
  };
}
