/**
 * What a database must do, in the words of the domain. Implemented by store/ for SQLite and PostgreSQL and held to by
 * one suite. A store is dumb: it decides nothing but whether a guard holds.
 */

import type { Member, MemberChange, MemberFilter, MemberRole, Workspace } from "./workspaces.ts";
import type { Account, ApiKey, ApiKeyFilter, AuditEntry, AuditFilter, NewAuditEntry } from "./access.ts";
import type {
  DurationHistory,
  DurationHistoryRequest,
  EventGroup,
  EventGroupsRequest,
  EventHistoryCell,
  EventHistoryRequest,
  FieldCount,
  RunHistoryCell,
  RunHistoryRequest,
  RunMeasures,
  RunSubject,
  SeenState,
  Timeline,
  TimelineRequest,
} from "./aggregates.ts";
import type { FlowRun, FlowRunChange, FlowRunExtra, FlowRunFilter, FlowRunSort, NewFlowRun } from "./flow-run.ts";
import type { Failure, FailureGroupsRequest } from "./failures.ts";
import type {
  DeploymentSummary,
  DeploymentSummaryRequest,
  FlowSummary,
  FlowSummaryRequest,
  TaskGrid,
  TaskGridRequest,
} from "./flow-trends.ts";
import type { ArtifactRow } from "./artifact-row.ts";
import type { FlowRunRow } from "./flow-run-row.ts";
import type { RowReader, RowWriter } from "./ledger-rows.ts";
import type { LogMatches, LogSearch } from "./log-search.ts";
import type { FlowRunTransition } from "./record.ts";
import type { RunGraph, RunGraphRequest } from "./run-graph.ts";
import type { ConcurrencyLimit, ObjectKind, ObjectTypes, SlotLease } from "./objects.ts";
import type { Condition, Sort, Subject } from "./query.ts";
import type { DueRunsOfDeploymentsRequest, QueueUse } from "./work.ts";
import type {
  Artifact,
  ArtifactFilter,
  Event,
  EventFilter,
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
} from "./records.ts";
import type { DatabaseDescription } from "./wire/server-description.ts";
import type { State, StateType } from "./states.ts";
import type { CacheEntry, TaskCount, TaskRun, TaskRunChange, TaskRunFilter, TaskRunSort } from "./task-run.ts";

export interface StoreBatch {
  readonly created: readonly NewFlowRun[];
  readonly transitions: readonly FlowRunTransition[];
  readonly taskRuns: readonly TaskRunChange[];
  readonly logs: readonly LogLine[];
  readonly artifacts: readonly Artifact[];
  readonly events: readonly EventToWrite[];
}

