/** The worker's side: takes calls one at a time, imports the task's module, runs the body and posts what came of it. */

import { MillraceError } from "../../contract/errors.ts";
import { isRefusedCall } from "../../contract/importing.ts";
import { runtimeSlot } from "../../contract/runtime.ts";
import { systemClock as clock } from "../../kit/clock.ts";
import { findTracer } from "../../kit/open-telemetry.ts";
import { flushWithinMs, type TraceCarrier } from "../../kit/tracing.ts";
import type { SentArgument } from "./arguments.ts";
import { Asks } from "./asks.ts";
import { BodyContext, bodyStorage } from "./body-context.ts";
import { createBodyRuntime } from "./body-runtime.ts";
import { captureConsole } from "./console-capture.ts";
import { LineCredit, type SendLine } from "./line-credit.ts";
import type { FromWorker, InvokeMessage, RunMessage, SentTaskRun, ToWorker } from "./messages.ts";
import { NestedCalls } from "./nested-calls.ts";
import { packError, unpack, unpackError } from "./parcel.ts";
import { runInline } from "./run-inline.ts";
import { findTask } from "./task-address.ts";
import { findTransferable } from "./transfer.ts";
import { type Clone, findUnclonable } from "./unclonable.ts";

/** What a kind of worker lends. */
export interface WorkerPort {
  readonly runner: "thread" | "process";
  readonly clone: Clone;
  /** Throws when the message cannot be cloned. */
  post(message: FromWorker, transfer: readonly ArrayBuffer[]): void;
  /** Posts a message and ends the worker with code 1. */
  postLast(message: FromWorker): void;
}

/** Makes this thread or process a worker of a pool. Returns what takes the pool's messages. */
export function serveBodies(port: WorkerPort): (message: ToWorker) => void {
  const server = new BodyServer(port);
  return (message) => server.receive(message);
}

class BodyServer {
  readonly #port: WorkerPort;
  readonly #asks: Asks;
  readonly #credit = new LineCredit();
  readonly #modules = new Map<string, Promise<unknown>>();
  readonly #calls: NestedCalls;
  /** Of the body that runs, and of what was invoked in it. */
  readonly #running = new Map<number, AbortController>();
  #flowRun: BodyContext["flowRun"] = null;
  #isCapturing = false;

  constructor(port: WorkerPort) {
    this.#port = port;
    this.#asks = new Asks((message) => this.#post(message));
    const { runner, clone } = port;
    this.#calls = new NestedCalls({ runner, clone, clock, post: (message) => this.#post(message) });
    runtimeSlot().runtime = createBodyRuntime(this.#calls);
    process.on("uncaughtException", (error) => {
      // A module that listens itself means to go on.
      if (process.listenerCount("uncaughtException") === 1) port.postLast({ kind: "fatal", error: packError(error) });
    });
    this.#post({ kind: "ready" });
  }

  receive(message: ToWorker): void {
    switch (message.kind) {
      case "run":
        void this.#run(message);
        return;
      case "abort":
        return this.#running.get(message.id)?.abort(unpackError(message.reason));
      case "invoke":
        void this.#invoke(message);
        return;
      case "made":
        return this.#calls.made(message);
      case "settled":
        return this.#calls.settled(message);
      case "reply":
        return this.#asks.receive(message);
      case "taken":
        return this.#credit.take(message);
      case "ping":
        return this.#post({ kind: "pong" });
      case "close":
        void close();
    }
  }

  #post(message: FromWorker, transfer: readonly ArrayBuffer[] = []): void {
    this.#port.post(message, transfer);
  }

