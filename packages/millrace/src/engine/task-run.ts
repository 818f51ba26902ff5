/**
 * One call of a task (or of a subflow, a sleep, a wait): from the call to its recorded end.
 *
 *   call ─▶ recorded? ─▶ inputs ─▶ gate ─▶ slots ─▶ cache? ─▶ attempts ─▶ recorded end ─▶ value
 *
 * The identity is fixed when it is made, synchronously. The value is handed on only after its completion has been recorded
 * (group commit), so that nothing downstream uses what a crash could lose. A call that waits for its turn is little more
 * than this object: a hundred thousand of them may wait.
 */

import { MillraceError } from "../contract/errors.ts";
import type { ResultRef } from "../contract/results.ts";
import type { ReturnedState, TaskRunInfo } from "../contract/runtime.ts";
import { isTerminal, type State } from "../contract/states.ts";
import type { TaskInput, TaskRun } from "../contract/task-run.ts";
import type { Timer } from "../kit/clock.ts";
import { type Duration, formatDuration } from "../kit/duration.ts";
import type { Span } from "../kit/tracing.ts";
import type { Semaphore } from "../kit/semaphore.ts";
import { decideRetry } from "../rules/retry.ts";
import type { ActiveRun } from "./active-run.ts";
import { AttemptSignal } from "./attempt-signal.ts";
import { AttemptTask } from "./attempt-task.ts";
import { CallSlots, type WantedSlots, wantedSlotsOf } from "./call-slots.ts";
import { type CacheLookup, keepsSlot } from "./caching.ts";
import { contextStorage, type ExecutionContext } from "./context.ts";
import type { Engine } from "./engine.ts";
import { idOf, pathOf, settleAfter } from "./identity.ts";
import { joinTransaction } from "./join-transaction.ts";
import { withHandedOn } from "./provenance.ts";
import { codeOf, errorOfReturned, isReturnedState, messageOf } from "./outcome.ts";
import { fromRecordedError } from "./recorded-errors.ts";
import { decodeResult, encodeResult } from "./results.ts";
import { callTaskHooks } from "./task-hooks.ts";
import { TaskRow } from "./task-row.ts";
import { joinTags } from "./task-work.ts";
import { describeWait } from "./waits.ts";
import { type CallTrace, spanAround, startAttemptSpan, toSpanFailure, traceCall } from "./trace.ts";
import type { Work } from "./work.ts";

/** Why an attempt failed; `as` is the state that the body returned to say so. */
interface Failure {
  readonly error: unknown;
  readonly as?: ReturnedState;
}

type AskedDelay = (attempt: number) => Duration | Promise<Duration>;

/** What a call passes before it runs. */
export interface Gate {
  /** Rejects when the call must not run: the code has drifted from the record. */
  readonly admit: (() => Promise<void>) | null;
  /** Bounds how many calls of the body run at once. */
  readonly turn: Semaphore | null;
}

export interface CallParts {
  readonly engine: Engine;
  readonly flow: ActiveRun | null;
  readonly caller: ExecutionContext;
  /** The run whose calls it is identified among: the flow run's id, or one of its own outside any. */
  readonly runId: string;
  readonly key: string;
  readonly inputDigest: string | null;
  readonly inputs: readonly TaskInput[];
  readonly work: Work;
  /** Shared by calls that are made together. */
  readonly made: State;
}

/** What a call waits for that has no turn, slots or place in the cache yet; its inputs are told by name. */
const waitWords = {
  record: "Waits for recorded calls of the same task",
  turn: "Waits for its turn",
  slots: "Waits for its slots",
  cache: "Waits for the cache",
} as const;

type Outcome = { readonly value: unknown } | { readonly error: unknown };

export class TaskExecution {
  readonly engine: Engine;
  readonly flow: ActiveRun | null;
  readonly caller: ExecutionContext;
  readonly key: string;
  readonly inputDigest: string | null;
  readonly inputs: readonly TaskInput[];
  readonly work: Work;
  /** True while it waits for its inputs. */
  isPreparing = false;
  /** True once whoever watches has heard of it. */
  isSighted = false;
  /** It waits in the queue for its turn, and does nothing else. */
  #isQueued = false;
  #waitsFor: keyof typeof waitWords = "turn";
  /** Null where there is no tracer. */
  readonly trace: CallTrace | null;
  readonly #runId: string;
  /** Its state while it has no row: before it begins, and when it has ended. */
  #made: State;
  #id: string | null = null;
  /** Its row, once it has begun. */
  #row: TaskRow | null = null;
  #outcome: Outcome | null = null;
  #done: Promise<unknown> | null = null;
  #waiting: PromiseWithResolvers<unknown> | null = null;
  #signal: AttemptSignal | null = null;
  #stopReason: { readonly error: unknown } | null = null;
  #stopListeners: Set<(error: unknown) => void> | null = null;
  #stopController: AbortController | null = null;
  /** Where it needs any. */
  #slots: CallSlots | null = null;
  #lastError: unknown;
  /** Set while its end is being recorded: what goes wrong then is no failure of the body. */
  #isRecordingEnd = false;

