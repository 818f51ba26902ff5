/** The row of a task run: the one door for its state, and what is recorded of it. */

import type { RecordedError } from "../contract/errors.ts";
import type { ResultRef } from "../contract/results.ts";
import type { ReturnedState } from "../contract/runtime.ts";
import { defaultStateNames, isTerminal, type State, type StateType } from "../contract/states.ts";
import type { RunReason, TaskRun, TaskRunChange } from "../contract/task-run.ts";
import type { CacheLookup } from "./caching.ts";
import type { JournalEntry } from "./journal.ts";
import { toRecordedError } from "./recorded-errors.ts";
import { codeOf, isForLater, messageOf, toMessage } from "./outcome.ts";
import type { TaskExecution } from "./task-run.ts";
import { maskTags } from "./task-work.ts";

/** How long a result is kept that was undone: it has expired since ever. */
const undone = Number.NEGATIVE_INFINITY;

export class TaskRow implements JournalEntry {
  pendingSince: number | null = null;
  state: State;
  attempt = 0;
  startedAt: number | null = null;
  cacheKey: string | null = null;
  /** True when the end was recorded by an earlier execution. */
  isFromRecord = false;
  readonly #execution: TaskExecution;
  readonly #history: State[];
  /** How many states of the history have been recorded, and with the last change. */
  #reported = 0;
  #justReported = 0;
  /** Whether a change was not answered as written: nobody knows whether the ledger has its states. */
  #isUnsure = false;
  /** It is recorded that the call waits, and nothing else of it. */
  #isShown = false;
  #reopens = false;
  #endedAt: number | null = null;
  /** The run that an earlier execution began for it. */
  #childFlowRunId: string | null = null;
  #reason: RunReason | null = null;
  #reasonDetail: string | null = null;
  #result: ResultRef | null = null;
  #error: RecordedError | null = null;
  /** Under which key its result is kept once it completes, and for how long. */
  #cache: { readonly key: string; readonly keepMs: number | null } | null = null;

  /** A row begun now, or the one that `record` left. */
  constructor(execution: TaskExecution, record: TaskRun | undefined) {
    this.#execution = execution;
    if (record === undefined) {
      this.state = execution.state;
      this.#history = [this.state];
      return;
    }
    this.state = record.state;
    this.#history = [...record.history];
    this.#reported = record.history.length;
    this.attempt = record.attempt;
    this.cacheKey = record.cacheKey;
    this.#childFlowRunId = record.childFlowRunId;
    this.startedAt = record.startedAt;
  }

  get isRecorded(): boolean {
    return this.#reported > 0 || this.#isShown;
  }

  /** It has entered no state but that it was made with, and the ledger has nothing of it but that it waits. */
  get isWaiting(): boolean {
    return this.#history.length === 1 && (this.#reported === 0 || this.#isShown);
  }

  /** Records that the call waits, before it begins. */
  showWaiting(message: string): void {
    // What calls share that were made together stays as it is.
    this.state = { ...this.state, message };
    this.#history[0] = this.state;
    this.#isShown = true;
    this.#execution.engine.journal.begin(this);
  }

  /** Its end is what was recorded. */
  takeEnd(record: TaskRun): void {
    this.state = record.state;
    this.#endedAt = record.endedAt;
    this.#result = record.result;
    this.#error = record.error;
    this.why(record.reason, record.reasonDetail);
    this.isFromRecord = true;
    this.#see(null);
  }

