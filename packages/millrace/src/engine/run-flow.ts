/**
 * Executes a flow run that this process owns: its function from the top, its retries, its recorded end.
 *
 *   body ─▶ what was submitted has ended ─▶ final state, guarded ─▶ hooks ─▶ value
 *     └── failed, retries left ─▶ AwaitingRetry ─▶ body again, which takes what is recorded
 */

import type { FlowDefinition, FlowHook } from "../contract/definitions.ts";
import { isMillraceError, MillraceError, type RecordedError } from "../contract/errors.ts";
import type { FlowRun, RunEnvironment } from "../contract/flow-run.ts";
import type { ProposalOutcome } from "../contract/record.ts";
import type { ResultRef } from "../contract/results.ts";
import { isSuspending, type ProposedState, type State } from "../contract/states.ts";
import { formatDuration } from "../kit/duration.ts";
import { earlierAttempts } from "../rules/earlier-attempts.ts";
import { decideRetry } from "../rules/retry.ts";
import { createAbandonedRow } from "./abandoned-row.ts";
import type { ActiveRun } from "./active-run.ts";
import { contextStorage, ExecutionContext } from "./context.ts";
import type { Engine } from "./engine.ts";
import { hooksOfEnd, listOf } from "./flow-hooks.ts";
import { Scope, settleAfter } from "./identity.ts";
import { toRecordedError } from "./recorded-errors.ts";
import { encodeResult } from "./results.ts";
import { type FlowEnd, readReturned } from "./returned.ts";
import { endFlowSpan, toSpanFailure } from "./trace.ts";
import { messageOf, toMessage } from "./outcome.ts";

/**
 * How long the end of a run waits for what is still being found out about where it ran, in ms. A run that was short waits until
 * so long after it began: Git is asked when it begins, and answers in tens of ms, or in more on a busy machine.
 */
const environmentWaitMs = 50;
const environmentWithinMs = 250;

/** Flows of which it was told that a parameter holds a secret. */
const toldOfSecrets = new WeakSet<FlowDefinition>();

export interface FlowExecutionOptions {
  readonly active: ActiveRun;
  readonly definition: FlowDefinition;
  readonly parameters: unknown;
  readonly run: FlowRun;
}

export class FlowExecution {
  readonly #engine: Engine;
  readonly #active: ActiveRun;
  readonly #definition: FlowDefinition;
  readonly #parameters: unknown;
  /** What took longer to find out of where it runs. */
  readonly #environment: Promise<RunEnvironment | null> | null;
  #foundEnvironment: RunEnvironment | null = null;
  readonly #beganAt: number;
  #run: FlowRun;
  #timeout: MillraceError | null = null;

  constructor(options: FlowExecutionOptions) {
    this.#active = options.active;
    this.#engine = options.active.engine;
    this.#definition = options.definition;
    this.#parameters = options.parameters;
    this.#run = options.run;
    this.#beganAt = this.#engine.clock.monotonic();
    const { later } = this.#engine.ports.describeEnvironment();
    this.#environment =
      later?.then(
        (found) => {
          this.#foundEnvironment = found;
          return found;
        },
        () => null,
      ) ?? null;
  }

