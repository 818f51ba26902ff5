/** A flow run that this process executes: who owns it, what it recorded before, what it has under way. */

import type { TaskRunner } from "../contract/definitions.ts";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { FlowRunInfo } from "../contract/runtime.ts";
import type { TaskRun } from "../contract/task-run.ts";
import { droppedByRetry } from "../rules/dropped-by-retry.ts";
import { AttemptSignal } from "./attempt-signal.ts";
import { DriftWatch, type OnDrift } from "./drift-watch.ts";
import type { Engine } from "./engine.ts";
import { Provenance } from "./provenance.ts";
import { Records } from "./records.ts";
import type { FlowTrace } from "./trace.ts";
import { stopAtBoundary } from "./suspend-soon.ts";
import type { TaskExecution } from "./task-run.ts";
import { WaitingRows } from "./waiting-rows.ts";

export interface ActiveRunOptions {
  readonly engine: Engine;
  readonly info: FlowRunInfo;
  readonly epoch: number;
  /** The signal of the code that called this flow; never aborts for a root run. */
  readonly outer: { readonly signal: AbortSignal };
  readonly heldSlots: readonly string[];
  /** Submitted and mapped tasks of one body that run at once. */
  readonly limit: number;
  /** Where submitted and mapped tasks run when they do not say themselves. */
  readonly runner: TaskRunner | undefined;
  readonly onDrift: OnDrift;
  /** How the run was taken up, for its subflows. */
  readonly mode: "start" | "resume" | "retry";
  /** Its function has a timeout. */
  readonly hasTimeout: boolean;
  /** The run takes results of another run, whose rows it records again as its own. */
  readonly adopts: boolean;
  /** Null where there is no tracer. */
  readonly trace: FlowTrace | null;
}

export class ActiveRun {
  readonly engine: Engine;
  readonly id: string;
  readonly limit: number;
  readonly runner: TaskRunner | undefined;
  readonly mode: "start" | "resume" | "retry";
  readonly onDrift: OnDrift;
  readonly adopts: boolean;
  readonly hasTimeout: boolean;
  readonly trace: FlowTrace | null;
  readonly epoch: number;
  /** Calls that have not settled. */
  readonly executions = new Set<TaskExecution>();
  /** Hooks and subflows that have not ended; the run's own end waits for them. */
  readonly hooks = new Set<Promise<unknown>>();
  readonly records = new Records();
  /** Ids of the calls in whose bodies calls were made, in this process or before. */
  readonly parents = new Set<string>();
  /** Slots that the callers of the flow hold. */
  readonly heldSlots: readonly string[];
  readonly provenance: Provenance;
  readonly drift: DriftWatch;
  readonly waitingRows: WaitingRows;
  info: FlowRunInfo;
  /** Another process has the run now; what this one says is refused. */
  lost = false;
  /** When it goes on, in ms since the epoch, where it gives up its process for a long sleep. */
  wakesAt: number | null = null;
  /** Its end is recorded by this process, or about to be. */
  isEnding = false;
  /** It gives up its process at its next task: calls of its function do not begin any more. See suspend-soon.ts. */
  isSuspending = false;
  #signal: AttemptSignal;
  #stopReason: { readonly error: unknown } | null = null;
  #onStop: ((error: unknown) => void) | null = null;
  #onEmpty: (() => void) | null = null;
  readonly #outer: { readonly signal: AbortSignal };
  readonly #hooksGivenUp = Promise.withResolvers<void>();

  constructor(options: ActiveRunOptions) {
    const { engine, info, epoch, outer, limit, onDrift, mode, adopts } = options;
    this.engine = engine;
    this.id = info.id;
    this.provenance = new Provenance(info.id);
    this.info = info;
    this.epoch = epoch;
    this.limit = limit;
    this.runner = options.runner;
    this.mode = mode;
    this.onDrift = onDrift;
    this.adopts = adopts;
    this.hasTimeout = options.hasTimeout;
    this.trace = options.trace;
    this.heldSlots = options.heldSlots;
    this.waitingRows = new WaitingRows(engine.clock, this.executions);
    this.#outer = outer;
    this.#signal = new AttemptSignal(outer);
    if (info.parentRunId !== null) this.#followParent(outer.signal);
    this.drift = new DriftWatch(this, engine.clock, engine.ports.limits.driftSettleMs);
  }