  async #run(message: RunMessage): Promise<void> {
    const { id, task } = message;
    const controller = new AbortController();
    this.#running.clear();
    this.#running.set(id, controller);
    this.#calls.reset();
    try {
      await this.#import(task.module);
    } catch (error) {
      this.#post({ kind: "failure", id, error: packError(toImportError(task.module, error)), isSpoilt: true });
      return;
    }
    try {
      const value = await this.#runBody(message, controller.signal).finally(() =>
        this.#credit.tellDropped(this.#lineOf(id)),
      );
      this.#postValue(id, task.name, value);
    } catch (error) {
      this.#postFailure(id, error, controller.signal);
    }
  }

  /** A function of what the body has called, which runs beside it. */
  async #invoke(message: InvokeMessage): Promise<void> {
    const { id, trace } = message;
    const controller = new AbortController();
    this.#running.set(id, controller);
    const { signal } = controller;
    const context = this.#createContext(message, signal);
    try {
      const perform = (): Promise<unknown> => this.#calls.perform(message, signal);
      const value = await inTrace(trace, () => bodyStorage.run(context, perform));
      this.#calls.keep(message, { value });
      // Its caller has it here: nothing of it is handed over.
      this.#postCopy(id, context.taskRun.taskName, { given: value, packed: this.#calls.packGiven(value) });
    } catch (error) {
      this.#calls.keep(message, { error });
      this.#postFailure(id, error, signal);
    } finally {
      this.#running.delete(id);
    }
  }

  #postFailure(id: number, error: unknown, signal: AbortSignal): void {
    const isReason = signal.aborted && error === signal.reason;
    this.#post({ kind: "failure", id, error: isReason ? "abort-reason" : packError(error), isSpoilt: false });
  }

  async #runBody(message: RunMessage, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    const { task } = message;
    const definition = findTask(task);
    if (definition === null) {
      throw new MillraceError("TASK_NOT_IMPORTABLE", {
        task: task.name,
        runner: this.#port.runner,
        module: task.module,
      });
    }
    if (message.flowRun !== "unchanged") this.#flowRun = message.flowRun;
    const context = this.#createContext(message, signal);
    if (definition.codeHash !== task.codeHash) {
      context.logger.warn(
        `The code of task \`${task.name}\` has changed on disk since this run started: the new code runs in the ${this.#port.runner}`,
      );
    }
    const args = message.args.map(unpack);
    return inTrace(message.trace, () => bodyStorage.run(context, () => runInline(definition, args)));
  }

  #createContext(
    message: {
      readonly id: number;
      readonly taskRun: SentTaskRun;
      readonly tags: readonly string[];
      readonly captureConsole: boolean;
    },
    signal: AbortSignal,
  ): BodyContext {
    const { id, taskRun, tags } = message;
    if (message.captureConsole && !this.#isCapturing) {
      this.#isCapturing = true;
      captureConsole((level, line) => bodyStorage.getStore()?.capture(level, line) ?? false);
    }
    const lastError = taskRun.lastError === null ? undefined : unpackError(taskRun.lastError);
    return new BodyContext({
      id,
      flowRun: this.#flowRun,
      taskRun: { ...taskRun, lastError },
      tags,
      signal,
      capturesConsole: message.captureConsole,
      log: (level, line, fields) => this.#credit.send(this.#lineOf(id), level, line, fields),
      mask: (value) => this.#post({ kind: "mask", id, value }),
      remote: (service) => this.#asks.remote(service, id),
    });
  }

  /** Sends lines of a call. */
  #lineOf(id: number): SendLine {
    return (level, message, fields) => this.#post({ kind: "log", id, level, message, fields });
  }

  /** With what can be handed over in place of being copied. */
  #postValue(id: number, task: string, result: unknown): void {
    const value = this.#calls.packGiven(result);
    const copied = { given: result, packed: value };
    const transfer = findTransferable(value.is === "marked" ? value.parcel : value);
    if (transfer.length === 0) return this.#postCopy(id, task, copied);
    try {
      this.#post({ kind: "value", id, value }, transfer);
    } catch {
      // Some buffers cannot be handed over, such as a WebAssembly memory, yet can be copied.
      this.#postCopy(id, task, copied);
    }
  }

  #postCopy(
    id: number,
    task: string,
    { given, packed }: { readonly given: unknown; readonly packed: SentArgument },
  ): void {
    const { runner, clone } = this.#port;
    try {
      this.#post({ kind: "value", id, value: packed });
    } catch (error) {
      const { path, reason } = findUnclonable(given, "result", clone);
      throw new MillraceError(
        "BODY_VALUE_UNCLONABLE",
        { what: "The result", task, runner, path, reason },
        { cause: error },
      );
    }
  }

  /** Imports a module once. Flows that it calls meanwhile are refused. */
  #import(module: string): Promise<unknown> {
    const known = this.#modules.get(module);
    if (known !== undefined) return known;
    const slot = runtimeSlot();
    slot.importing = module;
    const imported = import(module).finally(() => {
      slot.importing = undefined;
    });
    this.#modules.set(module, imported);
    return imported;
  }
}

/** Spans that the body makes, where a tracer is registered here too, are parts of its attempt's. */
function inTrace<T>(carrier: TraceCarrier | null, body: () => T): T {
  if (carrier === null) return body();
  const tracer = findTracer();
  const place = tracer?.at(carrier) ?? null;
  return tracer === null || place === null ? body() : tracer.within(place, body);
}

/** What spans there were is handed on first. */
async function close(): Promise<never> {
  await findTracer()?.flush(flushWithinMs);
  process.exit(0);
}

function toImportError(module: string, error: unknown): unknown {
  if (isRefusedCall(error)) return error;
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new MillraceError("MODULE_NOT_IMPORTABLE", { module, reason }, { cause: error });
}
