/**
 * What a database must do, in the words of the domain. Implemented by store/ for SQLite and PostgreSQL and held to by
 * one suite. A store is dumb: it decides nothing but whether a guard holds.
 */

import type { FlowRun, FlowRunFilter, FlowRunSort, NewFlowRun } from "./flow-run.ts";
import type { FlowRunTransition } from "./record.ts";
import type {
  Artifact,
  ArtifactFilter,
  Event,
  ExecutorProcess,
  LogFilter,
  LogLine,
  Page,
  PageRequest,
  RunInput,
  SealedSecret,
  SlotRequest,
  StoredEvent,
  StoredLogLine,
  Variable,
} from "./records.ts";
import type { StateType } from "./states.ts";
import type { CacheEntry, TaskCount, TaskRun, TaskRunChange, TaskRunFilter } from "./task-run.ts";

export interface StoreBatch {
  readonly created: readonly NewFlowRun[];
  readonly transitions: readonly FlowRunTransition[];
  readonly taskRuns: readonly TaskRunChange[];
  readonly logs: readonly LogLine[];
  readonly artifacts: readonly Artifact[];
  readonly events: readonly Event[];
}

export interface StoreOutcome {
  readonly created: readonly { readonly run: FlowRun; readonly isNew: boolean }[];
  /** For each transition the run after it, or null when its guard did not hold: nothing was written for it. */
  readonly transitions: readonly (FlowRun | null)[];
  /**
   * Ids of flow runs whose task runs were refused: their epoch is higher than the batch's. And of those that are gone: what
   * belongs to them was refused too, except events.
   */
  readonly stale: readonly string[];
}

export interface Store {
  /**
   * One transaction. Each state written has its event in the same transaction; see docs/decisions/0002. Ids of runs,
   * artifacts and events are UUIDs. In plain texts U+0000 and lone surrogates become U+FFFD.
   */
  record(batch: StoreBatch): Promise<StoreOutcome>;

  /** In the order of the ids, without those that are not there. */
  readFlowRuns(ids: readonly string[]): Promise<readonly FlowRun[]>;
  findFlowRuns(filter: FlowRunFilter, sort: FlowRunSort, page: PageRequest): Promise<Page<FlowRun>>;
  countFlowRuns(filter: FlowRunFilter): Promise<Readonly<Partial<Record<StateType, number>>>>;
  /** With its task runs, logs, artifacts and inputs; child runs too. Events stay. False when there is none. */
  deleteFlowRun(id: string): Promise<boolean>;

  // Lists without a sort are in the order first seen, variables and secrets in that of their names.
  findTaskRuns(filter: TaskRunFilter, page: PageRequest): Promise<Page<TaskRun>>;
  countTaskRuns(flowRunId: string): Promise<readonly TaskCount[]>;
  readRecords(flowRunId: string, parentId?: string): Promise<readonly TaskRun[]>;
  readCacheEntry(key: string): Promise<CacheEntry | null>;

  findLogs(filter: LogFilter, page: PageRequest): Promise<Page<StoredLogLine>>;
  findArtifacts(filter: ArtifactFilter, page: PageRequest): Promise<Page<Artifact>>;
  deleteArtifact(id: string): Promise<boolean>;
  findEvents(
    filter: { readonly afterSeq?: number; readonly flowRunIds?: readonly string[]; readonly names?: readonly string[] },
    page: PageRequest,
  ): Promise<Page<StoredEvent>>;

  readVariable(name: string): Promise<Variable | null>;
  findVariables(page: PageRequest): Promise<Page<Variable>>;
  writeVariable(variable: {
    readonly name: string;
    readonly value: string;
    readonly tags: readonly string[];
    readonly at: number;
  }): Promise<Variable>;
  deleteVariable(name: string): Promise<boolean>;
  readSecret(name: string): Promise<SealedSecret | null>;
  findSecrets(): Promise<readonly Omit<SealedSecret, "sealed">[]>;
  writeSecret(secret: { readonly name: string; readonly sealed: string; readonly at: number }): Promise<void>;
  deleteSecret(name: string): Promise<boolean>;

  /** False when an input of this run, key and id is there already, and when the run is not. */
  writeRunInput(input: RunInput): Promise<boolean>;
  findRunInputs(flowRunId: string, key?: string): Promise<readonly RunInput[]>;

  writeProcess(process: ExecutorProcess): Promise<void>;
  /** False when there is no such process. */
  renewProcess(id: string, leaseExpiresAt: number): Promise<boolean>;
  findProcesses(ids?: readonly string[]): Promise<readonly ExecutorProcess[]>;
  /** With its slots. */
  deleteProcess(id: string): Promise<void>;
  /** The runs that name this process as their owner and are in one of these states. */
  findOwnedRuns(processId: string, stateTypes: readonly StateType[]): Promise<readonly FlowRun[]>;

  /**
   * In one guarded write: takes a slot unless `limit` holders are there; a holder that holds one already keeps it. None for
   * a process that is not registered: nobody would free it.
   */
  acquireSlot(request: SlotRequest, at: number): Promise<boolean>;
  releaseSlot(limitName: string, holder: string): Promise<void>;

  /** The schema version of the database, and the one this code wants. */
  readonly schemaVersion: number;
  /** Checks the database's own integrity; empty when it is sound. */
  check(): Promise<readonly string[]>;
  close(): Promise<void>;
}