  /** A subflow stops when the call that stands for it in its parent does. */
  #followParent(signal: AbortSignal): void {
    const follow = (): void => {
      if (isMillraceError(signal.reason, "LEASE_LOST")) this.lose("its parent's lease is lost");
      else this.stop(signal.reason);
    };
    if (signal.aborted) follow();
    else signal.addEventListener("abort", follow, { once: true });
  }

  get signal(): AbortSignal {
    return this.#signal.signal;
  }

  get stopReason(): { readonly error: unknown } | null {
    return this.#stopReason;
  }

  /** A new attempt of the flow's function: its signal has not been aborted. */
  beginAttempt(attempt: number, onStop: (error: unknown) => void): void {
    this.info = { ...this.info, attempt };
    this.#signal = new AttemptSignal(this.#outer);
    this.#onStop = onStop;
    if (this.#stopReason !== null) this.#abort(this.#stopReason.error);
  }

  /** Ends the attempt's waits with this error; the run itself may be tried again. */
  abortAttempt(error: unknown): void {
    this.#abort(error);
    for (const execution of this.executions) execution.stop(error);
  }

  /** The process is given up until then: the run, and those that it has called, go on from their record. */
  sleepUntil(at: number, error: unknown): void {
    this.wakesAt = at;
    this.stop(error);
  }

  /** Stops the run for good: it was cancelled, suspended, or lost. */
  stop(error: unknown): void {
    if (this.#stopReason !== null) return;
    this.#stopReason = { error };
    this.abortAttempt(error);
  }

  /** The run belongs to another process now. */
  lose(reason: string): void {
    if (this.lost) return;
    this.lost = true;
    this.stop(this.lostError(reason));
  }

  lostError(reason = "its fencing token is out of date"): MillraceError {
    return new MillraceError("LEASE_LOST", { id: this.id, reason });
  }

  #abort(error: unknown): void {
    this.#signal.abort(error);
    this.#onStop?.(error);
  }

  /**
   * Reads what was recorded under a call, or under the run itself, before its body is run again. What failed until the retry
   * is not taken.
   */
  async reload(body?: { readonly id: string; readonly retriedAt: number }): Promise<void> {
    await this.#stopChildren(body?.id ?? null);
    await this.engine.journal.flush();
    const records = await this.engine.ports.api.readRecords(this.id, body?.id);
    this.take(records, droppedByRetry(records, body?.retriedAt));
  }

  /** Lets calls claim these records, but for the ends of those that are dropped. */
  take(records: readonly TaskRun[], dropped: ReadonlySet<string>): void {
    for (const { parentId } of records) if (parentId !== null) this.parents.add(parentId);
    this.records.add(records, dropped);
  }

  /** What a body left running when it failed ends before the body runs again. */
  async #stopChildren(parentId: string | null): Promise<void> {
    const left = [...this.executions].filter((execution) => execution.parentId === parentId);
    for (const execution of left) {
      const { taskName: name } = execution.work;
      execution.stop(new MillraceError("CANCELLED", { kind: "Task", name, reason: ": its caller is tried again" }));
    }
    await Promise.allSettled(left.map(({ done }) => done));
  }

  /** The body of a call was given up: what was called in it, however deep, stops too. */
  stopBelow(id: string, error: unknown): void {
    for (const execution of this.executions) if (execution.ancestors.includes(id)) execution.stop(error);
  }

  /** A call has settled. */
  ended(execution: TaskExecution): void {
    this.executions.delete(execution);
    if (this.isSuspending) stopAtBoundary(this.engine.runsBeside(this));
    if (this.executions.size === 0) this.#onEmpty?.();
  }

  /** Waits for what was submitted and not awaited, and for hooks. */
  async drain(): Promise<void> {
    while (this.executions.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
    }
    while (this.hooks.size > 0) await Promise.race([Promise.allSettled(this.hooks), this.#hooksGivenUp.promise]);
  }

  /** Hooks that can never end hold the run's end up no longer. */
  giveUpHooks(): void {
    this.hooks.clear();
    this.#hooksGivenUp.resolve();
  }

  /** The record of a call, if an earlier execution left one. */
  claim(execution: TaskExecution): TaskRun | undefined {
    // Before the id is asked for, which costs a hash.
    if (this.records.size === 0) return undefined;
    const record = this.records.claim(execution.id);
    if (record !== undefined) this.drift.sawProgress();
    return record;
  }
}