  constructor(parts: CallParts) {
    this.engine = parts.engine;
    this.flow = parts.flow;
    this.caller = parts.caller;
    this.key = parts.key;
    this.inputDigest = parts.inputDigest;
    this.inputs = parts.inputs;
    this.work = parts.work;
    this.#runId = parts.runId;
    this.#made = parts.made;
    this.trace = traceCall(this);
  }

  get id(): string {
    this.#id ??= idOf(this.#runId, this.path);
    return this.#id;
  }

  get path(): string {
    return pathOf(this.caller.scope, this.key);
  }

  get parentId(): string | null {
    return this.caller.scope.parentId;
  }

  get state(): State {
    return this.#row?.state ?? this.#made;
  }

  get attempt(): number {
    return this.#row?.attempt ?? 0;
  }

  /** The calls in whose bodies this one was made, from the inside out. */
  get ancestors(): readonly string[] {
    return this.caller.scope.lineage;
  }

  /** It was told to stop. */
  get isStopped(): boolean {
    return this.#stopReason !== null;
  }

  get hasEnded(): boolean {
    return this.#outcome !== null;
  }

  /** It waits in the queue for its turn. */
  get isQueued(): boolean {
    return this.#isQueued;
  }

  /** Settles with the value, or the error. */
  get done(): Promise<unknown> {
    if (this.#done === null) {
      const waiting = Promise.withResolvers<unknown>();
      this.#done = waiting.promise;
      if (this.#outcome === null) this.#waiting = waiting;
      else settle(waiting, this.#outcome);
    }
    return this.#done;
  }

  /** Starts it, now or when it is its turn; `record` is what an earlier execution left of this call. */
  start(record: TaskRun | undefined, gate: Gate | null): void {
    if (this.flow === null) this.engine.began(this);
    else this.flow.executions.add(this);
    const turn = gate?.turn ?? null;
    const isPlain = record === undefined && gate?.admit == null && this.work.prepare === null;
    if (!isPlain || turn === null) {
      if (gate !== null || this.work.prepare !== null) this.flow?.waitingRows.watch();
      return this.#go(record, gate);
    }
    if (turn.tryAcquire()) return this.#goInTurn(turn);
    this.#sightWaiting();
    this.flow?.waitingRows.watch();
    this.#isQueued = true;
    turn.enqueue(this);
  }

  /** It has not begun, and the ledger has no other word of it than that it waits. */
  get isWaiting(): boolean {
    if (this.#outcome !== null || this.#stopReason !== null) return false;
    return this.#row === null ? this.#isQueued : this.#row.isWaiting;
  }

  /** Records that it waits, and for what. */
  showWaiting(): void {
    const row = (this.#row ??= new TaskRow(this, undefined));
    if (!row.isRecorded) row.showWaiting(this.isPreparing ? describeWait(this) : waitWords[this.#waitsFor]);
  }

  /** Whoever watches hears of it before it begins: how much there is to do is worth knowing. */
  #sightWaiting(): void {
    const { observer } = this.engine.ports;
    if (observer === null) return;
    this.isSighted = true;
    const { id, parentId, state, flow, work } = this;
    const { kind, taskName, runName: name } = work;
    const seen = { from: null, state, attempt: 0, reason: null, fromRecord: false, error: null };
    observer.taskRun({ id, flowRunId: flow?.id ?? null, parentId, kind, taskName, name, ...seen });
  }

  /** It is its turn. */
  enter(turn: Semaphore): void {
    if (!this.#isQueued) return turn.release();
    this.#isQueued = false;
    this.#goInTurn(turn);
  }

  #goInTurn(turn: Semaphore): void {
    const settle = (outcome: Outcome): void => {
      turn.release();
      this.#settle(outcome);
    };
    this.#run(undefined, null).then(
      (value) => settle({ value }),
      (error: unknown) => settle({ error }),
    );
  }

  #go(record: TaskRun | undefined, gate: Gate | null): void {
    this.#run(record, gate).then(
      (value) => this.#settle({ value }),
      (error: unknown) => this.#settle({ error }),
    );
  }

  #settle(outcome: Outcome): void {
    if (this.#outcome !== null) return;
    this.#outcome = outcome;
    this.caller.scope.callEnds();
    if (this.flow === null) this.engine.ended(this);
    else this.flow.ended(this);
    if (this.#waiting !== null) settle(this.#waiting, outcome);
    // Many ended calls may be held by their futures: what only the run needed goes.
    this.#waiting = null;
    this.#made = this.state;
    this.#row = null;
    this.work.release?.();
  }

  async #run(record: TaskRun | undefined, gate: Gate | null): Promise<unknown> {
    const row = this.#row ?? new TaskRow(this, record);
    this.#row = row;
    if (record !== undefined) {
      const delivered = await this.#deliver(row, record);
      if (delivered !== null) return delivered.value;
    }
    if (this.work.prepare !== null) await this.#prepare(row, this.work.prepare);
    if (gate === null) return this.#inTurn(row);
    try {
      if (gate.admit !== null) {
        this.#waitsFor = "record";
        await this.#stoppable(gate.admit());
        this.#waitsFor = "turn";
      }
      if (gate.turn !== null) await gate.turn.acquire(this.stopSignal);
    } catch (error) {
      return this.#fail(row, { error });
    }
    try {
      return await this.#inTurn(row);
    } finally {
      gate.turn?.release();
    }
  }

  async #inTurn(row: TaskRow): Promise<unknown> {
    if (this.#stopReason !== null) return this.#fail(row, { error: this.#stopReason.error });
    let wanted: WantedSlots | null;
    try {
      wanted = wantedSlotsOf(this);
    } catch (error) {
      return this.#fail(row, { error });
    }
    if (wanted === null) return this.#cachedOrComputed(row);
    const slots = new CallSlots(this, wanted);
    this.#slots = slots;
    this.#waitsFor = "slots";
    try {
      await slots.take(row);
    } catch (error) {
      await slots.giveBack();
      return this.#fail(row, { error });
    }
    try {
      return await this.#cachedOrComputed(row);
    } finally {
      await slots.giveBack();
    }
  }

  /** Takes the result of the record, or continues its row where the record has none. */
  async #deliver(row: TaskRow, record: TaskRun): Promise<{ readonly value: unknown } | null> {
    const { ports, journal } = this.engine;
    if (record.state.type === "COMPLETED" && record.result !== null && record.result.storage !== "none") {
      const value = await decodeResult(record.result, this.work.options, ports);
      row.takeEnd(record);
      if (this.flow?.adopts === true) await journal.commit(row);
      this.flow?.provenance.restore(record.result, value);
      this.#remember(value);
      joinTransaction(this, row, value);
      return { value };
    }
    if (record.state.type === "FAILED" && record.error !== null) {
      row.takeEnd(record);
      if (this.flow?.adopts === true) await journal.commit(row);
      const error = fromRecordedError(record.error, ports.serializer);
      this.#rememberThrown(error);
      return Promise.reject(error);
    }
    row.reopen(record);
    return null;
  }

  async #prepare(row: TaskRow, prepare: NonNullable<Work["prepare"]>): Promise<void> {
    this.isPreparing = true;
    try {
      await this.#stoppable(prepare(this));
      this.isPreparing = false;
    } catch (error) {
      if (this.#stopReason !== null) return this.#fail(row, { error });
      row.failInputs(error);
      await this.engine.journal.commit(row);
      this.#rememberThrown(error);
      throw error;
    }
  }

  async #cachedOrComputed(row: TaskRow): Promise<unknown> {
    const { lookUp } = this.work;
    if (lookUp === null) return this.#attempts(row);
    this.#waitsFor = "cache";
    let found: CacheLookup;
    try {
      found = await lookUp(this);
    } catch (error) {
      return this.#fail(row, { error });
    }
    try {
      row.why(found.reason, found.detail);
      row.setCache(found);
      if (found.hit !== null) return await this.#hit(row, found.hit.value, found.hit.ref);
      return await this.#attempts(row);
    } finally {
      if (keepsSlot(found)) await found.release();
    }
  }