  /** Runs it to its recorded end. Resolves with the value, rejects with the flow's error. */
  async execute(): Promise<unknown> {
    const { trace } = this.#active;
    if (trace === null) return this.#execute();
    try {
      const value = await this.#execute();
      endFlowSpan(trace, this.#run, null);
      return value;
    } catch (error) {
      endFlowSpan(trace, this.#run, toSpanFailure(this.#engine.ports, error));
      throw error;
    }
  }

  async #execute(): Promise<unknown> {
    this.#see(this.#run.runCount > 1);
    this.#callHooks(listOf(this.#definition.options.onRunning));
    this.#warnOfSecrets();
    for (let { failures } = earlierAttempts(this.#run.history); ; ) {
      const end = await this.#attempt(failures + 1);
      const hasFailed = end.kind === "error" || end.state.type === "FAILED";
      const delayMs = hasFailed ? this.#decideRetry(end.error, ++failures) : null;
      if (delayMs === null) return this.#finish(end);
      await this.#awaitRetry(end.error, delayMs);
    }
  }

  /** Told once for a flow, however often it is called. */
  #warnOfSecrets(): void {
    const { secretParameters = [] } = this.#run.extra;
    if (secretParameters.length === 0 || this.#run.runCount > 1 || toldOfSecrets.has(this.#definition)) return;
    toldOfSecrets.add(this.#definition);
    const names = secretParameters.map((name) => (name === "" ? "they" : `\`${name}\``)).join(", ");
    this.#log(
      "warn",
      `The parameters of flow \`${this.#definition.name}\` hold a secret (${names}). They are kept as they are, for its resume, and hidden where they are shown. Pass the secret's name, and read it in a task.`,
    );
  }

  async #attempt(attempt: number): Promise<FlowEnd> {
    const active = this.#active;
    try {
      const returned = await this.#body(attempt);
      await active.drain();
      return await readReturned(returned, this.#definition.name, active.id);
    } catch (error) {
      await active.drain();
      return { kind: "error", error };
    }
  }

  #body(attempt: number): Promise<unknown> {
    const active = this.#active;
    const { timeoutMs, fn } = this.#definition;
    const scope = new Scope("", null);
    const context = this.#context(scope);
    return new Promise((resolve, reject) => {
      const met = timeoutMs === null ? null : this.#beginDeadline(timeoutMs);
      active.beginAttempt(attempt, (error) => {
        met?.();
        settleAfter(scope.close(error), () => reject(error));
      });
      const timer = timeoutMs === null ? null : this.#engine.clock.setTimer(timeoutMs, () => this.#timeOut(timeoutMs));
      if (active.stopReason !== null) return;
      const call = (): Promise<unknown> =>
        contextStorage.run(context, async () => (fn as (parameters: unknown) => unknown)(this.#parameters));
      const called = active.trace === null ? call() : active.trace.span.run(call);
      called
        .finally(() => {
          timer?.cancel();
          met?.();
        })
        .then(
          (value) => settleAfter(scope.close(), () => resolve(value)),
          (error: unknown) => settleAfter(scope.close(), () => reject(error)),
        );
    });
  }

  /** Who can end this process does so, if the function keeps it from giving the attempt up. */
  #beginDeadline(timeoutMs: number): (() => void) | null {
    const { deadlines, masker } = this.#engine.ports;
    return deadlines?.begin({ kind: "Flow", name: masker.mask(this.#definition.name), timeoutMs }) ?? null;
  }

  #context(scope: Scope): ExecutionContext {
    const { options } = this.#definition;
    return new ExecutionContext({
      run: this.#active,
      task: null,
      scope,
      tags: this.#run.tags,
      transaction: null,
      heldSlots: this.#active.heldSlots,
      captureConsole: options.captureConsole === true,
      logLevel: options.logLevel ?? this.#engine.ports.limits.logLevel,
      sink: this.#engine.logSink,
    });
  }

  #timeOut(timeoutMs: number): void {
    const timeout = formatDuration(timeoutMs);
    this.#timeout = new MillraceError("TIMED_OUT", { kind: "Flow", name: this.#definition.name, timeout });
    this.#active.abortAttempt(this.#timeout);
  }

  #decideRetry(error: unknown, failures: number): number | null {
    const { retries, options } = this.#definition;
    if (this.#active.stopReason !== null || isMillraceError(error, "RESUME_DRIFT")) return null;
    const { random } = this.#engine.ports;
    return decideRetry({ attempt: failures, retries, delay: options.retryDelay, jitter: 0, random });
  }

  async #awaitRetry(error: unknown, delayMs: number): Promise<void> {
    const { clock, ports } = this.#engine;
    const message = toMessage(error, ports.masker);
    const details = { scheduledAt: clock.now() + delayMs };
    await this.#propose({ type: "SCHEDULED", name: "AwaitingRetry", message, details });
    this.#log("warn", `${this.#definition.name} failed (${message}); next attempt in ${formatDuration(delayMs)}`);
    await clock.sleep(delayMs, this.#active.signal).catch(() => undefined);
    await this.#active.reload();
    await this.#enterRetry();
  }

  /** A timer may ring a moment early: the answer is to wait, and for how long. */
  async #enterRetry(): Promise<void> {
    const active = this.#active;
    while (active.stopReason === null) {
      const { decision } = await this.#propose({ type: "RUNNING", name: "Retrying" });
      if (decision.answer !== "WAIT") return;
      await this.#engine.clock.sleep(decision.forMs, active.signal).catch(() => undefined);
    }
  }

  async #finish(ended: FlowEnd): Promise<unknown> {
    const active = this.#active;
    const { stopReason } = active;
    const end: FlowEnd = stopReason === null ? ended : { kind: "error", error: stopReason.error };
    if (active.lost) return Promise.reject(active.stopReason?.error);
    if (end.kind === "error" && isMillraceError(end.error, "SUSPENDED")) return this.#suspend(end.error);
    for (const record of active.records.abandoned()) {
      void this.#engine.journal.commit(createAbandonedRow(active, record)).catch(() => undefined);
    }
    if (end.kind === "error") {
      await this.#end(this.#stateOf(end.error), { result: null, error: this.#toRecorded(end.error) });
    } else {
      const result = await this.#encode(end.value);
      await this.#end(end.state, { result, error: end.error === null ? null : this.#toRecorded(end.error) });
    }
    this.#callHooks(hooksOfEnd(this.#definition, this.#run.state.type));
    await active.drain();
    return end.kind === "value" && end.error === null ? end.value : Promise.reject(end.error);
  }

  /** The pause has recorded it for its own run; the runs around it are suspended too. */
  async #suspend(error: MillraceError): Promise<never> {
    await this.#engine.journal.flush();
    const [run] = (await this.#engine.ports.api.listFlowRuns({ ids: [this.#active.id] })).items;
    if (run !== undefined) this.#run = run;
    const { wakesAt } = this.#active;
    if (wakesAt !== null) {
      await this.#propose({ type: "SCHEDULED", name: "Sleeping", details: { scheduledAt: wakesAt, suspended: true } });
    } else if (this.#run.state.details?.suspended === true) this.#see(false);
    else await this.#propose(toSuspended(this.#run.state));
    throw error;
  }

  #stateOf(error: unknown): ProposedState {
    const message = toMessage(error, this.#engine.ports.masker);
    if (this.#active.stopReason !== null && !isMillraceError(error, "RESUME_DRIFT")) {
      if (isMillraceError(error, "INTERRUPTED") || isMillraceError(error, "RUN_STALLED"))
        return { type: "CRASHED", name: "Crashed", message };
      return { type: "CANCELLED", name: "Cancelled", message };
    }
    const isTimedOut = this.#timeout !== null && error === this.#timeout;
    return { type: "FAILED", name: isTimedOut ? "TimedOut" : "Failed", message };
  }

  #toRecorded(error: unknown): RecordedError {
    return toRecordedError(error, this.#engine.ports.serializer, this.#engine.ports.masker);
  }

  async #encode(value: unknown): Promise<ResultRef> {
    const ref = await encodeResult(value, this.#definition.options, this.#engine.ports);
    if (ref.storage === "none" && this.#definition.options.persistResult !== false) {
      this.#log("warn", `The result of flow \`${this.#definition.name}\` is not kept: ${ref.path} ${ref.reason}.`);
    }
    return ref;
  }

  /** The recorded end. A run that was told to stop meanwhile ends as Cancelled. */
  async #end(state: ProposedState, end: Pick<FlowRun, "result" | "error">): Promise<void> {
    await this.#awaitEnvironment();
    this.#active.isEnding = true;
    const { decision } = await this.#propose(state, end);
    if (decision.answer !== "REJECT" || decision.state.type !== "CANCELLING") return;
    await this.#propose({ type: "CANCELLED", name: "Cancelled", message: "Cancelled as it ended" });
    throw new MillraceError("CANCELLED", { kind: "Flow run", name: this.#run.name, reason: "" });
  }

  async #propose(state: ProposedState, end: Partial<Pick<FlowRun, "result" | "error">> = {}): Promise<ProposalOutcome> {
    const active = this.#active;
    const environment = this.#foundEnvironment;
    const { masker } = this.#engine.ports;
    const { name, message } = state;
    const outcome = await this.#engine.journal.propose({
      id: active.id,
      epoch: active.epoch,
      state: {
        ...state,
        name: masker.mask(name),
        ...(message === undefined ? {} : { message: toMessage(message, masker) }),
        at: this.#engine.stamp(),
      },
      ...end,
      ...(environment === null ? {} : { environment: { ...this.#run.environment, ...environment } }),
    });
    if (outcome.decision.answer === "ABORT") {
      active.lose(outcome.decision.reason);
      throw active.lostError(outcome.decision.reason);
    }
    if (outcome.run !== null) this.#run = outcome.run;
    active.trace?.span.event(this.#run.state.name, { "millrace.state.type": this.#run.state.type });
    this.#see(false);
    return outcome;
  }

  /** Gives what took longer to find out a last moment. */
  async #awaitEnvironment(): Promise<void> {
    if (this.#environment === null || this.#foundEnvironment !== null) return;
    const found = new AbortController();
    const { clock } = this.#engine;
    const restMs = environmentWithinMs - (clock.monotonic() - this.#beganAt);
    const limit = clock.sleep(Math.max(environmentWaitMs, restMs), found.signal).catch(() => undefined);
    await Promise.race([this.#environment, limit]);
    // A timer that is left would hold the process.
    found.abort();
  }

  #callHooks(hooks: readonly FlowHook[]): void {
    if (hooks.length === 0) return;
    const event = { flow: this.#definition.name, run: this.#run, state: this.#run.state };
    for (const hook of hooks) {
      const context = this.#context(new Scope("hooks", null));
      const pending = (async () => contextStorage.run(context, () => hook(event)))().catch((error: unknown) => {
        this.#log("error", `A hook of ${this.#definition.name} failed: ${messageOf(error)}`);
      });
      this.#active.hooks.add(pending);
      void pending.finally(() => this.#active.hooks.delete(pending));
    }
  }

  #log(level: "warn" | "error", message: string): void {
    this.#context(new Scope("", null)).write(level, message, undefined, "millrace.flow");
  }

  #see(resumed: boolean): void {
    const { id, name, flowName, parentRunId, rootRunId, state, error } = this.#run;
    this.#engine.ports.observer?.flowRun({ id, name, flowName, parentRunId, rootRunId, state, error, resumed });
  }
}

/** What somebody has asked for it with goes along: until when it may be let go on, and why. */
function toSuspended(state: State): ProposedState {
  const { pauseTimeoutAt } = (isSuspending(state) && state.details) || {};
  const { message } = isSuspending(state) ? state : {};
  return {
    type: "PAUSED",
    name: "Suspended",
    ...(message === undefined ? {} : { message }),
    details: { suspended: true, ...(pauseTimeoutAt === undefined ? {} : { pauseTimeoutAt }) },
  };
}
