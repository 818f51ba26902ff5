/**
 * What a client may ask of an orchestrator, in our own words. Implemented by service/ (in process, over a Store) and by
 * client/ (over HTTP). The engine, the worker, the command line and the server know only this.
 *
 * Every method may reject with a MillraceError; the codes that are particular to a method are named beside it.
 */

import type {
  Account,
  AccountChange,
  ApiKey,
  ApiKeyFilter,
  AuditEntry,
  AuditFilter,
  MadeApiKey,
  NewAccount,
  NewApiKey,
} from "./access.ts";
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
import type { ArtifactRow } from "./artifact-row.ts";
import type { SlotAnswer, SlotDemand, SlotReturn } from "./concurrency.ts";
import type { KeptEvaluation } from "./evaluations.ts";
import type { FlowRun, FlowRunChange, FlowRunFilter, FlowRunSort } from "./flow-run.ts";
import type { FailedRun, FailedRunsRequest, FailureGroups, FailureGroupsRequest } from "./failures.ts";
import type {
  DeploymentSummary,
  DeploymentSummaryRequest,
  FlowSummary,
  FlowSummaryRequest,
  TaskGrid,
  TaskGridRequest,
} from "./flow-trends.ts";
import type { FlowRunRow } from "./flow-run-row.ts";
import type { FlowRunProposal, ProposalOutcome, RecordBatch, RecordOutcome } from "./record.ts";
import type {
  DeploymentChange,
  DeploymentToSave,
  DraftSchedule,
  RunSubmission,
  SavedDeployment,
  ScheduleChange,
  ScheduledRun,
  ScheduleToSave,
  ScheduleWindow,
  SubmittedRun,
} from "./deployments.ts";
import type {
  Deployment,
  DeploymentVersion,
  JsonObject,
  NewObject,
  ObjectChange,
  ObjectKind,
  ObjectTypes,
  Schedule,
  Variable,
  Worker,
  WorkPool,
  WorkQueue,
} from "./objects.ts";
import type {
  DueRunsOfDeploymentsRequest,
  DueRunsRequest,
  QueueUse,
  WorkerHeartbeat,
  WorkPoolChange,
  WorkPoolToMake,
  WorkQueueChange,
  WorkQueueToMake,
} from "./work.ts";
import type { FlowRunsChange, FlowRunsChanged } from "./bulk.ts";
import type { AnsweredPause, AnswerToPause, InboxFilter, InboxItem, PauseAnswer } from "./inbox.ts";
import type { LogMatches, LogSearch } from "./log-search.ts";
import type { AutomationTrial, TrialReport } from "./trials.ts";
import type { Condition, Sort, Subject } from "./query.ts";
import type {
  Artifact,
  ArtifactFilter,
  EventFilter,
  ExecutorProcess,
  LogFilter,
  Page,
  PageRequest,
  RunInput,
  SealedSecret,
  SlotRequest,
  StoredEvent,
  StoredLogLine,
} from "./records.ts";
import type { RunGraph, RunGraphRequest } from "./run-graph.ts";
import type { StateType } from "./states.ts";
import type { CacheEntry, TaskCount, TaskRun, TaskRunFilter, TaskRunSort } from "./task-run.ts";
import type { UsedThing, Uses } from "./uses.ts";
import type { WaitReport } from "./waiting.ts";
import type { Member, MemberChange, MemberFilter, NewWorkspace, Workspace, WorkspaceChange } from "./workspaces.ts";

export interface Api {
  /** Records what an executing process has to say; see RecordBatch. */
  record(batch: RecordBatch): Promise<RecordOutcome>;

