/** The part of a store that is the same statements in both databases. */

import type { AccessStore, Store, WorkspaceStore } from "../../contract/store.ts";
import { late, lateMethods } from "../../kit/late.ts";
import type { SqlDatabase } from "./database.ts";
import {
  countFlowRuns,
  findFlowRunRows,
  findFlowRuns,
  findOwnedRuns,
  readFlowRuns,
  updateFlowRun,
} from "./flow-runs.ts";
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
  | "refreshStatistics"
  | "check"
  | "close"
>;

/** Asked for by pages, servers and commands, and by few flows: what answers it is loaded by the first that asks. */
const askedMethods = [
  "deleteFlowRun",
  "writeObserved",
  "findLogs",
  "searchLogs",
  "findArtifacts",
  "findArtifactRows",
  "deleteArtifact",
  "findEvents",
  "deleteEvents",
  "count",
  "countBy",
  "readEventHistory",
  "readDurationHistory",
  "groupEvents",
  "readRunHistory",
  "measureRuns",
  "findSeenStates",
  "readTimeline",
  "summarizeFlows",
  "summarizeDeployments",
  "readTaskGrid",
  "findFailures",
  "readRunGraph",
  "readObjects",
  "findObjects",
  "insertObject",
  "replaceObject",
  "deleteObject",
  "findDueRuns",
  "findDueRunsOfDeployments",
  "countActiveRuns",
  "markPolled",
  "deleteWaitingRuns",
  "readSecret",
  "findSecrets",
  "writeSecret",
  "deleteSecret",
  "findSealedSecrets",
  "resealSecret",
  "writeRunInput",
  "findRunInputs",
  "deleteRunInputs",
  "changeLimits",
  "renewSlotLease",
  "endSlotLease",
  "deleteExpiredCache",
  "openRowWriter",
  "settleCopy",
] as const satisfies readonly (keyof Store)[];

const accessMethods = [
  "findAccounts",
  "readAccount",
  "insertAccount",
  "replaceAccount",
  "deleteAccount",
  "findApiKeys",
  "readApiKey",
  "insertApiKey",
  "markApiKeyUsed",
  "deleteApiKey",
  "insertSession",
  "readSession",
  "deleteSession",
  "deleteSessionsOf",
  "insertAuditEntries",
  "findAuditEntries",
  "deleteOldAccess",
] as const satisfies readonly (keyof AccessStore)[];

const workspaceMethods = [
  "findWorkspaces",
  "readWorkspace",
  "insertWorkspace",
  "replaceWorkspace",
  "deleteWorkspace",
  "findMembers",
  "readMemberRole",
  "writeMember",
] as const satisfies readonly (keyof WorkspaceStore)[];

export type AskedStore = Pick<Store, (typeof askedMethods)[number] | "access" | "workspaces">;

export function createSharedStore(db: SqlDatabase): SharedStore {
  const asked = late(async () => (await import("./asked-store.ts")).createAskedStore(db));
  return {
    ...lateMethods<AskedStore, (typeof askedMethods)[number]>(askedMethods, asked),
    access: lateMethods<AccessStore, (typeof accessMethods)[number]>(accessMethods, async () => (await asked()).access),
    workspaces: lateMethods<WorkspaceStore, (typeof workspaceMethods)[number]>(
      workspaceMethods,
      async () => (await asked()).workspaces,
    ),
    readFlowRuns: (ids) => readFlowRuns(db, ids),
    findFlowRuns: (filter, sort, page) => findFlowRuns(db, { filter, sort, page }),
    findFlowRunRows: (filter, sort, page) => findFlowRunRows(db, { filter, sort, page }),
    countFlowRuns: (filter) => countFlowRuns(db, filter),
    updateFlowRun: (id, change, readExtra) => updateFlowRun(db, id, change, readExtra),
    findOwnedRuns: (processId, stateTypes) => findOwnedRuns(db, processId, stateTypes),

    findTaskRuns: (filter, page, sort = "first-seen") => findTaskRuns(db, filter, page, sort),
    countTaskRuns: (flowRunId) => countTaskRuns(db, flowRunId),
    readRecords: (flowRunId, parentId) => readRecords(db, flowRunId, parentId),
    readCacheEntry: (key) => readCacheEntry(db, key),
    keepOnce: (entry) => keepOnce(db, entry),
    dropKept: (key, taskRunId) => dropKept(db, key, taskRunId),

    renameTaskRun: (id, name) => renameTaskRun(db, id, name),
    deleteTaskRun: (id) => deleteTaskRun(db, id),

    writeProcess: (process) => writeProcess(db, process),
    renewProcess: (id, leaseExpiresAt) => renewProcess(db, id, leaseExpiresAt),
    findProcesses: (ids) => findProcesses(db, ids),
    deleteProcess: (id) => deleteProcess(db, id),
    findLostOwners: (limit) => findLostOwners(db, limit),
    releaseSlot: (limitName, holder) => releaseSlot(db, limitName, holder),
    findSlotHolders: (limitName, processId) => findSlotHolders(db, limitName, processId),

    walkStoredResults: async function* walk() {
      const { walkStoredResults } = await import("./stored-results.ts");
      yield* walkStoredResults(db);
    },
  };
}
