/** A throw-away ledger, as a test sees it. */

import type { Api } from "../contract/api.ts";
import type { SavedDeployment } from "../contract/deployments.ts";
import type { State } from "../contract/states.ts";
import type { EndedRun, StartedRun } from "./ended-run.ts";
import type { TestClock, TestTime } from "./ledger-clock.ts";
import type { LedgerReading } from "./ledger-reading.ts";
import type { DeploymentSubject } from "./ledger-serving.ts";
import type { RunRecording } from "./recording.ts";
import type { AnyFlow, FlowSubject, RunSubject } from "./subjects.ts";

export interface TestLedgerOptions {
  /** How time passes. Default `virtual`: sleeps, delays of retries, timeouts and expiries take no real time. */
  readonly clock?: TestTime;
  /** The same seed gives the same ids, names and random numbers. Default 1. */
  readonly seed?: number | string;
  /** What time it is at first, where the clock is not the machine's. Default 2026-01-01T00:00:00Z. */
  readonly start?: Date | number;
  /**
   * Default `memory`: SQLite that ends with the ledger. `file`: SQLite in a temporary folder, which other processes can open
   * too. Or the URL of a PostgreSQL, in which a schema is made and dropped again.
   */
  readonly database?: "memory" | "file" | `postgres://${string}` | `postgresql://${string}`;
}

/** How a run is taken up again. */
export interface ContinueOptions {
  /** The flow as it is now, to see what changed code makes of the record. Default: the one that the run was made by. */
  readonly flow?: AnyFlow;
  /** What becomes of calls that the record does not have: see `millrace flow-run resume --on-drift rerun`. Default `stop`. */
  readonly onDrift?: "stop" | "rerun";
}

export interface TestLedger extends LedgerReading, AsyncDisposable {
  /** The orchestrator: all that a client may ask. */
  readonly api: Api;
  readonly clock: TestClock;
  /** Its folder, for MILLRACE_HOME of another process; the ledger is in it with `database: "file"`. */
  readonly home: string;

  /** Runs a flow to its end, and gives back how it went: it does not throw what the flow throws. PARAMETERS_INVALID */
  run<Parameters extends readonly unknown[], Value>(
    flow: FlowSubject<Parameters, Value>,
    ...parameters: Parameters
  ): Promise<EndedRun<Value>>;
  /** Starts a flow; resolves when its run is recorded. PARAMETERS_INVALID */
  start<Parameters extends readonly unknown[], Value>(
    flow: FlowSubject<Parameters, Value>,
    ...parameters: Parameters
  ): Promise<StartedRun<Value>>;
  /** Goes on with a run that crashed, failed or is suspended; recorded failures stay. RUN_NOT_RESUMABLE, RUN_OWNED */
  resume(run: RunSubject, options?: ContinueOptions): Promise<EndedRun>;
  /** Goes on with a run from its failures: they, and what depends on them, run again. RUN_NOT_RESUMABLE, RUN_OWNED */
  retry(run: RunSubject, options?: ContinueOptions): Promise<EndedRun>;
  /** A new run that takes the results of an old one up to a step: a task's name, or the name or id of a task run. */
  startFrom(run: RunSubject, step: string, options?: ContinueOptions): Promise<EndedRun>;

  /**
   * Serves deployments: as time passes, this process executes their runs that schedules, `runDeployment()` and `api.submitRun()`
   * make. `flow.serve()`, `serve()` and `flow.deploy()` do the same while the ledger is open; `deploy()` makes the work pool.
   * Its schedules alone let no time pass: `clock.advance()` does. Stopped by `close()`.
   *
   * @example const [{ deployment }] = await ledger.serve(report.toDeployment({ cron: "0 6 * * *" })); await ledger.clock.advance("3d");
   * @throws DEPLOYMENT_INVALID, SCHEDULE_INVALID
   */
  serve(...deployments: readonly DeploymentSubject[]): Promise<readonly SavedDeployment[]>;

  /** Answers the pause that a run, or a subflow of it, waits at. A suspended run is resumed with `resume()`. */
  answer(run: RunSubject, input?: unknown): Promise<void>;
  /** Sends a signal to a run. */
  signal(run: RunSubject, name: string, value?: unknown): Promise<void>;
  /** Asks for a cancellation, of which the run hears at once. */
  cancel(run: RunSubject): Promise<void>;
  /** Resolves when a run of this process is in a state of this type or name (`Paused`, `RUNNING`); rejects when it ends in another. */
  untilState(run: RunSubject, state: string): Promise<State>;

  /** The run with its records and results, as plain JSON: what `replay()` takes. RUN_NOT_FOUND */
  export(run: RunSubject): Promise<RunRecording>;

  /**
   * Ends the process that executes the ledger's runs as `kill -9` would: what has been said until then is recorded, and nothing
   * more comes. Calls that are under way reject with LEASE_LOST. Resume the runs to go on.
   */
  crash(): Promise<void>;
  /** Stops what still runs, gives the process its former ledger back, and throws this one away. */
  close(): Promise<void>;
}
