import { inspect } from "node:util";
import { MillraceError } from "../../contract/errors.ts";
import type { BodyPlace, PoolHost } from "../../contract/pools.ts";
import type { FlowRunInfo } from "../../contract/runtime.ts";
import { systemClock } from "../../kit/clock.ts";
import { answerAsk } from "./asks.ts";
import { type BodyCall, runnerNames } from "./body-call.ts";
import { TakenLines } from "./line-credit.ts";
import type { AskMessage, FailureMessage, FromWorker, LogMessage, ToWorker, ValueMessage } from "./messages.ts";
import { NestedRuns } from "./nested-runs.ts";
import { packError, type SentError, unpack, unpackError } from "./parcel.ts";
import type { WorkerExit, WorkerHandle, WorkerKind } from "./worker-kind.ts";

/** How long a call whose worker was killed waits to see it gone: native code can outlast even that. */
const killWaitMs = 2_000;
/** How long a worker may take to end by itself when it is told that no call will come. */
const closeWaitMs = 1_000;
/** So long at least a worker may take to give a sign of life. */
const signOfLifeMs = 1_000;
/** Node takes a longer delay for none at all. */
const maxTimerMs = 2_147_483_647;

export interface PoolWorkerOptions {
  readonly kind: WorkerKind;
  readonly idleMs: number;
  /** It ends after this many calls. */
  readonly maxTasks: number;
  /** Of the calls of bodies, and of what is asked for in them. */
  readonly nextId: () => number;
  /** It has nothing to do: give it a call, or let it rest. */
  onFree(worker: PoolWorker): void;
  /** It takes no further call; another may be started in its place. */
  onLeave(worker: PoolWorker): void;
  /** It ended before it could take its first call. */
  onStillborn(toError: (task: string) => MillraceError): void;
}

/**
 * One thread or process as the pool sees it. It runs one body at a time, with what that calls.
 *
 * Modes: `starting` (not heard of yet), `idle` (warm, keeps nothing alive), `busy` (has a call, or what its body has left
 * under way), `leaving` (killed, told to close, or crashed).
 */
export class PoolWorker {
  readonly #options: PoolWorkerOptions;
  readonly #handle: WorkerHandle;
  readonly #gone = Promise.withResolvers<void>();
  readonly #idleTimer: NodeJS.Timeout;
  #mode: "starting" | "idle" | "busy" | "leaving" = "starting";
  #call: BodyCall | null = null;
  #nested: NestedRuns | null = null;
  /** Set once the body has ended: what it has called may go on. */
  #bodyEnd: { readonly isSpoilt: boolean } | null = null;
  #tasks = 0;
  readonly #taken = new TakenLines();
  #lastFlowRun: FlowRunInfo | null | undefined;
  /** Runs while a body that was told to stop may still go on; then while the killed worker is waited for. */
  #stopTimer: NodeJS.Timeout | undefined;
  /** Runs while something that the body has called was told to stop, and goes on. */
  #givenUpTimer: NodeJS.Timeout | undefined;
  /** When something that the body has called was last told to stop. */
  #givenUpAt = 0;
  /** It has answered since it was last asked for a sign of life. */
  #isResponsive = false;
  #killedFor: { readonly reason: unknown } | null = null;
  #fatal: SentError | null = null;

