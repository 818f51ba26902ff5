/**
 * One call of a task (or of a subflow, a sleep, a wait): from the call to its recorded end.
 *
 *   call ─▶ recorded? ─▶ inputs ─▶ cache? ─▶ slots ─▶ attempts ─▶ recorded end ─▶ value
 *
 * The identity is fixed in the constructor, synchronously. The value leaves `run()` only after its completion has been
 * recorded (group commit), so that nothing downstream uses what a crash could lose.
 */

import { MillraceError, type RecordedError } from "../contract/errors.ts";
import type { TaskHook } from "../contract/definitions.ts";
import type { ResultRef } from "../contract/results.ts";
import { brands, type ReturnedState, type TaskRunInfo } from "../contract/runtime.ts";
import { defaultStateNames, isTerminal, type State, type StateType } from "../contract/states.ts";
import type { RunReason, TaskInput, TaskRun, TaskRunChange, TaskRunKind } from "../contract/task-run.ts";
import type { Timer } from "../kit/clock.ts";
import { formatDuration } from "../kit/duration.ts";
import { decideRetry } from "../rules/retry.ts";
import type { ActiveRun } from "./active-run.ts";
import { AttemptSignal } from "./attempt-signal.ts";
import { type CacheLookup, keepsSlot } from "./caching.ts";
import { type ExecutionContext, contextStorage } from "./context.ts";
import type { Engine } from "./engine.ts";
import { type CallIdentity, recordProvenance } from "./identity.ts";
import type { JournalEntry } from "./journal.ts";
import { fromRecordedError, toRecordedError } from "./recorded-errors.ts";
import { decodeResult, encodeResult, type ResultOptions } from "./results.ts";
import type { TransactionMember } from "./transactions.ts";

/** What is run: a task's body, a subflow, a durable step. Everything that differs between them is here. */
export interface Work {
  readonly kind: TaskRunKind;
  readonly taskName: string;
  readonly runName: string;
  readonly tags: readonly string[];
  readonly codeHash: string | null;
  readonly retries: number;
  readonly timeoutMs: number | null;
  readonly options: ResultOptions & Partial<AttemptOptions>;
  readonly preview: string | null;
  /** Waits for what the call takes as input; throws UPSTREAM_FAILED. Null when there is nothing to wait for. */
  readonly prepare: ((execution: TaskExecution) => Promise<void>) | null;
  /** Looks for a kept result; null when the work is not cached. */
  readonly lookUp: ((execution: TaskExecution) => Promise<CacheLookup>) | null;
  /** The limits whose slots it takes while its attempts run. */
  readonly slots: readonly { readonly name: string; readonly limit: number }[];
  /** One attempt. */
  body(execution: TaskExecution): unknown;
  /** What is returned when retries are spent; null when the failure stands. */
  readonly fallback: ((error: unknown) => unknown) | null;
  readonly hooks: WorkHooks | null;
  readonly childFlowRunId: string | null;
}

interface AttemptOptions {
  readonly retryDelay: Parameters<typeof decideRetry>[0]["delay"];
  readonly retryJitter: number;
  readonly retryIf: (error: unknown, attempt: number) => boolean | Promise<boolean>;
  readonly durableStart: boolean;
}

export interface WorkHooks {
  readonly onRunning: readonly TaskHook[];
  readonly onCompletion: readonly TaskHook[];
  readonly onFailure: readonly TaskHook[];
  readonly onCommit:
    | ((call: {
        key: string | null;
        result: unknown;
        get(name: string): unknown;
        set(name: string, value: unknown): void;
      }) => unknown)
    | null;
  readonly onRollback: WorkHooks["onCommit"];
}

/** Why an attempt failed; `as` is the state that the body returned to say so. */
interface Failure {
  readonly error: unknown;
  readonly as?: ReturnedState;
}

const noHistory: readonly State[] = [];