export interface EventToWrite extends Event {
  /** Only if this artifact is there, once those of the batch are written: of one that was refused nothing is told. */
  readonly artifactId?: string;
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

/** A task run as another engine reports it. */
export interface ObservedTaskRun {
  readonly run: Omit<TaskRun, "seq">;
  /** What its history was when it was read; null for one that was not there. */
  readonly readHistory: readonly State[] | null;
  /** The states that are new, to be told of by an event each. */
  readonly told: readonly State[];
}

/** What becomes of limits that were read. */
export interface LimitChange<T> {
  /** Those that change, each with the revision after the one that was read. */
  readonly changed: readonly ConcurrencyLimit[];
  /** One that is made with it. */
  readonly lease: SlotLease | null;
  readonly outcome: T;
}

/** How a lease ends, and what becomes of its limits. */
export interface LeaseEnd {
  readonly id: string;
  /** Only if it has expired by this time. */
  readonly expiredAt?: number;
  /** The limits that change, of those which are there still. */
  readonly settle: (lease: SlotLease, limits: readonly ConcurrencyLimit[]) => readonly ConcurrencyLimit[];
}

export interface DueRunsOfQueues {
  /** In the order in which they are served. */
  readonly queues: readonly { readonly id: string; readonly max: number }[];
  readonly before: number;
  readonly after?: number;
  readonly limit: number;
  /** Of these there are none. Default: of all there are. */
  readonly exceptDeploymentIds?: readonly string[];
}

export interface DeleteEventsRequest {
  /** In ms UTC, by the time that the events say. */
  readonly before: number;
  readonly afterSeq: number;
  readonly belowSeq: number;
  /** How many events are looked at. */
  readonly limit: number;
}

export interface DeletedEvents {
  readonly deleted: number;
  /** The number of the last event that was looked at; null when there is none in the range. */
  readonly lastSeq: number | null;
}

export interface DeleteFlowRunOptions {
  /** Only if it and all its child runs have ended before this time, in ms UTC. Default: as it is. */
  readonly endedBefore?: number;
  /** Only while it waits to be begun for the first time. Default: as it is. */
  readonly isWaiting?: true;
}

/** With the time until which a run counts that still goes on or waits. */
export type RunHistoryQuestion = Required<RunHistoryRequest> & { readonly now: number };

export interface DurationHistoryQuestion extends Required<DurationHistoryRequest> {
  /** Of the newest, at most. */
  readonly maxRuns: number;
}

export interface RunMeasuresQuestion {
  readonly subject: RunSubject;
  readonly where: Condition;
  readonly now: number;
}

/** What is asked of a timeline, with the time that it is read at. */
export type TimelineQuestion = TimelineRequest &
  Required<Pick<TimelineRequest, "maxRows" | "buckets">> & { readonly now: number };

export interface StoredAccount extends Omit<Account, "hasPassword"> {
  /** As service/access/password.ts makes it; null where it has none. */
  readonly passwordHash: string | null;
}

export interface StoredApiKey extends ApiKey {
  /** SHA-256 of the key's secret half, in hexadecimal. */
  readonly digest: string;
}

/** A session of somebody who has signed in. Its token is kept by its SHA-256. */
export interface StoredSession {
  readonly digest: string;
  readonly accountId: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface CheckOptions {
  /**
   * `database`: whether the database holds together. `records`: also whether the records agree with each other. `everything`:
   * both, and each index with its table. Default `database`.
   */
  readonly depth?: "database" | "records" | "everything";
}

export interface LedgerSpace {
  readonly sizeBytes: number;
  /** Of these, what was deleted takes so many, about. */
  readonly freeBytes: number;
}

export interface CompactedLedger {
  readonly beforeBytes: number;
  readonly afterBytes: number;
}

/** A result that is kept beside the ledger. */
export interface StoredResult {
  /** The name of its storage. */
  readonly store: string;
  readonly key: string;
}

/** What a copy of a ledger has let go of. */
export interface SettledCopy {
  /** Processes whose runs end when the ledger is next looked after. */
  readonly processes: number;
  readonly sessions: number;
  readonly apiKeys: number;
}

/** Accounts, what they come in by, and what they did. */
export interface AccessStore {
  /** By the names. */
  findAccounts(page: PageRequest): Promise<Page<StoredAccount>>;
  readAccount(by: { readonly id: string } | { readonly name: string }): Promise<StoredAccount | null>;
  /** False when there is one of this name. */
  insertAccount(account: StoredAccount): Promise<boolean>;
  /** If it is at this revision: false when not. */
  replaceAccount(account: StoredAccount, readRevision: number): Promise<boolean>;
  /** With its keys and sessions. False when there is none. */
  deleteAccount(id: string): Promise<boolean>;

  /** The newest first. */
  findApiKeys(filter: ApiKeyFilter, page: PageRequest): Promise<Page<StoredApiKey>>;
  readApiKey(id: string): Promise<StoredApiKey | null>;
  /** False when its account is not there. */
  insertApiKey(key: StoredApiKey): Promise<boolean>;
  markApiKeyUsed(id: string, at: number): Promise<void>;
  deleteApiKey(id: string): Promise<boolean>;

  insertSession(session: StoredSession): Promise<void>;
  readSession(digest: string): Promise<StoredSession | null>;
  deleteSession(digest: string): Promise<boolean>;
  deleteSessionsOf(accountId: string): Promise<void>;

  insertAuditEntries(entries: readonly NewAuditEntry[]): Promise<void>;
  /** The newest first. */
  findAuditEntries(filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>>;
  /** Sessions that expired before `now`, and entries of the audit log from before `auditBefore`, so many of each at most. */
  deleteOldAccess(question: {
    readonly now: number;
    readonly auditBefore: number;
    readonly max: number;
  }): Promise<{ readonly sessions: number; readonly auditEntries: number }>;
}

/** What a ledger knows of those beside it: their names, and who may enter which. What is in them is theirs. */
export interface WorkspaceStore {
  /** By the names. */
  findWorkspaces(page: PageRequest): Promise<Page<Workspace>>;
  readWorkspace(by: { readonly id: string } | { readonly name: string }): Promise<Workspace | null>;
  /** "id-taken": another id has to be drawn, for what is kept under this one would meet that of another workspace. */
  insertWorkspace(workspace: Workspace): Promise<"written" | "name-taken" | "id-taken">;
  /** If it is at this revision. */
  replaceWorkspace(workspace: Workspace, readRevision: number): Promise<"written" | "name-taken" | "changed">;
  /** With its members, if it is at this revision: false when not. What is in it goes by `Store.dropBeside`. */
  deleteWorkspace(id: string, readRevision: number): Promise<boolean>;

