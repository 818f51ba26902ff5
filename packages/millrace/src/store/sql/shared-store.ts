/** The part of a store that is the same statements in both databases. */

import type { Store } from "../../contract/store.ts";
import type { SqlDatabase } from "./database.ts";
import { deleteFlowRun } from "./deletion.ts";
import { countFlowRuns, findFlowRuns, findOwnedRuns, readFlowRuns } from "./flow-runs.ts";
import {
  deleteSecret,
  deleteVariable,
  findRunInputs,
  findSecrets,
  findVariables,
  readSecret,
  readVariable,
  writeRunInput,
  writeSecret,
  writeVariable,
} from "./named-values.ts";
import { deleteProcess, findProcesses, releaseSlot, renewProcess, writeProcess } from "./processes.ts";
import { countTaskRuns, findTaskRuns, readCacheEntry, readRecords } from "./task-runs.ts";
import { deleteArtifact, findArtifacts, findEvents, findLogs } from "./traces.ts";

export type SharedStore = Omit<Store, "record" | "acquireSlot" | "schemaVersion" | "check" | "close">;

export function createSharedStore(db: SqlDatabase): SharedStore {
  return {
    readFlowRuns: (ids) => readFlowRuns(db, ids),
    findFlowRuns: (filter, sort, page) => findFlowRuns(db, filter, sort, page),
    countFlowRuns: (filter) => countFlowRuns(db, filter),
    deleteFlowRun: (id) => deleteFlowRun(db, id),
    findOwnedRuns: (processId, stateTypes) => findOwnedRuns(db, processId, stateTypes),

    findTaskRuns: (filter, page) => findTaskRuns(db, filter, page),
    countTaskRuns: (flowRunId) => countTaskRuns(db, flowRunId),
    readRecords: (flowRunId, parentId) => readRecords(db, flowRunId, parentId),
    readCacheEntry: (key) => readCacheEntry(db, key),

    findLogs: (filter, page) => findLogs(db, filter, page),
    findArtifacts: (filter, page) => findArtifacts(db, filter, page),
    deleteArtifact: (id) => deleteArtifact(db, id),
    findEvents: (filter, page) => findEvents(db, filter, page),

    readVariable: (name) => readVariable(db, name),
    findVariables: (page) => findVariables(db, page),
    writeVariable: (variable) => writeVariable(db, variable),
    deleteVariable: (name) => deleteVariable(db, name),
    readSecret: (name) => readSecret(db, name),
    findSecrets: () => findSecrets(db),
    writeSecret: (secret) => writeSecret(db, secret),
    deleteSecret: (name) => deleteSecret(db, name),
    writeRunInput: (input) => writeRunInput(db, input),
    findRunInputs: (flowRunId, key) => findRunInputs(db, flowRunId, key),

    writeProcess: (process) => writeProcess(db, process),
    renewProcess: (id, leaseExpiresAt) => renewProcess(db, id, leaseExpiresAt),
    findProcesses: (ids) => findProcesses(db, ids),
    deleteProcess: (id) => deleteProcess(db, id),
    releaseSlot: (limitName, holder) => releaseSlot(db, limitName, holder),
  };
}