export class TaskExecution implements JournalEntry {
  readonly engine: Engine;
  readonly flow: ActiveRun | null;
  readonly caller: ExecutionContext;
  readonly id: string;
  readonly path: string;
  readonly key: string;
  readonly parentId: string | null;
  readonly inputDigest: string | null;
  readonly inputs: readonly TaskInput[];
  readonly work: Work;
  /** Settles with the value; the future's promise. */
  readonly done: Promise<unknown>;
  pendingSince: number | null = null;
  state: State;
  error: unknown = null;
  attempt = 0;
  reason: RunReason | null = null;
  reasonDetail: string | null = null;
  cacheKey: string | null = null;
  /** True once a task was called from this one's body: its records are read again before another attempt. */
  hasChildren = false;
  /** True while it waits for its inputs. */
  isPreparing = false;
  #history: State[] = [];
  #reported = 0;
  #reopens = false;
  readonly #createdAt: number;
  #startedAt: number | null = null;
  #endedAt: number | null = null;
  #result: ResultRef | null = null;
  #recordedError: RecordedError | null = null;
  #cache: TaskRunChange["cache"];
  #fromRecord = false;
  #signal: AttemptSignal | null = null;
  #stopReason: { readonly error: unknown } | null = null;
  #resolve: (value: unknown) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #lastError: unknown;
  /** Set while its end is being recorded: what goes wrong then is no failure of the body. */
  #isRecordingFailed = false;

  constructor(options: {
    readonly engine: Engine;
    readonly flow: ActiveRun | null;
    readonly caller: ExecutionContext;
    readonly identity: CallIdentity;
    readonly inputDigest: string | null;
    readonly inputs: readonly TaskInput[];
    readonly work: Work;
  }) {
    const { engine, flow, caller, identity, work } = options;
    this.engine = engine;
    this.flow = flow;
    this.caller = caller;
    this.id = identity.id;
    this.path = identity.path;
    this.key = identity.key;
    this.parentId = caller.scope.parentId;
    this.inputDigest = options.inputDigest;
    this.inputs = options.inputs;
    this.work = work;
    this.#createdAt = engine.clock.now();
    this.state = { type: "PENDING", name: "Pending", at: this.#createdAt };
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** The calls in whose bodies this one was made, from the inside out. */
  get ancestors(): readonly string[] {
    return this.caller.scope.lineage;
  }

  /** Starts it; `record` is what an earlier execution left of this call. */
  start(record: TaskRun | undefined, gate: (() => Promise<() => void>) | null): void {
    this.flow?.executions.add(this);
    this.#run(record, gate).then(
      (value) => this.#settle(() => this.#resolve(value)),
      (error: unknown) => {
        this.error ??= error;
        this.#settle(() => this.#reject(error));
      },
    );
  }

  #settle(settle: () => void): void {
    this.flow?.executions.delete(this);
    settle();
  }