  /** By the names of the accounts. */
  findMembers(filter: MemberFilter, page: PageRequest): Promise<Page<Member>>;
  readMemberRole(workspaceId: string, accountId: string): Promise<MemberRole | null>;
  /** False when the workspace or the account is not there, or, for a role of null, was no member. */
  writeMember(change: MemberChange, at: number): Promise<boolean>;
}

/** With the time that it is read at. */
export type RunGraphQuestion = RunGraphRequest & { readonly now: number };

export type FlowSummaryQuestion = FlowSummaryRequest & Required<Pick<FlowSummaryRequest, "where" | "bars" | "page">>;
export type DeploymentSummaryQuestion = Required<DeploymentSummaryRequest>;
export type TaskGridQuestion = Required<TaskGridRequest>;

export interface FailuresQuestion extends Required<Pick<FailureGroupsRequest, "since" | "where">> {
  /** Flow runs, and task runs, at most. */
  readonly max: number;
  /** Among how many task runs those that failed are looked for. */
  readonly maxSearched: number;
}

export interface FailuresFound {
  readonly failures: readonly Failure[];
  /** There are more. */
  readonly isCut: boolean;
}

export interface WaitingRuns {
  /** Only those that a schedule made. */
  readonly isAutoScheduled: boolean;
  /** Only those that are due after it, in ms UTC. */
  readonly dueAfter?: number;
}

export interface SchemaVersion {
  readonly version: number;
  /** The oldest version that can still use it: more was only added since. */
  readonly serves: number;
}

/** What a store holds and waits for at this moment; null is what its database does not have. */
export interface StoreLoad {
  /** Of SQLite's write-ahead log. */
  readonly logBytes: number | null;
  readonly connections: {
    readonly busy: number;
    readonly idle: number;
    readonly max: number;
    /** Questions that wait for one. */
    readonly waiting: number;
  } | null;
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
  findFlowRunRows(filter: FlowRunFilter, sort: FlowRunSort, page: PageRequest): Promise<Page<FlowRunRow>>;
  countFlowRuns(filter: FlowRunFilter): Promise<Readonly<Partial<Record<StateType, number>>>>;
  /** Changes it if its `extra` is what was read: false when not, or when there is none. */
  updateFlowRun(id: string, change: FlowRunChange, readExtra: FlowRunExtra): Promise<boolean>;
  /** With its task runs, logs, artifacts and inputs; child runs too. Events stay. False when there is none that may go. */
  deleteFlowRun(id: string, options?: DeleteFlowRunOptions): Promise<boolean>;

  // Lists without a sort are in the order first seen, secrets in that of their names.
  findTaskRuns(filter: TaskRunFilter, page: PageRequest, sort?: TaskRunSort): Promise<Page<TaskRun>>;
  /** Writes each task run with its whole history, unless it was changed since it was read. Returns which were written. */
  writeObserved(runs: readonly ObservedTaskRun[]): Promise<readonly boolean[]>;
  renameTaskRun(id: string, name: string): Promise<boolean>;
  /** With its logs and artifacts. Events stay. */
  deleteTaskRun(id: string): Promise<boolean>;
  countTaskRuns(flowRunId: string): Promise<readonly TaskCount[]>;
  readRecords(flowRunId: string, parentId?: string): Promise<readonly TaskRun[]>;
  readCacheEntry(key: string): Promise<CacheEntry | null>;
  /** In one guarded write: keeps the entry unless the key has one that has not expired. Returns what is kept. */
  keepOnce(entry: CacheEntry): Promise<CacheEntry>;
  /** False when the key has nothing of this task run. */
  dropKept(key: string, taskRunId: string): Promise<boolean>;

  findLogs(filter: LogFilter, page: PageRequest): Promise<Page<StoredLogLine>>;
  searchLogs(search: LogSearch & { readonly max: number }): Promise<LogMatches>;
  findArtifacts(filter: ArtifactFilter, page: PageRequest): Promise<Page<Artifact>>;
  findArtifactRows(filter: ArtifactFilter, page: PageRequest): Promise<Page<ArtifactRow>>;
  /** @param endOfKey written with it where no other version of its key is left */
  deleteArtifact(id: string, endOfKey?: Event): Promise<boolean>;
  findEvents(filter: EventFilter, page: PageRequest): Promise<Page<StoredEvent>>;
  /** Looks at the first events of a range, and deletes those that happened before a time. */
  deleteEvents(request: DeleteEventsRequest): Promise<DeletedEvents>;

