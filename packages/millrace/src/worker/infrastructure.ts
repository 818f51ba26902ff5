/**
 * The seam of the kinds of workers: where a run is executed, and how it is seen to have ended. A kind is one folder; the
 * dispatcher, which knows of runs and not of processes, is the same for all.
 */

import type { RecordedError } from "../contract/errors.ts";
import type { Entrypoint, FlowRun } from "../contract/flow-run.ts";
import type { Deployment, JsonObject } from "../contract/objects.ts";
import type { ExecutorProcess } from "../contract/records.ts";

/** A process that may hold leases, to be registered before a run is claimed for it. */
export type Holder = Omit<ExecutorProcess, "leaseExpiresAt">;

/** How what executed a run has ended. */
export interface JobEnd {
  /** In words, for the state of a run that did not come to its own end. */
  readonly how: string;
  /** What kept the run from beginning; null when it began, or nothing is known. */
  readonly error: RecordedError | null;
  /** The holder of the run's lease; null when it never had one. */
  readonly processId: string | null;
  /** True when somebody else had taken the run. */
  readonly isRefused: boolean;
  /** A signal has ended it: its code has not come to its own end. */
  readonly wasKilled?: boolean;
  /** What its code has blocked past the timeout of, so that the process was ended for that. */
  readonly overdue?: "Flow" | "Task" | undefined;
}

/** What executes one run. */
export interface Job {
  /** Names it for people, as `<host>:<pid>`. */
  readonly infrastructureId: string;
  /** Who holds the run's lease, as far as it is known by now; null before. */
  readonly processId: () => string | null;
  /** Where the code is that it runs, so that the run can be gone on with; null where nobody else would find it there. */
  readonly entrypoint: Entrypoint | null;
  /** Resolves when it is seen to be gone, and never rejects. */
  readonly ended: Promise<JobEnd>;
  /** The run is CANCELLING: its code is told to stop, and after the grace it is ended whatever it does. */
  readonly cancel: () => void;
  /**
   * Has the flow's hooks told of the run's end, which its own process could not do; nothing where it has none. Rejects when
   * that could not be done.
   */
  readonly tell: (run: FlowRun) => Promise<void>;
  /** This process stops: the run is told to end as interrupted, and after the grace it is ended whatever it does. */
  readonly interrupt: () => void;
}

/** Room for one run of a deployment, which is taken before the run is claimed, so that the claim is soon followed by the start. */
export interface Place {
  /** Pull steps that bring the same code again, where those of the deployment bring what is newest; else null. */
  readonly pinnedSteps: readonly JsonObject[] | null;
  /** The process that is ready for the run; null where the run is claimed for its process later. */
  readonly holder: Holder | null;
  /**
   * @param run PENDING, or RUNNING where it was claimed for `holder` already
   * @param dueAt it is begun then and not before, in ms since the epoch; null for at once
   */
  start(run: FlowRun, dueAt: number | null): Job;
  /** The run was not to be had. */
  giveBack(): void;
  /** It is not known whether the run was had for `holder`, which ends, and with it the run. */
  giveUp(): void;
}

export interface Infrastructure {
  /** As work pools name it. */
  readonly type: string;
  /** False for runs that are for another kind of worker. */
  canRun(deployment: Deployment): boolean;
  /** Has so much ready, from now on, that this many runs of the deployment can start at once; as far as it can. */
  keep(deployment: Deployment, runs: number): void;
  /** The same for runs that come soon. */
  prepare(deployment: Deployment, runs: number): void;
  /** What cannot be had (code that is not there) is told by the end of the job. */
  take(order: { readonly deployment: Deployment; readonly run: FlowRun }): Promise<Place>;
  /** Gives up what is ready. Jobs under way go on. */
  close(): Promise<void>;
}