  // Flow runs
  readFlowRun(id: string): Promise<FlowRun | null>;
  listFlowRuns(filter: FlowRunFilter, sort?: FlowRunSort, page?: PageRequest): Promise<Page<FlowRun>>;
  /** The same without what can be long: for lists that people look at. */
  listFlowRunRows(filter: FlowRunFilter, sort?: FlowRunSort, page?: PageRequest): Promise<Page<FlowRunRow>>;
  countFlowRuns(filter: FlowRunFilter): Promise<Readonly<Partial<Record<StateType, number>>>>;
  /** The full id of a run, an artifact or an object from its start, of one kind if it is given. RUN_NOT_FOUND, RUN_ID_AMBIGUOUS. */
  resolveId(prefix: string, kind?: IdKind): Promise<ResolvedId>;
  /** One change of many, some of them a call. USAGE. */
  changeFlowRuns(change: FlowRunsChange): Promise<FlowRunsChanged>;
  proposeFlowRunState(proposal: FlowRunProposal): Promise<ProposalOutcome>;
  /**
   * Takes the run for a process, to execute it from the top: raises the epoch, enters RUNNING.
   * RUN_OWNED when a live process holds it; RUN_NOT_RESUMABLE when its state does not allow it.
   */
  claimFlowRun(claim: FlowRunClaim): Promise<FlowRun>;
  /** Null when there is no such run. */
  updateFlowRun(id: string, change: FlowRunChange): Promise<FlowRun | null>;
  deleteFlowRun(id: string): Promise<boolean>;
  /** Why a run is not running: the limit, pool, worker, schedule or pause that holds it. RUN_NOT_FOUND. */
  whyWaiting(flowRunId: string): Promise<WaitReport>;

  // Task runs
  readTaskRun(id: string): Promise<TaskRun | null>;
  listTaskRuns(filter: TaskRunFilter, page?: PageRequest, sort?: TaskRunSort): Promise<Page<TaskRun>>;
  /** False when there is none. */
  renameTaskRun(id: string, name: string): Promise<boolean>;
  /** With its logs and artifacts. False when there is none. */
  deleteTaskRun(id: string): Promise<boolean>;
  countTaskRuns(flowRunId: string): Promise<readonly TaskCount[]>;
  /** Every task run of a flow run, or of one parent in it, in the order first seen; what resume reads. */
  readRecords(flowRunId: string, parentId?: string): Promise<readonly TaskRun[]>;
  readCacheEntry(key: string): Promise<CacheEntry | null>;
  /** Keeps a result under a key for ever, unless one is kept there already. Returns what is kept: of who was first. */
  keepOnce(kept: Pick<CacheEntry, "key" | "result" | "taskRunId">): Promise<CacheEntry>;
  /** What a task run has kept under a key is undone: it is kept no longer. False when the key has nothing of it. */
  dropKept(key: string, taskRunId: string): Promise<boolean>;

  // Logs, artifacts, events
  listLogs(filter: LogFilter, page?: PageRequest): Promise<Page<StoredLogLine>>;
  /** Where in a list of log lines the matches are. USAGE. */
  searchLogs(search: LogSearch): Promise<LogMatches>;
  listArtifacts(filter: ArtifactFilter, page?: PageRequest): Promise<Page<Artifact>>;
  deleteArtifact(id: string): Promise<boolean>;
  /** The same with only the start of what they hold: for lists that people look at. */
  listArtifactRows(filter: ArtifactFilter, page?: PageRequest): Promise<Page<ArtifactRow>>;
  listEvents(filter: EventFilter, page?: PageRequest): Promise<Page<StoredEvent>>;

  // Figures over many runs; see contract/aggregates.ts
  /** How many there are of a noun that meet the condition. */
  count(subject: Subject, where: Condition): Promise<number>;
  /** How many there are with each value of a field, the most frequent first. At most 1,000 values. USAGE. */
  countBy(subject: Subject, field: string, where: Condition): Promise<readonly FieldCount[]>;
  /** Runs by interval and by the state that they are in, in the order of both. USAGE for a window that cannot be divided so. */
  readRunHistory(request: RunHistoryRequest): Promise<readonly RunHistoryCell[]>;
  /** How long the flow runs took that completed, by the interval that they began in. USAGE as of runs. */
  readDurationHistory(request: DurationHistoryRequest): Promise<DurationHistory>;
  /** Events by interval, all that the filter takes, in the order of time. USAGE as of runs. */
  readEventHistory(request: EventHistoryRequest): Promise<readonly EventHistoryCell[]>;
  /**
   * Events by their name or by what they happened to, all that the filter takes: the biggest groups first, at most 1,000 of
   * them. USAGE where there are more than 100,000.
   */
  groupEvents(request: EventGroupsRequest): Promise<readonly EventGroup[]>;
  measureRuns(subject: RunSubject, where: Condition): Promise<RunMeasures>;
  /** The states that runs have had, the last seen first; at most 1,000. Of the newest 2,000 flow runs and task runs. */
  listSeenStates(): Promise<readonly SeenState[]>;
  /** The task runs of a flow run as columns. RUN_NOT_FOUND, USAGE. */
  readTimeline(request: TimelineRequest): Promise<Timeline>;
  /** What depends on what in a flow run; see contract/run-graph.ts. RUN_NOT_FOUND. */
  readRunGraph(request: RunGraphRequest): Promise<RunGraph>;