  /** How many there are of a noun that meet the condition. */
  count(subject: Subject, where: Condition): Promise<number>;
  /** The most frequent values first, at most 1,000. */
  countBy(subject: Subject, field: string, where: Condition): Promise<readonly FieldCount[]>;
  readEventHistory(request: EventHistoryRequest): Promise<readonly EventHistoryCell[]>;
  readDurationHistory(question: DurationHistoryQuestion): Promise<DurationHistory>;
  /** USAGE for more than `maxEventGroups` groups. */
  groupEvents(request: EventGroupsRequest): Promise<readonly EventGroup[]>;
  readRunHistory(question: RunHistoryQuestion): Promise<readonly RunHistoryCell[]>;
  measureRuns(question: RunMeasuresQuestion): Promise<RunMeasures>;
  /** Of the newest flow runs and task runs, so many of each; at most 1,000 states. */
  findSeenStates(newest: number): Promise<readonly SeenState[]>;
  readTimeline(question: TimelineQuestion): Promise<Timeline>;
  /** By the names of the flows. */
  summarizeFlows(question: FlowSummaryQuestion): Promise<Page<FlowSummary>>;
  summarizeDeployments(question: DeploymentSummaryQuestion): Promise<readonly DeploymentSummary[]>;
  readTaskGrid(question: TaskGridQuestion): Promise<TaskGrid>;
  /** Of flow runs, the last ended first, and of the task runs in them; those are left out that failed of another's failure. */
  findFailures(question: FailuresQuestion): Promise<FailuresFound>;
  readRunGraph(question: RunGraphQuestion): Promise<RunGraph>;

  // The nouns that people make; see contract/objects.ts. Each write has its event in the same transaction.
  readObjects<Kind extends ObjectKind>(kind: Kind, ids: readonly string[]): Promise<readonly ObjectTypes[Kind][]>;
  findObjects<Kind extends ObjectKind>(
    kind: Kind,
    query: { readonly where: Condition; readonly sort?: Sort },
    page: PageRequest,
  ): Promise<Page<ObjectTypes[Kind]>>;
  /** The object, or null when another has its id, or a name that must be its own. */
  insertObject<Kind extends ObjectKind>(
    kind: Kind,
    object: ObjectTypes[Kind],
    event: Event | null,
  ): Promise<ObjectTypes[Kind] | null>;
  /** Replaces the object of that id if its revision is the one before. `taken`: another has a name that must be its own. */
  replaceObject<Kind extends ObjectKind>(
    kind: Kind,
    object: ObjectTypes[Kind],
    event: Event | null,
  ): Promise<"written" | "raced" | "taken">;
  deleteObject(kind: ObjectKind, id: string, event: Event | null): Promise<boolean>;

  /** Runs of these queues that are due, by the order of the queues and then by their time, with at most `max` of each. */
  findDueRuns(request: DueRunsOfQueues): Promise<readonly FlowRun[]>;
  findDueRunsOfDeployments(request: Required<DueRunsOfDeploymentsRequest>): Promise<readonly FlowRun[]>;
  countActiveRuns(workQueueIds: readonly string[]): Promise<readonly QueueUse[]>;
  /**
   * Sets when they were last asked for runs, where that was before `unlessSince`; of a worker, when it last said that it is
   * there. No new revision. Returns how many.
   */
  markPolled(
    kind: "deployment" | "work-queue" | "worker",
    marks: { readonly ids: readonly string[]; readonly at: number; readonly unlessSince: number },
  ): Promise<number>;
  /** Deletes runs of a deployment that are SCHEDULED and have never begun, and do not wait for a slot. */
  deleteWaitingRuns(deploymentId: string, which: WaitingRuns): Promise<number>;

  readSecret(name: string): Promise<SealedSecret | null>;
  findSecrets(): Promise<readonly Omit<SealedSecret, "sealed">[]>;
  // The event is written with the change; that of a deletion only if there is something to delete.
  writeSecret(
    secret: { readonly name: string; readonly sealed: string; readonly at: number },
    event?: Event,
  ): Promise<void>;
  deleteSecret(name: string, event?: Event): Promise<boolean>;
  /** In the order of their names, those after `after` (null: the first), at most `limit`. */
  findSealedSecrets(after: string | null, limit: number): Promise<readonly SealedSecret[]>;
  /** The same value sealed anew, if what is there is sealed as it was read. Not told of, and no other time of writing. */
  resealSecret(secret: { readonly name: string; readonly from: string; readonly to: string }): Promise<boolean>;