  async #run(record: TaskRun | undefined, gate: (() => Promise<() => void>) | null): Promise<unknown> {
    if (record !== undefined) {
      const delivered = await this.#deliver(record);
      if (delivered !== null) return delivered.value;
    } else {
      this.#push(this.state);
    }
    const { work } = this;
    if (work.prepare !== null) await this.#prepare(work.prepare);
    const open = gate === null ? null : await this.#stoppable(gate());
    try {
      this.#throwIfStopped();
      return await this.#keepingSlots();
    } finally {
      open?.();
    }
  }

  /** Takes the result of the record, or continues its row where the record has none. */
  async #deliver(record: TaskRun): Promise<{ readonly value: unknown } | null> {
    this.#history = [...record.history];
    this.#reported = record.history.length;
    this.attempt = record.attempt;
    this.#startedAt = record.startedAt;
    if (isTerminal(record.state.type)) {
      const found = await this.#readRecord(record);
      if (found !== null) return found;
    }
    // The stored row may be terminal although the record is not taken: a failure that a retry drops.
    this.#reopens = isTerminal(record.history.at(-1)?.type ?? "PENDING");
    this.state = record.state;
    if (this.#reopens) this.#enter("PENDING", "Pending");
    return null;
  }

  async #readRecord(record: TaskRun): Promise<{ readonly value: unknown } | null> {
    if (record.state.type === "COMPLETED") {
      if (record.result === null || record.result.storage === "none") return null;
      const value = await decodeResult(record.result, this.work.options, this.engine.ports);
      this.#takeRecord(record);
      this.#made(value);
      this.#join(value);
      return { value };
    }
    if (record.state.type !== "FAILED" || record.error === null) return null;
    this.#takeRecord(record);
    throw fromRecordedError(record.error, this.engine.ports.serializer);
  }

  #takeRecord(record: TaskRun): void {
    this.state = record.state;
    this.#endedAt = record.endedAt;
    this.#result = record.result;
    this.#recordedError = record.error;
    this.reason = record.reason;
    this.reasonDetail = record.reasonDetail;
    this.#fromRecord = true;
    this.#see(null);
    if (this.flow?.adopts === true) void this.engine.journal.commit(this);
  }

  async #prepare(prepare: NonNullable<Work["prepare"]>): Promise<void> {
    this.isPreparing = true;
    try {
      await this.#stoppable(prepare(this));
      this.isPreparing = false;
    } catch (error) {
      if (this.#stopReason !== null) return await this.#fail(error);
      this.reason = "upstream-failed";
      this.reasonDetail = error instanceof Error ? error.message : String(error);
      this.error = error;
      this.#recordedError = toRecordedError(error, this.engine.ports.serializer, this.engine.ports.masker);
      this.#enter("PENDING", "NotReady", this.reasonDetail);
      await this.engine.journal.commit(this);
      throw error;
    }
  }

  async #keepingSlots(): Promise<unknown> {
    const { work } = this;
    if (work.slots.length === 0) return this.#cachedOrComputed();
    const held: string[] = [];
    try {
      for (const slot of work.slots) {
        await this.#stoppable(this.engine.slots.acquire(slot, this.id, () => this.#waitForSlot(slot.name)));
        held.push(slot.name);
      }
      return await this.#cachedOrComputed();
    } finally {
      for (const name of held) await this.engine.slots.release(name, this.id);
    }
  }

  #waitForSlot(limitName: string): void {
    if (this.state.name === "AwaitingConcurrencySlot") return;
    this.#enter("SCHEDULED", "AwaitingConcurrencySlot", `Waiting for a slot of \`${limitName}\``);
    this.engine.journal.begin(this);
  }

  async #cachedOrComputed(): Promise<unknown> {
    const { lookUp } = this.work;
    if (lookUp === null) return this.#attempts();
    const found = await lookUp(this);
    try {
      this.cacheKey = found.key;
      this.reason = found.reason;
      this.reasonDetail = found.detail;
      if (found.hit !== null) return await this.#hit(found.hit.value, found.hit.ref);
      this.#cache = found.key === null ? undefined : { key: found.key, expiresAt: null };
      return await this.#attempts();
    } finally {
      if (keepsSlot(found)) await found.release();
    }
  }

  async #hit(value: unknown, ref: ResultRef): Promise<unknown> {
    this.#result = ref;
    this.#startedAt ??= this.engine.clock.now();
    this.#enter("COMPLETED", "Cached", this.reasonDetail ?? undefined);
    await this.#commit();
    this.#made(value);
    this.#join(value);
    return value;
  }

  async #attempts(): Promise<unknown> {
    let failures = this.#history.filter((state) => state.name === "AwaitingRetry").length;
    for (;;) {
      this.#throwIfStopped();
      await this.#begin();
      let failure: Failure;
      try {
        const value = await this.#body();
        if (!isReturnedState(value)) return await this.#complete(value);
        if (value.type === "COMPLETED") return await this.#complete(value.value, value);
        failure = { error: this.#errorOf(value), as: value };
      } catch (error) {
        if (this.#isRecordingFailed || this.flow?.lost === true) throw error;
        failure = { error };
      }
      const delayMs = await this.#decideRetry(failure.error, ++failures);
      if (delayMs === null) return await this.#spent(failure);
      await this.#awaitRetry(failure.error, delayMs);
    }
  }

  #errorOf(returned: ReturnedState): MillraceError {
    const message = returned.message ?? "the task returned this state";
    return new MillraceError("TASK_RUN_FAILED", { task: this.work.runName, state: returned.name, message });
  }

  async #begin(): Promise<void> {
    this.attempt++;
    this.#startedAt ??= this.engine.clock.now();
    this.#enter("RUNNING", this.attempt === 1 ? "Running" : "Retrying");
    if (this.work.options.durableStart === true) await this.engine.journal.commit(this);
    else this.engine.journal.begin(this);
    if (this.attempt > 1 && this.hasChildren) await this.flow?.reload(this.id);
    if (this.work.hooks !== null) this.#callHooks(this.work.hooks.onRunning);
  }

  /** Runs the body in a context of its own; ends the wait on a timeout or a stop although the body goes on. */
  #body(): Promise<unknown> {
    const { work } = this;
    if (this.#stopReason !== null) return Promise.reject(this.#stopReason.error);
    const signal = new AttemptSignal(this.caller);
    this.#signal = signal;
    const scope = this.caller.scope.enter(this.path, this.id);
    const context = this.caller.with({ task: new AttemptTask(this, signal), scope, tags: work.tags });
    return new Promise((resolve, reject) => {
      const timer = work.timeoutMs === null ? null : this.#setTimeout(work.timeoutMs, signal);
      signal.onAbort((error) => {
        scope.isClosed = true;
        reject(error);
      });
      contextStorage
        .run(context, async () => work.body(this))
        .then(resolve, reject)
        .finally(() => {
          scope.isClosed = true;
          timer?.cancel();
          signal.end();
        });
    });
  }

  #setTimeout(timeoutMs: number, signal: AttemptSignal): Timer {
    return this.engine.clock.setTimer(timeoutMs, () => {
      const timeout = formatDuration(timeoutMs);
      signal.abort(new MillraceError("TIMED_OUT", { kind: "Task", name: this.work.runName, timeout }));
    });
  }

  async #complete(value: unknown, as?: ReturnedState): Promise<unknown> {
    const { options, runName, hooks } = this.work;
    this.#result = await encodeResult(value, options, this.engine.ports);
    if (this.#result.storage === "none") {
      this.#cache = undefined;
      if (options.persistResult !== false) {
        const { path, reason } = this.#result;
        const message = `The result of \`${runName}\` is not kept: ${path} ${reason}. It is computed again on resume.`;
        this.caller.write("warn", message, undefined, "millrace.results");
      }
    }
    this.reason ??= "ran";
    this.#enter("COMPLETED", as?.name ?? "Completed", as?.message);
    await this.#commit();
    this.#made(value);
    this.#join(value);
    if (hooks !== null) this.#callHooks(hooks.onCompletion);
    return value;
  }

  async #decideRetry(error: unknown, failures: number): Promise<number | null> {
    if (this.#stopReason !== null) return null;
    const { retries, options } = this.work;
    const { retryDelay, retryJitter = 0, retryIf } = options;
    const delayMs = decideRetry({
      attempt: failures,
      retries,
      delay: retryDelay,
      jitter: retryJitter,
      random: this.engine.ports.random,
    });
    if (delayMs === null || retryIf === undefined) return delayMs;
    return (await retryIf(error, failures)) ? delayMs : null;
  }

  async #awaitRetry(error: unknown, delayMs: number): Promise<void> {
    this.#lastError = error;
    const { clock, ports } = this.engine;
    this.#recordedError = toRecordedError(error, ports.serializer, ports.masker);
    this.#enter("SCHEDULED", "AwaitingRetry", ports.masker.mask(messageOf(error)), {
      scheduledAt: clock.now() + delayMs,
    });
    this.caller.write(
      "warn",
      `${this.work.runName}: attempt ${this.attempt} failed (${messageOf(error)}); next in ${formatDuration(delayMs)}`,
      undefined,
      "millrace.retries",
    );
    if (delayMs === 0) return this.engine.journal.begin(this);
    await this.engine.journal.commit(this);
    await this.#stoppable(clock.sleep(delayMs));
  }

  /** Retries are spent: the fallback's value, or the failure. */
  async #spent({ error, as }: Failure): Promise<unknown> {
    const { fallback } = this.work;
    if (fallback === null || this.#stopReason !== null) return this.#fail(error, as);
    let value: unknown;
    try {
      const scope = this.caller.scope.enter(`${this.path}/fallback`, this.id);
      value = await contextStorage.run(this.caller.with({ scope }), async () => fallback(error));
    } catch (failure) {
      return this.#fail(failure);
    }
    this.reason = "fallback";
    this.reasonDetail = `after ${this.attempt} attempts: ${messageOf(error)}`;
    this.#recordedError = null;
    this.#cache = undefined;
    return this.#complete(value);
  }

  async #fail(error: unknown, as?: ReturnedState): Promise<never> {
    const { serializer, masker } = this.engine.ports;
    this.error = error;
    this.#recordedError = toRecordedError(error, serializer, masker);
    this.#cache = undefined;
    const stop = codeOf(error);
    const message = masker.mask(as?.message ?? messageOf(error));
    if (as !== undefined) this.#enter(as.type, as.name, message);
    else if (stop === "CANCELLED" || stop === "SUSPENDED" || stop === "LEASE_LOST") {
      this.reason = "cancelled";
      if (stop === "CANCELLED") this.#enter("CANCELLED", "Cancelled", message);
      else this.#enter("PENDING", "Pending", message);
    } else this.#enter("FAILED", stop === "TIMED_OUT" ? "TimedOut" : "Failed", message);
    if (stop !== "LEASE_LOST") await this.#commit();
    if (this.work.hooks !== null && this.state.type === "FAILED") this.#callHooks(this.work.hooks.onFailure);
    throw error;
  }

  async #commit(): Promise<void> {
    this.#isRecordingFailed = true;
    await this.engine.journal.commit(this);
    this.#isRecordingFailed = false;
    if (this.flow?.lost === true) throw this.flow.lostError();
  }

  /** Ends the wait of this call with an error: cancellation, a timeout of the flow, a lost lease. */
  stop(error: unknown): void {
    if (this.#stopReason !== null || isTerminal(this.state.type)) return;
    this.#stopReason = { error };
    this.#signal?.abort(error);
    for (const listener of this.#stopListeners) listener(error);
  }

  readonly #stopListeners = new Set<(error: unknown) => void>();

  /** Waits for a promise, or until this call is stopped. */
  #stoppable<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#stopReason !== null) {
        promise.catch(() => undefined);
        reject(this.#stopReason.error);
        return;
      }
      this.#stopListeners.add(reject);
      promise.then(resolve, reject).finally(() => this.#stopListeners.delete(reject));
    });
  }

  #throwIfStopped(): void {
    if (this.#stopReason !== null) throw this.#stopReason.error;
  }

  /** One door for the state of a task run. */
  #enter(type: StateType, name: string = defaultStateNames[type], message?: string, details?: State["details"]): void {
    const previous = this.#history.at(-1);
    const now = this.engine.clock.now();
    const at = previous !== undefined && now <= previous.at ? previous.at + 0.001 : now;
    const from = this.#history.length === 0 ? null : this.state;
    this.#push({
      type,
      name,
      at,
      ...(message === undefined ? {} : { message }),
      ...(details === undefined ? {} : { details }),
    });
    if (isTerminal(type)) this.#endedAt = at;
    this.#see(from);
  }

  #push(state: State): void {
    this.state = state;
    this.#history.push(state);
  }

  #see(from: State | null): void {
    const { observer } = this.engine.ports;
    if (observer === null) return;
    const { kind, taskName, runName: name } = this.work;
    const { id, parentId, attempt, state, reason } = this;
    observer.taskRun({
      id,
      flowRunId: this.flow?.id ?? null,
      parentId,
      kind,
      taskName,
      name,
      attempt,
      from,
      state,
      reason,
      fromRecord: this.#fromRecord,
      error: this.#recordedError,
    });
  }

  /** Inputs that are this value count as made by this call. */
  #made(value: unknown): void {
    if (this.flow !== null) recordProvenance(value, { runId: this.flow.id, path: this.path, taskRunId: this.id });
  }

  /** A completed task has a say in the end of the transaction around it; without one it commits at once. */
  #join(result: unknown): void {
    const { transaction } = this.caller;
    const { hooks } = this.work;
    if (transaction === null) {
      if (hooks?.onCommit != null && !this.#fromRecord)
        this.#callHook(() =>
          hooks.onCommit?.({ key: this.cacheKey, result, get: () => undefined, set: () => undefined }),
        );
      return;
    }
    const call = {
      key: transaction.key,
      result,
      get: (name: string) => transaction.get(name),
      set: (name: string, value: unknown) => transaction.set(name, value),
    };
    const member: TransactionMember = {
      commit: hooks?.onCommit == null ? undefined : () => hooks.onCommit?.(call),
      rollback: hooks?.onRollback == null ? undefined : () => hooks.onRollback?.(call),
      isRolledBack: () => this.state.name === "RolledBack",
      markRolledBack: () => this.#rollBack(),
    };
    transaction.join(member);
  }

  async #rollBack(): Promise<void> {
    if (this.state.name === "RolledBack") return;
    this.#reopens = true;
    this.#enter("COMPLETED", "RolledBack", "The transaction it belongs to was rolled back");
    await this.engine.journal.commit(this);
  }

  #callHooks(hooks: readonly TaskHook[]): void {
    if (hooks.length === 0) return;
    const event = { task: this.work.taskName, run: this.info(), state: this.state };
    for (const hook of hooks) this.#callHook(() => hook(event));
  }

  #callHook(hook: () => unknown): void {
    const failed = (error: unknown): void =>
      this.caller.write(
        "error",
        `A hook of ${this.work.runName} failed: ${messageOf(error)}`,
        undefined,
        "millrace.hooks",
      );
    const pending = (async () => contextStorage.run(this.caller, hook))().catch(failed);
    this.flow?.hooks.add(pending);
    void pending.finally(() => this.flow?.hooks.delete(pending));
  }

  info(): TaskRunInfo {
    return {
      id: this.id,
      flowRunId: this.flow?.id ?? null,
      parentId: this.parentId,
      taskName: this.work.taskName,
      name: this.work.runName,
      attempt: this.attempt,
      tags: this.work.tags,
      startedAt: this.#startedAt,
      idempotencyKey: this.id,
      lastError: this.#lastError,
    };
  }

  /** The signal of the attempt that runs. */
  get attemptSignal(): AbortSignal {
    return this.#signal?.signal ?? this.caller.signal;
  }

  get createdAt(): number {
    return this.#createdAt;
  }

  /** When the step first began, in any process. */
  get firstStartedAt(): number {
    return this.#startedAt ?? this.#createdAt;
  }

  toChange(): TaskRunChange {
    const { work, flow } = this;
    const newStates = this.#history.length - this.#reported;
    this.#reported = this.#history.length;
    return {
      id: this.id,
      flowRunId: flow?.id ?? null,
      epoch: flow?.epoch ?? 0,
      parentId: this.parentId,
      kind: work.kind,
      taskName: work.taskName,
      name: work.runName,
      key: this.key,
      inputDigest: this.inputDigest,
      state: this.state,
      history: this.#history.length === 0 ? noHistory : this.#history,
      newStates,
      inputs: this.inputs,
      inputPreview: work.preview,
      tags: work.tags,
      attempt: this.attempt,
      reason: this.reason,
      reasonDetail: this.reasonDetail,
      cacheKey: this.cacheKey,
      codeHash: work.codeHash,
      childFlowRunId: work.childFlowRunId,
      createdAt: this.#history[0]?.at ?? this.#createdAt,
      startedAt: this.#startedAt,
      endedAt: isTerminal(this.state.type) ? this.#endedAt : null,
      result: this.#result,
      error: this.#recordedError,
      ...(this.#reopens ? { reopens: true } : {}),
      ...(this.#cache !== undefined && this.state.type === "COMPLETED" ? { cache: this.#withExpiry(this.#cache) } : {}),
    };
  }

  #withExpiry(cache: NonNullable<TaskRunChange["cache"]>): NonNullable<TaskRunChange["cache"]> {
    return { ...cache, expiresAt: this.expiresAt };
  }

  /** When the kept result stops counting; set by the definition's `expiresIn`. */
  expiresAt: number | null = null;
}

/** What the context of an attempt shows of its task; made only when asked for. */
class AttemptTask {
  readonly execution: TaskExecution;
  readonly #signal: AttemptSignal;

  constructor(execution: TaskExecution, signal: AttemptSignal) {
    this.execution = execution;
    this.#signal = signal;
  }

  get info(): TaskRunInfo {
    return this.execution.info();
  }

  get signal(): AbortSignal {
    return this.#signal.signal;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function codeOf(error: unknown): string | null {
  return error instanceof Error && error.name === "MillraceError" ? String((error as { code?: unknown }).code) : null;
}

export function isReturnedState(value: unknown): value is ReturnedState {
  return typeof value === "object" && value !== null && brands.state in value;
}
