/**
 * The one door for what a process that executes runs has to say. A batch is written in one transaction (one commit,
 * on PostgreSQL one fsync): runs created, states proposed, task runs, logs, artifacts, events. Sending a batch twice is harmless.
 */

import type { RecordedError } from "./errors.ts";
import type { FlowRun, FlowRunExtra, NewFlowRun, RunEnvironment } from "./flow-run.ts";
import type { Artifact, Event, ExecutorProcess, LogLine } from "./records.ts";
import type { ResultRef } from "./results.ts";
import type { Decision, ProposedState, State, StateType } from "./states.ts";
import type { TaskRunChange, TaskRunObservation } from "./task-run.ts";

/** A state proposed for a flow run, by its owner (`epoch`) or by anybody else (`epoch` absent: a person, a loop). */
export interface FlowRunProposal {
  readonly id: string;
  readonly state: ProposedState;
  /** The proposer's fencing token; a lower one than the run's is refused. */
  readonly epoch?: number;
  readonly result?: ResultRef | null;
  readonly error?: RecordedError | null;
  readonly environment?: RunEnvironment;
  readonly name?: string;
  /**
   * Proposed by a client that holds no fencing token and leaves retries and pauses to the orchestrator: decided by
   * rules/guest-run-transitions.ts, unless a process of ours owns the run.
   */
  readonly guest?: true;
  /** Only if the run is still in the state that it entered at this time: who decided on what it read is not overtaken. */
  readonly stateAt?: number;
  /** Set the state past the rules; recorded in the state's details as `forcedBy`. */
  readonly force?: string;
  /**
   * Of a guest that proposes RUNNING: nobody renews the lease of its slot, as older clients do not. It has the slot until the run
   * leaves it, for 30 days at most.
   */
  readonly renewsNoSlot?: true;
  /** Of a guest that proposes PENDING: who executes the run is there, and begins at once. */
  readonly start?: ProposedStart;
}

/**
 * The process is registered, and with the write that makes the run PENDING it has claimed it, as by claimFlowRun: the run
 * that is answered is RUNNING. Not where the run starts with another version of its deployment: that is answered PENDING.
 */
export interface ProposedStart {
  readonly process: Omit<ExecutorProcess, "leaseExpiresAt">;
  /** Of the deployment, whose code the process has; null where versions are not kept. */
  readonly version: number | null;
}

export interface RecordBatch {
  readonly processId: string;
  readonly created?: readonly NewFlowRun[];
  readonly proposals?: readonly FlowRunProposal[];
  readonly taskRuns?: readonly TaskRunChange[];
  readonly observed?: readonly TaskRunObservation[];
  readonly logs?: readonly LogLine[];
  readonly artifacts?: readonly Artifact[];
  readonly events?: readonly Event[];
}

export interface ProposalOutcome {
  readonly decision: Decision;
  /** The run after the decision; null when there is no such run. */
  readonly run: FlowRun | null;
}

export interface RecordOutcome {
  /** One for each of `created`, in order: the run, which is an older one where the idempotency key or id was known. */
  readonly created: readonly { readonly run: FlowRun; readonly isNew: boolean }[];
  /** One for each of `proposals`, in order. */
  readonly proposals: readonly ProposalOutcome[];
  /** Flow runs whose task runs were refused, because the batch's epoch is stale. */
  readonly stale: readonly string[];
}

/** Room in a work pool for one more run that is PENDING or RUNNING. */
export interface PoolRoom {
  readonly workPoolId: string;
  /** Of these queues together fewer runs are under way than that. */
  readonly limits: readonly { readonly workQueueIds: readonly string[]; readonly limit: number }[];
}

/** A flow run's transition as the store writes it: decided by the rules, guarded by what they were decided on. */
export interface FlowRunTransition {
  readonly id: string;
  readonly expected: { readonly stateTypes: readonly StateType[]; readonly stateAt: number; readonly epoch: number };
  readonly state: State;
  readonly startedAt?: number | null;
  readonly endedAt?: number | null;
  readonly runCount?: number;
  readonly result?: ResultRef | null;
  readonly error?: RecordedError | null;
  readonly environment?: RunEnvironment;
  readonly name?: string;
  /** A claim: raises the epoch by one and sets the owner. */
  readonly claimFor?: string;
  /** Gives up the owner. */
  readonly releases?: boolean;
  readonly extra?: FlowRunExtra;
  /** Only if there is room: a part of the guard. Transitions that need room in one pool are written one after the other. */
  readonly room?: PoolRoom;
  /** A start that a crash of the database may lose: whoever runs it goes on, and its next state is taken. */
  readonly mayBeLost?: true;
}
