/**
 * What a client may ask of an orchestrator, in our own words. Implemented by service/ (in process, over a Store) and by
 * client/ (over HTTP). The engine, the worker, the command line and the server know only this.
 *
 * Every method may reject with a MillraceError; the codes that are particular to a method are named beside it.
 */

import type { FlowRun, FlowRunFilter, FlowRunSort } from "./flow-run.ts";
import type { FlowRunProposal, ProposalOutcome, RecordBatch, RecordOutcome } from "./record.ts";
import type {
  Artifact,
  ArtifactFilter,
  ExecutorProcess,
  LogFilter,
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
import type { CacheEntry, TaskCount, TaskRun, TaskRunFilter } from "./task-run.ts";

export interface Api {
  /** Records what an executing process has to say; see RecordBatch. */
  record(batch: RecordBatch): Promise<RecordOutcome>;

  // Flow runs
  readFlowRun(id: string): Promise<FlowRun | null>;
  listFlowRuns(filter: FlowRunFilter, sort?: FlowRunSort, page?: PageRequest): Promise<Page<FlowRun>>;
  countFlowRuns(filter: FlowRunFilter): Promise<Readonly<Partial<Record<StateType, number>>>>;
  /** The full id of a flow run, task run or artifact from its start. RUN_NOT_FOUND, RUN_ID_AMBIGUOUS. */
  resolveId(prefix: string): Promise<{ readonly kind: "flow-run" | "task-run" | "artifact"; readonly id: string }>;
  proposeFlowRunState(proposal: FlowRunProposal): Promise<ProposalOutcome>;
  /**
   * Takes the run for a process, to execute it from the top: raises the epoch, enters RUNNING.
   * RUN_OWNED when a live process holds it; RUN_NOT_RESUMABLE when its state does not allow it.
   */
  claimFlowRun(claim: FlowRunClaim): Promise<FlowRun>;
  deleteFlowRun(id: string): Promise<boolean>;

  // Task runs
  readTaskRun(id: string): Promise<TaskRun | null>;
  listTaskRuns(filter: TaskRunFilter, page?: PageRequest): Promise<Page<TaskRun>>;
  countTaskRuns(flowRunId: string): Promise<readonly TaskCount[]>;
  /** Every task run of a flow run, or of one parent in it, in the order first seen; what resume reads. */
  readRecords(flowRunId: string, parentId?: string): Promise<readonly TaskRun[]>;
  readCacheEntry(key: string): Promise<CacheEntry | null>;

  // Logs, artifacts, events
  listLogs(filter: LogFilter, page?: PageRequest): Promise<Page<StoredLogLine>>;
  listArtifacts(filter: ArtifactFilter, page?: PageRequest): Promise<Page<Artifact>>;
  deleteArtifact(id: string): Promise<boolean>;
  listEvents(
    filter: { readonly afterSeq?: number; readonly flowRunIds?: readonly string[]; readonly names?: readonly string[] },
    page?: PageRequest,
  ): Promise<Page<StoredEvent>>;

  // Variables and secrets
  readVariable(name: string): Promise<Variable | null>;
  listVariables(page?: PageRequest): Promise<Page<Variable>>;
  /** VARIABLE_NAME_INVALID */
  writeVariable(variable: {
    readonly name: string;
    readonly value: string;
    readonly tags?: readonly string[];
  }): Promise<Variable>;
  deleteVariable(name: string): Promise<boolean>;
  readSecret(name: string): Promise<SealedSecret | null>;
  listSecrets(): Promise<readonly Omit<SealedSecret, "sealed">[]>;
  writeSecret(secret: { readonly name: string; readonly sealed: string }): Promise<void>;
  deleteSecret(name: string): Promise<boolean>;

  // Inputs to runs: signals and answers
  /** The same id twice is one input; false when it was known. */
  sendRunInput(input: Omit<RunInput, "createdAt">): Promise<boolean>;
  listRunInputs(flowRunId: string, key?: string): Promise<readonly RunInput[]>;

  // Processes, leases and slots
  registerProcess(process: Omit<ExecutorProcess, "leaseExpiresAt">): Promise<ExecutorProcess>;
  /** Renews the lease of all of a process's runs. False when the process is no longer known: its runs were taken. */
  renewProcess(id: string): Promise<boolean>;
  /** Ends a process that stops in good order; its runs that still are RUNNING become CRASHED. */
  endProcess(id: string): Promise<void>;
  /** The runs of a process in a state its code must hear of: CANCELLING, PAUSED, or owned by another now. */
  readAttention(processId: string): Promise<readonly FlowRun[]>;
  /** Marks CRASHED the runs of processes whose lease has ended or which are seen dead. Returns how many. */
  expireProcesses(): Promise<number>;
  /** Takes a slot if one is free. */
  acquireSlot(request: SlotRequest): Promise<boolean>;
  releaseSlot(limitName: string, holder: string): Promise<void>;

  /** Gives up connections and files. */
  close(): Promise<void>;
}

export interface FlowRunClaim {
  readonly id: string;
  readonly processId: string;
  /** `resume` keeps recorded failures, `retry` drops them; both may run a scheduled run for the first time. */
  readonly mode: "start" | "resume" | "retry";
}