  /** How the newest runs of each flow have done, by the names of the flows; see contract/flow-trends.ts. USAGE. */
  summarizeFlows(request: FlowSummaryRequest): Promise<Page<FlowSummary>>;
  /** The newest runs of each deployment, and when its next one is due, in no order. USAGE. */
  summarizeDeployments(request: DeploymentSummaryRequest): Promise<readonly DeploymentSummary[]>;
  /** The tasks of a flow over its newest runs. USAGE. */
  readTaskGrid(request: TaskGridRequest): Promise<TaskGrid>;
  /** Failures by what is the same in them; see contract/failures.ts. USAGE. */
  groupFailures(request: FailureGroupsRequest): Promise<FailureGroups>;
  /** The flow runs of one group, the last failed first. USAGE. */
  listFailedRuns(request: FailedRunsRequest): Promise<Page<FailedRun>>;

  // The nouns that people make; see contract/objects.ts. Those of `serverKinds` (contract/query.ts) are read like the others;
  // making, changing and deleting them is the server's own: who asks it from outside is refused (OBJECT_INVALID).
  readObject<Kind extends ObjectKind>(kind: Kind, id: string): Promise<ObjectTypes[Kind] | null>;
  listObjects<Kind extends ObjectKind>(
    kind: Kind,
    query?: ObjectQuery,
    page?: PageRequest,
  ): Promise<Page<ObjectTypes[Kind]>>;
  /** OBJECT_EXISTS when another has a name that must be its own, OBJECT_INVALID. */
  createObject<Kind extends ObjectKind>(kind: Kind, object: NewObject<Kind>): Promise<ObjectTypes[Kind]>;
  /**
   * Null when there is none. With `revision` it is changed only if that is its last one (REVISION_CONFLICT). OBJECT_EXISTS,
   * OBJECT_INVALID.
   */
  updateObject<Kind extends ObjectKind>(
    kind: Kind,
    id: string,
    change: ObjectChange<Kind>,
    revision?: number,
  ): Promise<ObjectTypes[Kind] | null>;
  /** What an automation would have done with the events that are recorded. NOT_FOUND, OBJECT_INVALID, USAGE. */
  tryAutomation(trial: AutomationTrial): Promise<TrialReport>;
  /**
   * What an automation was evaluated to and why, also where nothing came of it: the last one first, at most
   * `maxKeptEvaluations` of contract/evaluations.ts. What came to the same as before is counted on one row. It may be behind by
   * a second, and its counts by half a minute. Empty for one that has not been evaluated, or is not there.
   */
  listEvaluations(automationId: string): Promise<readonly KeptEvaluation[]>;
  /** What refers to a block or a variable: deployments, schedules, pools, automations. NOT_FOUND for a block. */
  findUses(of: UsedThing): Promise<Uses>;
  /** With what belongs to it. OBJECT_INVALID. */
  deleteObject(kind: ObjectKind, id: string): Promise<boolean>;