  async #hit(row: TaskRow, value: unknown, ref: ResultRef): Promise<unknown> {
    row.takeHit(ref);
    await this.#commit(row);
    if (this.trace !== null) {
      const hit = { "millrace.task.name": this.work.taskName, "millrace.task_run.id": this.id };
      spanAround(this.caller)?.event("cache hit", hit);
    }
    this.#remember(value);
    // It has no part in the transaction around it: what it stands for was done, and committed, elsewhere.
    return value;
  }

  async #attempts(row: TaskRow): Promise<unknown> {
    for (let failures = row.countFailures(); ; ) {
      if (this.flow?.isSuspending === true && this.parentId === null) await this.#heldBack();
      if (this.#stopReason !== null) return this.#fail(row, { error: this.#stopReason.error });
      await this.#begin(row);
      let failure: Failure;
      try {
        const value = await this.#body(row);
        if (!isReturnedState(value)) return await this.#complete(row, value);
        if (value.type === "COMPLETED") return await this.#complete(row, value.value, value);
        failure = { error: errorOfReturned(value, this.work.runName), as: value };
      } catch (error) {
        if (this.#isRecordingEnd || this.flow?.lost === true) throw error;
        failure = { error };
      }
      let delayMs: number | null;
      try {
        delayMs = await this.#decideRetry(failure.error, ++failures);
      } catch (error) {
        // The author's own decision failed: that is what ended the task.
        return this.#fail(row, { error });
      }
      if (delayMs === null) return this.#spent(row, failure);
      const kept = await this.#awaitRetry(row, failure.error, delayMs);
      if (kept !== null) return this.#fail(row, kept);
    }
  }

  async #begin(row: TaskRow): Promise<void> {
    row.beginAttempt();
    const { journal } = this.engine;
    if (this.work.options.durableStart === true) await journal.commit(row);
    else journal.begin(row);
    if (row.attempt > 1) await this.#reloadCalls(row.retriedAt);
    if (this.work.hooks !== null) callTaskHooks(this, this.work.hooks.onRunning);
  }

  /** Calls that the body made in an attempt that failed are taken from their records, but for their failures. */
  async #reloadCalls(retriedAt: number | null): Promise<void> {
    if (retriedAt === null || this.flow?.parents.has(this.id) !== true) return;
    await this.flow.reload({ id: this.id, retriedAt });
  }

  /** Runs the body in a context of its own; ends the wait on a timeout or a stop although the body goes on. */
  #body(row: TaskRow): Promise<unknown> {
    const { work } = this;
    if (this.#stopReason !== null) return Promise.reject(this.#stopReason.error);
    const signal = new AttemptSignal(this.caller);
    this.#signal = signal;
    const scope = this.caller.scope.enter(this.path, this.id);
    const heldSlots = joinTags(this.caller.heldSlots, this.#slots?.held ?? []);
    const span = this.#startSpan();
    const task = new AttemptTask(this, row, { signal, span });
    const context = this.caller.ofBody({ task, scope, tags: work.tags, heldSlots });
    return new Promise((resolve, reject) => {
      const timer = work.timeoutMs === null ? null : this.#setTimeout(work.timeoutMs, signal);
      const met = work.timeoutMs === null ? null : this.#beginDeadline(work.timeoutMs);
      signal.onAbort((error) => {
        met?.();
        if (span !== null) span.end(toSpanFailure(this.engine.ports, error));
        const opened = scope.close(error);
        if (this.flow?.parents.has(this.id) === true) this.flow.stopBelow(this.id, error);
        settleAfter(opened, () => reject(error));
      });
      const end = (settle: () => void): void => {
        timer?.cancel();
        met?.();
        signal.end();
        settleAfter(scope.close(), settle);
      };
      const called =
        this.trace === null
          ? contextStorage.run(context, async () => work.body(this))
          : this.#inSpan(span, () => contextStorage.run(context, async () => work.body(this)));
      called.then(
        (value) => end(() => resolve(value)),
        (error: unknown) => end(() => reject(error)),
      );
    });
  }

  /** A subflow has a span of its own, and a wait is an event of the span around it. */
  #startSpan(): Span | null {
    return this.trace === null || this.work.kind !== "task" ? null : startAttemptSpan(this, this.trace);
  }

  async #inSpan(span: Span | null, call: () => Promise<unknown>): Promise<unknown> {
    const { engine, work } = this;
    const around = span ?? spanAround(this.caller);
    const begunAt = engine.clock.monotonic();
    try {
      const value = await (around === null ? call() : around.run(call));
      const failure =
        isReturnedState(value) && value.type !== "COMPLETED" ? errorOfReturned(value, work.runName) : null;
      span?.end(failure === null ? null : toSpanFailure(engine.ports, failure));
      return value;
    } catch (error) {
      span?.end(toSpanFailure(engine.ports, error));
      throw error;
    } finally {
      if (span === null && work.kind !== "flow") this.#tellSpan(around, engine.clock.monotonic() - begunAt);
    }
  }

  #tellSpan(around: Span | null, tookMs: number): void {
    const { kind, taskName } = this.work;
    around?.event(`${kind} ${taskName}`, { "millrace.task_run.id": this.id, "millrace.took_ms": tookMs });
  }

  /** Who can end this process does so, if the body keeps it from giving the attempt up. */
  #beginDeadline(timeoutMs: number): (() => void) | null {
    return this.engine.ports.deadlines?.begin({ kind: "Task", name: this.work.runName, timeoutMs }) ?? null;
  }

  #setTimeout(timeoutMs: number, signal: AttemptSignal): Timer {
    return this.engine.clock.setTimer(timeoutMs, () => {
      const timeout = formatDuration(timeoutMs);
      signal.abort(new MillraceError("TIMED_OUT", { kind: "Task", name: this.work.runName, timeout }));
    });
  }

  async #complete(row: TaskRow, value: unknown, as?: ReturnedState): Promise<unknown> {
    const { options, runName, hooks } = this.work;
    const encoded = encodeResult(value, options, this.engine.ports);
    const handedOn = this.flow?.provenance.handedOnIn(value) ?? [];
    const result = withHandedOn(encoded instanceof Promise ? await encoded : encoded, handedOn);
    if (result.storage === "none" && options.persistResult !== false) {
      const message = `The result of \`${runName}\` is not kept: ${result.path} ${result.reason}. It is computed again on resume.`;
      this.caller.write("warn", message, undefined, "millrace.results");
    }
    row.complete(result, as);
    await this.#commit(row);
    this.#remember(value);
    joinTransaction(this, row, value);
    if (hooks !== null) callTaskHooks(this, hooks.onCompletion);
    return value;
  }

  async #decideRetry(error: unknown, failures: number): Promise<number | null> {
    if (this.#stopReason !== null) return null;
    const { retries, options } = this.work;
    if (failures > retries) return null;
    const { retryDelay, retryJitter: jitter = 0, retryIf } = options;
    // That of a task which a body in a thread or process has called is asked for there.
    const delay = typeof retryDelay === "function" ? await (retryDelay as AskedDelay)(failures) : retryDelay;
    const delayMs = decideRetry({ attempt: failures, retries, delay, jitter, random: this.engine.ports.random });
    if (delayMs === null || retryIf === undefined) return delayMs;
    return (await retryIf(error, failures)) ? delayMs : null;
  }

  /** What keeps it from being tried again, or null. */
  async #awaitRetry(row: TaskRow, error: unknown, delayMs: number): Promise<Failure | null> {
    this.#lastError = error;
    const { clock, journal } = this.engine;
    const next = formatDuration(delayMs);
    row.failAttempt(error, clock.now() + delayMs);
    const message = `${this.work.runName}: attempt ${row.attempt} failed (${messageOf(error)}); next in ${next}`;
    this.caller.write("warn", message, undefined, "millrace.retries");
    if (delayMs === 0) {
      journal.begin(row);
      return null;
    }
    await journal.commit(row);
    // Others may have what it does not need meanwhile.
    await this.#slots?.giveBack();
    try {
      await clock.sleep(delayMs, this.stopSignal);
      await this.#slots?.take(row);
      return null;
    } catch (refusal) {
      return { error: this.#stopReason === null ? refusal : this.#stopReason.error };
    }
  }

  /** Retries are spent: the fallback's value, or the failure. */
  async #spent(row: TaskRow, failure: Failure): Promise<unknown> {
    const { fallback } = this.work;
    if (fallback === null || this.#stopReason !== null) return this.#fail(row, failure);
    let value: unknown;
    try {
      const scope = this.caller.scope.enter(`${this.path}/fallback`, this.id);
      value = await contextStorage.run(this.caller.with({ scope }), async () => fallback(failure.error));
    } catch (error) {
      return this.#fail(row, { error });
    }
    row.why("fallback", `after ${row.attempt} attempts: ${messageOf(failure.error)}`);
    row.dropCache();
    return this.#complete(row, value);
  }

  /** The recorded end of a call that has no value. One that was stopped to go on later is left unfinished. */
  async #fail(row: TaskRow, { error, as }: Failure): Promise<never> {
    const isStopped = this.#stopReason !== null && error === this.#stopReason.error;
    row.fail(error, { as, isStopped });
    if (codeOf(error) !== "LEASE_LOST") await this.#commit(row);
    this.#rememberThrown(error);
    if (this.work.hooks !== null && row.state.type === "FAILED") callTaskHooks(this, this.work.hooks.onFailure);
    throw error;
  }

  async #commit(row: TaskRow): Promise<void> {
    this.#isRecordingEnd = true;
    await this.engine.journal.commit(row);
    this.#isRecordingEnd = false;
    if (this.flow?.lost === true) throw this.flow.lostError();
  }

  /** Ends the wait of this call with an error: cancellation, a timeout of the flow, a lost lease. */
  stop(error: unknown): void {
    if (this.#stopReason !== null || this.#outcome !== null || isTerminal(this.state.type)) return;
    this.#stopReason = { error };
    this.#stopController?.abort(error);
    if (this.#isQueued) {
      // It has no need of its turn any more.
      this.#isQueued = false;
      return this.#go(undefined, null);
    }
    this.#signal?.abort(error);
    for (const listener of this.#stopListeners ?? []) listener(error);
  }

  /** Its process ends now, which is recorded as its end: it belongs to no run, and is gone on with by nobody. */
  crash(error: unknown): void {
    const row = this.#row;
    if (row === null || isTerminal(row.state.type)) return;
    row.crash(error);
    this.engine.journal.commit(row).catch(() => undefined);
  }

  /** Aborts when this call is stopped: for waits before and between its attempts, which have signals of their own. */
  get stopSignal(): AbortSignal {
    this.#stopController ??= new AbortController();
    if (this.#stopReason !== null) this.#stopController.abort(this.#stopReason.error);
    return this.#stopController.signal;
  }

  /** Resolves when this call is stopped, which it is without having begun. */
  async #heldBack(): Promise<void> {
    await this.#stoppable(new Promise<never>(() => undefined)).catch(() => undefined);
  }

  /** Waits for a promise, or until this call is stopped. */
  #stoppable<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#stopReason !== null) {
        promise.catch(() => undefined);
        reject(this.#stopReason.error);
        return;
      }
      this.#stopListeners ??= new Set();
      this.#stopListeners.add(reject);
      promise.then(resolve, reject).finally(() => this.#stopListeners?.delete(reject));
    });
  }

  /** Inputs that are this value count as made by this call. */
  #remember(value: unknown): void {
    if (this.flow === null || typeof value !== "object" || value === null) return;
    this.flow.provenance.remember(value, { path: this.path, taskRunId: this.id });
  }

  /** An error that is caught, and handed to another call, counts as thrown by this one. */
  #rememberThrown(error: unknown): void {
    if (this.flow === null || typeof error !== "object" || error === null) return;
    this.flow.provenance.rememberThrown(error, { path: this.path, taskRunId: this.id });
  }

  info(): TaskRunInfo {
    const { work } = this;
    return {
      id: this.id,
      flowRunId: this.flow?.id ?? null,
      parentId: this.parentId,
      taskName: work.taskName,
      name: work.runName,
      attempt: this.attempt,
      tags: work.tags,
      startedAt: this.#row?.startedAt ?? null,
      idempotencyKey: this.id,
      lastError: this.#lastError,
    };
  }

  /** The signal of the attempt that runs. */
  get attemptSignal(): AbortSignal {
    return this.#signal?.signal ?? this.caller.signal;
  }

  /** When the call ended before it was begun again, by a retry or because its value was not kept; null for a first time. */
  get droppedEndAt(): number | null {
    return this.#row?.droppedEndAt ?? null;
  }

  /** When the step first began, in any process. */
  get firstStartedAt(): number {
    return this.#row?.startedAt ?? this.#made.at;
  }
}

function settle({ resolve, reject }: PromiseWithResolvers<unknown>, outcome: Outcome): void {
  if ("value" in outcome) resolve(outcome.value);
  else reject(outcome.error);
}
