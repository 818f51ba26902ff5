/** The worker's side: takes calls one at a time, imports the task's module, runs the body and posts what came of it. */

import { MillraceError } from "../../contract/errors.ts";
import { isRefusedCall } from "../../contract/importing.ts";
import { runtimeSlot } from "../../contract/runtime.ts";
import { findTracer } from "../../kit/open-telemetry.ts";
import { flushWithinMs, type TraceCarrier } from "../../kit/tracing.ts";
import { Asks } from "./asks.ts";
import { BodyContext, bodyStorage } from "./body-context.ts";
import { createBodyRuntime } from "./body-runtime.ts";
import { captureConsole } from "./console-capture.ts";
import { LineCredit, type SendLine } from "./line-credit.ts";
import type { FromWorker, RunMessage, ToWorker } from "./messages.ts";
import { pack, packError, unpack, unpackError } from "./parcel.ts";
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
  #running: { readonly id: number; readonly controller: AbortController } | null = null;
  #flowRun: BodyContext["flowRun"] = null;
  #isCapturing = false;

  constructor(port: WorkerPort) {
    this.#port = port;
    this.#asks = new Asks((message) => this.#post(message));
    runtimeSlot().runtime = createBodyRuntime(port.runner);
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
        if (this.#running?.id === message.id) this.#running.controller.abort(unpackError(message.reason));
        return;
      case "reply":
        return this.#asks.receive(message);
      case "taken":
        return this.#credit.take(message);
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
    this.#running = { id, controller };
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
      const isReason = controller.signal.aborted && error === controller.signal.reason;
      this.#post({ kind: "failure", id, error: isReason ? "abort-reason" : packError(error), isSpoilt: false });
    }
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
    const context = this.#createContext(message, signal);
    if (definition.codeHash !== task.codeHash) {
      context.logger.warn(
        `The code of task \`${task.name}\` has changed on disk since this run started: the new code runs in the ${this.#port.runner}`,
      );
    }
    const args = message.args.map(unpack);
    return inTrace(message.trace, () => bodyStorage.run(context, () => runInline(definition, args)));
  }

  #createContext(message: RunMessage, signal: AbortSignal): BodyContext {
    const { id, taskRun, tags } = message;
    if (message.flowRun !== "unchanged") this.#flowRun = message.flowRun;
    if (message.captureConsole && !this.#isCapturing) {
      this.#isCapturing = true;
      captureConsole((level, line) => bodyStorage.getStore()?.capture(level, line) ?? false);
    }
    const lastError = taskRun.lastError === null ? undefined : unpackError(taskRun.lastError);
    return new BodyContext({
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

  #postValue(id: number, task: string, result: unknown): void {
    const value = pack(result);
    const transfer = findTransferable(value);
    try {
      this.#post({ kind: "value", id, value }, transfer);
    } catch (error) {
      if (transfer.length > 0 && this.#postCopy(id, value)) return;
      const { path, reason } = findUnclonable(result, "result", this.#port.clone);
      throw new MillraceError(
        "BODY_VALUE_UNCLONABLE",
        { what: "The result", task, runner: this.#port.runner, path, reason },
        { cause: error },
      );
    }
  }

  /** Some buffers cannot be handed over, such as a WebAssembly memory, yet can be copied. */
  #postCopy(id: number, value: ReturnType<typeof pack>): boolean {
    try {
      this.#post({ kind: "value", id, value });
      return true;
    } catch {
      return false;
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