  // Deployments; see contract/deployments.ts
  /**
   * Makes a run of a deployment. NOT_FOUND, PARAMETERS_INVALID, PARAMETERS_TOO_LARGE, PARAMETER_SCHEMA_INVALID, JOB_VARIABLES_INVALID;
   * RUN_NOT_FOUND and RUN_NOT_RESUMABLE of the run that is run again.
   */
  submitRun(submission: RunSubmission): Promise<SubmittedRun>;
  /** Makes a deployment, or changes the one of its names. Runs that were scheduled by what it was before are dropped. */
  saveDeployment(deployment: DeploymentToSave): Promise<SavedDeployment>;
  /** Null when there is none. REVISION_CONFLICT, as updateObject. Runs that were scheduled by what it was are dropped. */
  updateDeployment(id: string, change: DeploymentChange, revision?: number): Promise<Deployment | null>;
  /** Its schedules make no runs from now on, and those that wait for their time are dropped. Null when there is none. */
  pauseDeployment(id: string): Promise<Deployment | null>;
  resumeDeployment(id: string): Promise<Deployment | null>;
  /** The newest first. NOT_FOUND. */
  listDeploymentVersions(id: string, page?: PageRequest): Promise<Page<DeploymentVersion>>;
  /** Null when there is none. */
  readDeploymentVersion(id: string, number: number): Promise<DeploymentVersion | null>;
  /**
   * Makes it again what it was in a version, as a new version. Null when there is no such deployment or version.
   * DEPLOYMENT_INVALID when a pool or queue of that version is gone.
   */
  rollBackDeployment(id: string, number: number): Promise<Deployment | null>;
  /** With its schedules and the runs that have not begun. */
  deleteDeployment(id: string): Promise<boolean>;
  /** SCHEDULE_INVALID, NOT_FOUND, OBJECT_EXISTS when the deployment has another of its slug. */
  createSchedule(deploymentId: string, schedule: ScheduleToSave): Promise<Schedule>;
  /**
   * Null when there is none. SCHEDULE_INVALID, OBJECT_EXISTS; REVISION_CONFLICT, as updateObject: the revision grows also when
   * runs are made of it. Runs that were scheduled by what it was are dropped.
   */
  updateSchedule(id: string, change: ScheduleChange, revision?: number): Promise<Schedule | null>;
  deleteSchedule(id: string): Promise<boolean>;
  /** Makes the runs that a deployment's active schedules have in a window, also of the past; each once, however often. */
  scheduleRuns(window: ScheduleWindow): Promise<readonly ScheduledRun[]>;
  /** When a schedule would be due, in ms UTC. SCHEDULE_INVALID. */
  upcoming(draft: DraftSchedule): Promise<readonly number[]>;

  // Work pools, queues and workers; see contract/work.ts
  /**
   * With its default queue. A base job template that is left out is that of the pool's type, where that is process, docker or
   * kubernetes; an empty one stays empty. Its defaults are held against their schema.
   * OBJECT_EXISTS, JOB_TEMPLATE_INVALID, NOT_FOUND.
   */
  createWorkPool(pool: WorkPoolToMake): Promise<WorkPool>;
  /**
   * Null when there is none. A base job template is checked as that of a new pool; updateObject takes it as it is.
   * REVISION_CONFLICT, as updateObject.
   */
  updateWorkPool(id: string, change: WorkPoolChange, revision?: number): Promise<WorkPool | null>;
  /** Queues of the pool that have its priority, and those behind them, move back. OBJECT_EXISTS, NOT_FOUND. */
  createWorkQueue(queue: WorkQueueToMake): Promise<WorkQueue>;
  /** Null when there is none. OBJECT_EXISTS; REVISION_CONFLICT, as updateObject. */
  updateWorkQueue(id: string, change: WorkQueueChange, revision?: number): Promise<WorkQueue | null>;
  /**
   * Runs to start now, by the priority of their queues and then by their time. Who gets one still has to claim it: another
   * may be faster. NOT_FOUND.
   */
  findDueRuns(request: DueRunsRequest): Promise<readonly FlowRun[]>;
  findDueRunsOfDeployments(request: DueRunsOfDeploymentsRequest): Promise<readonly FlowRun[]>;
  /** How many slots of each queue are taken; queues of which none is are left out. */
  countActiveRuns(workQueueIds: readonly string[]): Promise<readonly QueueUse[]>;
  /** NOT_FOUND when there is no such pool. */
  heartbeatWorker(heartbeat: WorkerHeartbeat): Promise<Worker>;
  /** Tells, by events, of pools, queues and deployments that began or ceased to be served. Returns of how many. */
  tellReadiness(): Promise<number>;