  /** False when an input of this run, key and id is there already, and when the run is not. */
  writeRunInput(input: RunInput): Promise<boolean>;
  findRunInputs(flowRunId: string, key?: string): Promise<readonly RunInput[]>;
  deleteRunInputs(flowRunId: string, key: string): Promise<boolean>;

  writeProcess(process: ExecutorProcess): Promise<void>;
  /** False when there is no such process. */
  renewProcess(id: string, leaseExpiresAt: number): Promise<boolean>;
  findProcesses(ids?: readonly string[]): Promise<readonly ExecutorProcess[]>;
  /** With its slots. */
  deleteProcess(id: string): Promise<void>;
  /** Processes that runs name as their owner, and that are not there; at most so many. A run that has ended names none. */
  findLostOwners(limit: number): Promise<readonly string[]>;
  /** The runs that name this process as their owner and are in one of these states. */
  findOwnedRuns(processId: string, stateTypes: readonly StateType[]): Promise<readonly FlowRun[]>;

  /**
   * In one guarded write: takes a slot unless `limit` holders are there; a holder that holds one already keeps it. None for
   * a process that is not registered: nobody would free it.
   */
  acquireSlot(request: SlotRequest, at: number): Promise<boolean>;
  releaseSlot(limitName: string, holder: string): Promise<void>;
  /** Who holds slots of a limit in the name of a process. */
  findSlotHolders(limitName: string, processId: string): Promise<readonly string[]>;

  /**
   * In one transaction: reads the limits of these names, in which nobody else changes them, and writes what `decide` makes of
   * them. It decides anew, perhaps several times, if another was faster.
   *
   * @param leaseId a lease that may be there already: `decide` is given it then
   */
  changeLimits<T>(
    names: readonly string[],
    decide: (limits: readonly ConcurrencyLimit[], lease: SlotLease | null) => LimitChange<T>,
    leaseId?: string,
  ): Promise<T>;
  /** False when it has ended. */
  renewSlotLease(id: string, expiresAt: number): Promise<boolean>;
  /** In one transaction: deletes the lease and writes its limits. False when it has ended before, or not expired yet. */
  endSlotLease(end: LeaseEnd): Promise<boolean>;

  readonly access: AccessStore;
  readonly workspaces: WorkspaceStore;
  /**
   * The ledger of a workspace, made if need be: in a file beside this one's, or in a schema of the same database, over the
   * same connections. It is closed by itself, before this one.
   *
   * @throws what opening a ledger throws
   */
  openBeside(id: string): Promise<Store>;
  /** Deletes the ledger of a workspace with all that is in it. Nobody has it open any more. */
  dropBeside(id: string): Promise<void>;

  /** The ledger as rows, as it is at one moment, for an export. Others write meanwhile. */
  readRows<T>(body: (rows: RowReader) => Promise<T>): Promise<T>;
  /** Takes rows of another ledger. */
  openRowWriter(): Promise<RowWriter>;
  /** All results beside the ledger that something in it refers to, part by part; one may come several times. */
  walkStoredResults(): AsyncIterable<readonly StoredResult[]>;
  /**
   * For a ledger that was put back as it once was: ends the leases of its processes and slots, its sessions, and its API
   * keys, among which there may be some that were revoked since.
   */
  settleCopy(options: { readonly keepsKeys: boolean }): Promise<SettledCopy>;

  /** The schema version that this code knows. A newer one that serves this version of the program may be there. */
  readonly schemaVersion: number;
  /** What the database has now: a newer version of the program may have carried it forward. */
  readSchemaVersion(): Promise<SchemaVersion>;
  /** Writes, and changes nothing: resolves when that can be done. */
  tryWriting(): Promise<void>;
  /** Which database it is, and how big the ledger is in it. */
  describe(): Promise<DatabaseDescription>;
  /** Asks the database nothing. */
  readLoad(): StoreLoad;
  measureSpace(): Promise<LedgerSpace>;
  /** Gives back, or makes usable again, the space of what was deleted. */
  compact(): Promise<CompactedLedger>;
  /**
   * Has the database look again at tables that have grown much since it last did, by which it plans its answers. Returns how many
   * there were; none of a database that plans by its indexes alone.
   */
  refreshStatistics(): Promise<number>;
  /** Entries of the cache that nobody may take any more. Returns how many there were. */
  deleteExpiredCache(now: number): Promise<number>;
  /** What is wrong with the ledger, in words; empty when it is sound. */
  check(options?: CheckOptions): Promise<readonly string[]>;
  close(): Promise<void>;
}