  /** The row goes on. What is stored may be an end although it is not taken: a failure that a retry drops. */
  reopen(record: TaskRun): void {
    this.#reopens = isTerminal(record.history.at(-1)?.type ?? "PENDING");
    if (this.#reopens) this.enter("PENDING");
  }

  takeHit(ref: ResultRef): void {
    this.#result = ref;
    // What is kept stays as it is: a hit does not make it last longer.
    this.#cache = null;
    this.startedAt ??= this.#execution.engine.clock.now();
    this.enter("COMPLETED", "Cached", this.#reasonDetail ?? undefined);
  }

  /** @param detail without secrets when it is kept */
  why(reason: RunReason | null, detail: string | null): void {
    this.#reason = reason;
    this.#reasonDetail = detail === null ? null : this.#toMessage(detail);
  }

  /** Under which key the result will be kept. */
  setCache({ key, keepMs }: Pick<CacheLookup, "key" | "keepMs">): void {
    this.cacheKey = key;
    this.#cache = key === null ? null : { key, keepMs };
  }

  /** What it gives in place of its result is not kept for others. */
  dropCache(): void {
    this.#cache = null;
  }

  setError(error: unknown): void {
    const { serializer, masker } = this.#execution.engine.ports;
    this.#error = toRecordedError(error, serializer, masker);
  }

  beginAttempt(): void {
    this.attempt++;
    this.startedAt ??= this.#execution.engine.clock.now();
    this.enter("RUNNING", this.attempt === 1 ? "Running" : "Retrying");
  }

  failAttempt(error: unknown, nextAt: number): void {
    this.setError(error);
    this.enter("SCHEDULED", "AwaitingRetry", this.#toMessage(error), { scheduledAt: nextAt });
  }

  /** Attempts that failed since the row was begun, or begun again, in any process. */
  countFailures(): number {
    if (this.#reported === 0) return 0;
    const ended = this.#history.findLastIndex(({ type }) => isTerminal(type));
    return this.#history.slice(ended + 1).filter(({ name }) => name === "AwaitingRetry").length;
  }

  /** When an attempt, or the call as a whole, last ended to be tried again, in ms since the epoch; null for a first try. */
  get retriedAt(): number | null {
    const last = this.#history.findLastIndex(({ name, type }) => name === "AwaitingRetry" || isTerminal(type));
    const ended = this.#history[last];
    if (ended === undefined) return null;
    // What it did may have been undone between its end and its new beginning.
    return isTerminal(ended.type) ? (this.#history[last + 1] ?? ended).at : ended.at;
  }

  /** When it last ended, as long as it goes on after that: an end that is not taken. */
  get droppedEndAt(): number | null {
    return this.#history.findLast(({ type }) => isTerminal(type))?.at ?? null;
  }

  complete(result: ResultRef, as: ReturnedState | undefined): void {
    this.#result = result;
    this.#error = null;
    if (result.storage === "none") this.#cache = null;
    this.#reason ??= "ran";
    const message = as?.message === undefined ? undefined : this.#toMessage(as.message);
    this.enter("COMPLETED", as?.name === undefined ? undefined : this.#toMessage(as.name), message);
  }

  /** What it takes has not been given. */
  failInputs(error: unknown): void {
    this.why("upstream-failed", messageOf(error));
    this.setError(error);
    this.enter("PENDING", "NotReady", this.#reasonDetail ?? undefined);
  }

  fail(error: unknown, how: { readonly as: ReturnedState | undefined; readonly isStopped: boolean }): void {
    const { as, isStopped } = how;
    const message = this.#toMessage(as?.message ?? error);
    this.setError(error);
    this.#cache = null;
    if (as !== undefined) return this.enter(as.type, this.#toMessage(as.name), message);
    const code = codeOf(error);
    if (code === "INTERRUPTED" && this.#execution.flow === null) return this.crash(error);
    const isCancelled = isStopped || code === "CANCELLED";
    // What belongs to no run is gone on with by nobody.
    const goesOn = isForLater(error) && this.#execution.flow !== null;
    if (isCancelled || goesOn) this.#reason = "cancelled";
    if (goesOn) this.enter("PENDING", "Pending", message);
    else if (isCancelled) this.enter("CANCELLED", "Cancelled", message);
    else this.enter("FAILED", code === "TIMED_OUT" ? "TimedOut" : "Failed", message);
  }

  /** Its process ends while it is under way. */
  crash(error: unknown): void {
    this.setError(error);
    this.#cache = null;
    this.enter("CRASHED", "Crashed", this.#toMessage(error));
  }

  rollBack(): void {
    this.#reopens = true;
    // What it did is undone: nobody may take its result for done.
    if (this.cacheKey !== null) this.#cache = { key: this.cacheKey, keepMs: undone };
    this.enter("COMPLETED", "RolledBack", "The transaction it belongs to was rolled back");
  }

  enter(type: StateType, name: string = defaultStateNames[type], message?: string, details?: State["details"]): void {
    const isNew = this.#reported === 0 || this.#isShown;
    const isFirst = isNew && this.#history.length === 1 && !this.#execution.isSighted;
    const from = isFirst ? null : this.state;
    const now = this.#execution.engine.stamp();
    const last = this.#history.at(-1);
    // A state of another process, whose clock is ahead.
    const at = last !== undefined && now <= last.at ? last.at + 0.001 : now;
    this.state =
      message === undefined && details === undefined
        ? { type, name, at }
        : {
            type,
            name,
            at,
            ...(message === undefined ? {} : { message }),
            ...(details === undefined ? {} : { details }),
          };
    this.#history.push(this.state);
    if (isTerminal(type)) this.#endedAt = at;
    this.#see(from);
  }

  /** A text, or what was thrown, as it is kept. */
  #toMessage(thrown: unknown): string {
    return toMessage(thrown, this.#execution.engine.ports.masker);
  }

  #see(from: State | null): void {
    const { engine, flow, id, parentId, work } = this.#execution;
    const { observer } = engine.ports;
    if (observer === null) return;
    const { kind, taskName, runName: name } = work;
    const { attempt, state } = this;
    const [reason, fromRecord, error] = [this.#reason, this.isFromRecord, this.#error];
    const flowRunId = flow?.id ?? null;
    observer.taskRun({
      id,
      flowRunId,
      parentId,
      kind,
      taskName,
      name,
      attempt,
      from,
      state,
      reason,
      fromRecord,
      error,
    });
  }

  toChange(): TaskRunChange {
    const { engine, flow, id, key, parentId, inputDigest, inputs, work } = this.#execution;
    const newStates = this.#history.length - this.#reported;
    this.#reported = this.#history.length;
    this.#justReported = newStates;
    return {
      id,
      flowRunId: flow?.id ?? null,
      epoch: flow?.epoch ?? 0,
      parentId,
      kind: work.kind,
      taskName: work.taskName,
      name: work.runName,
      key,
      inputDigest,
      state: this.state,
      history: this.#history.slice(),
      newStates,
      ...(this.#isUnsure ? { mayRepeat: true } : {}),
      inputs,
      inputPreview: work.preview,
      tags: maskTags(work.tags, engine.ports.masker),
      attempt: this.attempt,
      reason: this.#reason,
      reasonDetail: this.#reasonDetail,
      cacheKey: this.cacheKey,
      codeHash: work.codeHash,
      childFlowRunId: work.childFlowRunId ?? this.#childFlowRunId,
      createdAt: this.#history[0]?.at ?? this.state.at,
      startedAt: this.startedAt,
      endedAt: isTerminal(this.state.type) ? this.#endedAt : null,
      result: this.#result,
      error: this.#error,
      ...(this.#reopens ? { reopens: true } : {}),
      ...(this.#cache !== null && this.state.type === "COMPLETED" ? { cache: this.#toCache(this.#cache) } : {}),
    };
  }

  notWritten(): void {
    this.#reported -= this.#justReported;
    this.#justReported = 0;
    this.#isUnsure = true;
  }

  #toCache({ key, keepMs }: { readonly key: string; readonly keepMs: number | null }): TaskRunChange["cache"] & object {
    return { key, expiresAt: keepMs === null ? null : keepMs === undone ? 0 : this.state.at + keepMs };
  }
}