  // Variables by their names, which are objects too, and secrets
  readVariable(name: string): Promise<Variable | null>;
  listVariables(page?: PageRequest): Promise<Page<Variable>>;
  /** VARIABLE_NAME_INVALID. With `revision` one that is there is changed, and only if that is its last one: NOT_FOUND, REVISION_CONFLICT. */
  writeVariable(
    variable: { readonly name: string; readonly value: string; readonly tags?: readonly string[] },
    revision?: number,
  ): Promise<Variable>;
  deleteVariable(name: string): Promise<boolean>;
  readSecret(name: string): Promise<SealedSecret | null>;
  listSecrets(): Promise<readonly Omit<SealedSecret, "sealed">[]>;
  writeSecret(secret: { readonly name: string; readonly sealed: string }): Promise<void>;
  deleteSecret(name: string): Promise<boolean>;

  // Accounts of a server with access control; see contract/access.ts
  /** By their names. */
  listAccounts(page?: PageRequest): Promise<Page<Account>>;
  /** OBJECT_INVALID, OBJECT_EXISTS. */
  createAccount(account: NewAccount): Promise<Account>;
  /** Null when there is none. OBJECT_INVALID, also where no admin would be left; REVISION_CONFLICT, as updateObject. */
  updateAccount(id: string, change: AccountChange, revision?: number): Promise<Account | null>;
  /** With its keys and sessions. False when there is none. OBJECT_INVALID for the only admin. */
  deleteAccount(id: string): Promise<boolean>;
  /** The newest first. */
  listApiKeys(filter: ApiKeyFilter, page?: PageRequest): Promise<Page<ApiKey>>;
  /** NOT_FOUND, OBJECT_INVALID. */
  createApiKey(key: NewApiKey): Promise<MadeApiKey>;
  /** It is refused within 5 s. False when there is none. */
  deleteApiKey(id: string): Promise<boolean>;
  /** The newest first. */
  listAuditEntries(filter: AuditFilter, page?: PageRequest): Promise<Page<AuditEntry>>;

  // Workspaces of a server; see contract/workspaces.ts. In a workspace they, and accounts, are refused: WORKSPACE_HAS_NONE
  /** By their names; those that are deleted, and not purged yet, too. */
  listWorkspaces(page?: PageRequest): Promise<Page<Workspace>>;
  /** OBJECT_INVALID, OBJECT_EXISTS. */
  createWorkspace(workspace: NewWorkspace): Promise<Workspace>;
  /** A new name is another URL. Null when there is none. OBJECT_INVALID, OBJECT_EXISTS; REVISION_CONFLICT, as updateObject. */
  updateWorkspace(id: string, change: WorkspaceChange, revision?: number): Promise<Workspace | null>;
  /**
   * It answers no more within 10 s, and all that is in it is deleted after `keepForMs` (a week by default, a minute at
   * least). Null when there is none. OBJECT_INVALID.
   */
  deleteWorkspace(id: string, options?: { readonly keepForMs?: number }): Promise<Workspace | null>;
  /** One that was deleted, until it is purged. Null when there is none. OBJECT_INVALID. */
  restoreWorkspace(id: string): Promise<Workspace | null>;
  /** By the names of the accounts. */
  listMembers(filter: MemberFilter, page?: PageRequest): Promise<Page<Member>>;
  /** Lets an account in, changes what it may do there, or takes it out: false when it was not in. NOT_FOUND, OBJECT_INVALID. */
  setMember(change: MemberChange): Promise<boolean>;

  // Inputs to runs: signals and answers
  /** The same id twice is one input; false when it was known. */
  sendRunInput(input: Omit<RunInput, "createdAt">): Promise<boolean>;
  listRunInputs(flowRunId: string, key?: string): Promise<readonly RunInput[]>;
  /** All of the key. False when there is none. */
  deleteRunInputs(flowRunId: string, key: string): Promise<boolean>;