  constructor(options: PoolWorkerOptions) {
    this.#options = options;
    this.#handle = options.kind.start({
      onMessage: (message) => this.#receive(message),
      onGone: (exit) => this.#end(exit),
    });
    this.#idleTimer = setTimeout(() => this.#endIdle(), Math.min(options.idleMs, maxTimerMs)).unref();
  }

  get mode(): "starting" | "idle" | "busy" | "leaving" {
    return this.#mode;
  }

  /** The task it runs. */
  get taskName(): string {
    return this.#call?.request.definition.name ?? "";
  }

  /** Resolves when the thread or process is no more. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** False when the call could not be sent; it is rejected then, and the worker is as it was. */
  run(call: BodyCall): boolean {
    const { kind } = this.#options;
    try {
      this.#handle.post(call.toMessage(this.#lastFlowRun));
    } catch (error) {
      call.reject(call.describeUnclonable(kind.kind, kind.clone, error));
      return false;
    }
    this.#lastFlowRun = call.request.flowRun;
    this.#call = call;
    if (this.#mode !== "busy") this.#handle.hold();
    this.#mode = "busy";
    call.start((reason) => this.#abort(call, reason));
    return true;
  }

  /** Nothing to do: it stays warm for a while, and does not keep the process alive. */
  rest(): void {
    this.#mode = "idle";
    this.#handle.release();
    this.#idleTimer.refresh();
  }

  /** Lets it end by itself, its exit handlers run. */
  close(): void {
    this.#leave();
    this.#handle.post({ kind: "close" });
    this.#stopTimer = setTimeout(() => this.#handle.kill(), closeWaitMs).unref();
  }

  /** Ends it now; its call, if it has one, rejects with the reason when it is seen gone. */
  kill(reason: unknown): void {
    if (this.#killedFor !== null) return;
    this.#killedFor = { reason };
    this.#leave();
    clearTimeout(this.#stopTimer);
    this.#clearGivenUpTimer();
    this.#handle.kill();
    this.#stopTimer = setTimeout(() => {
      this.#nested?.abandon(reason);
      this.#settle()?.reject(reason);
      this.#gone.resolve();
    }, killWaitMs);
  }

  /** Keeps the process alive until this worker is gone. */
  hold(): void {
    this.#handle.hold();
  }

  #leave(): void {
    if (this.#mode === "leaving") return;
    clearTimeout(this.#idleTimer);
    this.#options.onLeave(this);
    this.#mode = "leaving";
  }

  #endIdle(): void {
    if (this.#mode === "idle") this.close();
  }

  #abort(call: BodyCall, reason: unknown): void {
    if (this.#call !== call || this.#mode !== "busy") return;
    this.#handle.post({ kind: "abort", id: call.id, reason: packError(reason) });
    this.#killLater(call, reason);
  }

  /**
   * What the body has called was told to stop. Where nothing else goes on any more, the worker is ended after the grace if that does;
   * while others run beside it, only if it blocks them: of a body that takes its time nobody has to know.
   */
  #watchGivenUp(call: BodyCall, reason: unknown): void {
    this.#givenUpAt = systemClock.monotonic();
    if (this.#givenUpTimer !== undefined || this.#mode !== "busy") return;
    const graceMs = Math.min(call.request.graceMs, maxTimerMs);
    const lookAfter = (ms: number, isAsked: boolean): void => {
      const timer = setTimeout(() => {
        // What has come while this process was busy is heard first.
        setImmediate(() => (this.#givenUpTimer === timer ? look(isAsked) : undefined));
      }, ms);
      this.#givenUpTimer = timer;
    };
    const look = (isAsked: boolean): void => {
      const isAlone = this.#bodyEnd !== null && this.#nested?.isGivenUp === true;
      // Each has the whole grace, also what was told later than the first.
      const restMs = this.#givenUpAt + graceMs - systemClock.monotonic();
      if ((isAlone && restMs < 1) || (isAsked && !this.#isResponsive)) return this.kill(reason);
      this.#isResponsive = false;
      this.#post({ kind: "ping" });
      lookAfter(Math.max(isAlone ? restMs : graceMs, signOfLifeMs), true);
    };
    lookAfter(graceMs, false);
  }

  #clearGivenUpTimer(): void {
    clearTimeout(this.#givenUpTimer);
    this.#givenUpTimer = undefined;
  }

  #killLater(call: BodyCall, reason: unknown): void {
    this.#stopTimer = setTimeout(() => this.kill(reason), Math.min(call.request.graceMs, maxTimerMs));
  }

  #post(message: ToWorker): void {
    if (this.#mode === "busy") this.#handle.post(message);
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case "ready":
        if (this.#mode === "starting") this.#options.onFree(this);
        return;
      case "fatal":
        this.#fatal = message.error;
        if (this.#call === null) this.#leave();
        return;
      case "value":
        if (this.#nested?.answer(message) === true) return;
        this.#resolve(message);
        return this.#endBody(message.id, false);
      case "failure":
        if (this.#nested?.answer(message) === true) return;
        this.#callOf(message.id)?.reject(this.#toError(message));
        return this.#endBody(message.id, message.isSpoilt);
      case "log":
        return this.#log(message);
      case "mask":
        return this.#hostOf(message.id)?.mask(message.value);
      case "ask":
        void this.#answer(message);
        return;
      case "nest":
        return this.#callees?.nest(message);
      case "step":
        return this.#callees?.step(message);
      case "cancel":
        return this.#nested?.cancel(message);
      case "pong":
        this.#isResponsive = true;
    }
  }

  /** Of the call; most bodies call nothing, and have none. */
  #nestedRunsOf(call: BodyCall): NestedRuns {
    this.#nested ??= new NestedRuns({
      call: call.request,
      id: call.id,
      runner: runnerNames[this.#options.kind.kind],
      nextId: this.#options.nextId,
      post: (message) => this.#post(message),
      onIdle: () => this.#free(),
      onGivenUp: (reason) => this.#watchGivenUp(call, reason),
      onObeyed: () => this.#clearGivenUpTimer(),
    });
    return this.#nested;
  }

  /** What takes the calls of bodies: those of one that has ended are refused. Null while there is no call. */
  get #callees(): NestedRuns | null {
    return this.#call === null ? null : this.#nestedRunsOf(this.#call);
  }

  #resolve({ id, value }: ValueMessage): void {
    const call = this.#callOf(id);
    if (call === null || this.#bodyEnd !== null) return;
    try {
      call.resolve(value.is === "marked" ? this.#nestedRunsOf(call).unpack(value) : unpack(value));
    } catch (error) {
      call.reject(error);
    }
  }

  #log(line: LogMessage): void {
    this.#placeOf(line.id)?.log(line.level, line.message, line.fields);
    const taken = this.#taken.add(line);
    if (taken !== null && this.#mode === "busy") this.#handle.post({ kind: "taken", ...taken });
  }

  /** The call that a message is of; none when it was settled meanwhile. */
  #callOf(id: number): BodyCall | null {
    return this.#mode === "busy" && this.#call?.id === id ? this.#call : null;
  }

  #toError({ error }: FailureMessage): unknown {
    return error === "abort-reason" ? this.#call?.request.signal.reason : unpackError(error);
  }

  /** In whose name the worker speaks by this id; none when that has ended. */
  #placeOf(id: number): BodyPlace | undefined {
    if (this.#mode !== "busy") return undefined;
    return this.#call?.id === id ? this.#call.request : this.#nested?.placeOf(id);
  }

  /** Who answers what is asked by this id; none when that has ended. */
  #hostOf(id: number): PoolHost | undefined {
    return this.#placeOf(id) === undefined ? undefined : this.#call?.request.host;
  }

  #endBody(id: number, isSpoilt: boolean): void {
    if (this.#callOf(id) === null || this.#bodyEnd !== null) return;
    this.#clearStopTimer();
    this.#bodyEnd = { isSpoilt };
    this.#nested?.bodyEnded();
    if (this.#nested?.isIdle !== false) this.#free();
  }

  /** The body has ended, and all that it has called. */
  #free(): void {
    if (this.#bodyEnd === null || this.#mode !== "busy") return;
    const { isSpoilt } = this.#bodyEnd;
    this.#settle();
    this.#tasks++;
    if (isSpoilt || this.#fatal !== null || this.#tasks >= this.#options.maxTasks) this.close();
    else this.#options.onFree(this);
  }

  async #answer(message: AskMessage): Promise<void> {
    const reply = await answerAsk(this.#hostOf(message.id), message);
    if (this.#mode !== "busy") return;
    try {
      this.#handle.post(reply);
    } catch (error) {
      this.#handle.post({ kind: "reply", ask: message.ask, outcome: { error: packError(error) } });
    }
  }

  /** Takes the call away, that it may be settled. */
  #settle(): BodyCall | null {
    const call = this.#call;
    this.#call = null;
    this.#bodyEnd = null;
    this.#nested?.close();
    this.#nested = null;
    this.#clearStopTimer();
    this.#clearGivenUpTimer();
    return call;
  }

  #clearStopTimer(): void {
    clearTimeout(this.#stopTimer);
    this.#stopTimer = undefined;
  }

  #end(exit: WorkerExit): void {
    const isStillborn = this.#mode === "starting";
    this.#leave();
    const toError = (task: string): MillraceError => this.#toCrash(exit, task);
    const name = this.taskName;
    this.#nested?.abandon(this.#killedFor === null ? toError(name) : this.#killedFor.reason);
    const call = this.#settle();
    if (call !== null)
      call.reject(this.#killedFor === null ? toError(call.request.definition.name) : this.#killedFor.reason);
    else if (isStillborn) this.#options.onStillborn(toError);
    this.#gone.resolve();
  }

  #toCrash(exit: WorkerExit, task: string): MillraceError {
    const cause = this.#fatal === null ? (exit.error ?? undefined) : unpackError(this.#fatal);
    const stderr = exit.stderr === "" ? "" : ` Its last output:\n${exit.stderr}`;
    const data = { runner: runnerNames[this.#options.kind.kind], task, how: describeEnd(exit, cause), stderr };
    return new MillraceError("BODY_CRASHED", { ...data, code: exit.code, signal: exit.signal }, { cause });
  }
}

function describeEnd({ code, signal }: WorkerExit, cause: unknown): string {
  if (cause instanceof Error) return `${cause.name}: ${cause.message}`;
  if (cause !== undefined) return `uncaught ${inspect(cause, { maxStringLength: Number.POSITIVE_INFINITY })}`;
  return signal === null ? `it exited with code ${code}` : `it was killed by ${signal}`;
}