  // What waits for people; see contract/inbox.ts
  /** Those of the oldest runs first. A page may hold fewer than its limit, as not every paused run asks somebody. */
  listInbox(filter?: InboxFilter, page?: PageRequest): Promise<Page<InboxItem>>;
  /** Null when the run waits for nobody. The item of a run whose subflow waits is that of the subflow. RUN_NOT_FOUND. */
  readInboxItem(flowRunId: string): Promise<InboxItem | null>;
  /**
   * Answers a run that waits, checked by its form, and lets it go on. Of several answers one counts, and the others are told.
   * RUN_NOT_FOUND, PAUSE_NOT_WAITING, PAUSE_ANSWERED, ANSWER_NOT_ALLOWED; INPUT_INVALID, whose data has `paths`, as checkValues
   * gives them.
   */
  answerPause(answer: AnswerToPause): Promise<AnsweredPause>;
  /** The answers to all pauses of a run, in the order in which they came. RUN_NOT_FOUND. */
  listAnswers(flowRunId: string): Promise<readonly PauseAnswer[]>;
  /**
   * Ends a pause whose time is over, of a run that no process executes: with the answer that was agreed on for that, or by
   * failing the run. False when there is nothing to end.
   */
  expirePause(flowRunId: string): Promise<boolean>;

  /** What is wrong with values by a JSON Schema, each with where it is. PARAMETER_SCHEMA_INVALID for a schema that is none. */
  checkValues(check: { readonly schema: JsonObject; readonly values: JsonObject }): Promise<readonly ValueFault[]>;

  // Processes, leases and slots
  registerProcess(process: Omit<ExecutorProcess, "leaseExpiresAt">): Promise<ExecutorProcess>;
  /** Renews the lease of all of a process's runs. False when the process is no longer known: its runs were taken. */
  renewProcess(id: string): Promise<boolean>;
  /** Ends a process that stops in good order; its runs that still are RUNNING become CRASHED. */
  endProcess(id: string): Promise<void>;
  /** The runs of a process in a state its code must hear of: CANCELLING, PAUSED, or owned by another now. */
  readAttention(processId: string): Promise<readonly FlowRun[]>;
  /** Marks CRASHED the runs of processes whose lease has ended or which are seen dead. Returns how many: at most 500, of 100 processes. */
  expireProcesses(): Promise<number>;
  /** Takes a slot if one is free. */
  acquireSlot(request: SlotRequest): Promise<boolean>;
  releaseSlot(limitName: string, holder: string): Promise<void>;

  // Concurrency limits; see contract/concurrency.ts
  /** Takes slots of all of the limits, or of none. */
  takeSlots(demand: SlotDemand): Promise<SlotAnswer>;
  /** False when there was nothing to give back: the lease had ended, or none of the limits is there and active. */
  giveBackSlots(slots: SlotReturn): Promise<boolean>;
  /** The lease lasts `leaseMs` from now. False when it has ended: somebody else may have the slots. */
  renewSlots(leaseId: string, leaseMs: number): Promise<boolean>;
  /** Gives back the slots of leases that nobody has renewed in time, some 200 at a time. Returns of how many. */
  expireSlots(): Promise<number>;

  /** Gives up connections and files. */
  close(): Promise<void>;
}

/** What has an id that people may know the start of. */
export type IdKind = Exclude<Subject, "log">;

export interface ResolvedId {
  readonly kind: IdKind;
  readonly id: string;
}

export interface ValueFault {
  /** Names of properties and indexes of lists, from the outside. */
  readonly path: readonly string[];
  readonly message: string;
}

export interface ObjectQuery {
  readonly where?: Condition;
  /** Default: in the order in which they were made. */
  readonly sort?: Sort;
}

export interface FlowRunClaim {
  readonly id: string;
  readonly processId: string;
  /** `resume` keeps recorded failures, `retry` drops them; both may run a scheduled run for the first time. */
  readonly mode: "start" | "resume" | "retry";
}
