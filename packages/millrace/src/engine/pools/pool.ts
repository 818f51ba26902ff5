import { availableParallelism } from "node:os";
import { MillraceError } from "../../contract/errors.ts";
import type { BodyPool, PoolCall } from "../../contract/pools.ts";
import { BodyCall, runnerNames } from "./body-call.ts";
import { CallQueue } from "./call-queue.ts";
import { PoolWorker } from "./pool-worker.ts";
import { addressOf } from "./task-address.ts";
import type { WorkerKind } from "./worker-kind.ts";

export interface PoolOptions {
  /** At most this many bodies at once. Default: one a processor. */
  readonly limit?: number | undefined;
  /** A worker that had nothing to do for this long ends. Default 30 s. */
  readonly idleMs?: number | undefined;
  /** A worker ends after this many calls, for code that leaks. Default: no bound. */
  readonly maxTasksPerWorker?: number | undefined;
  /** At most this many calls wait for a worker; they hold their arguments, which are copied when a worker takes them. */
  readonly maxQueuedCalls?: number | undefined;
  /** The bound of each worker's heap, in MiB. Default: Node's own. */
  readonly maxHeapMb?: number | undefined;
}

const defaultIdleMs = 30_000;
const defaultMaxQueuedCalls = 1_000_000;

/**
 * Runs bodies in workers that import the task's module. Workers are started when calls wait for them, up to the limit,
 * stay warm, and never keep the process alive while they have nothing to do. One that crashes takes its own call with it.
 *
 * Arguments are copied by structured clone, so the caller's stay usable; SharedArrayBuffers are shared between threads.
 * Big buffers in a thread's result are handed over without a copy: a body that keeps such a buffer must return a copy.
 * Tasks that a body calls run beside it, in the same worker, so that they wait for none; flows cannot be called there.
 */
export class Pool implements BodyPool {
  readonly kind: BodyPool["kind"];
  readonly #workerKind: WorkerKind;
  readonly #limit: number;
  readonly #idleMs: number;
  readonly #maxTasks: number;
  readonly #maxQueued: number;
  readonly #queue = new CallQueue<BodyCall>();
  /** Those that take calls, counted by the limit. */
  readonly #workers = new Set<PoolWorker>();
  readonly #leaving = new Set<PoolWorker>();
  /** Newest last: the one that was used last is taken first, so that the others can end. */
  readonly #idle: PoolWorker[] = [];
  #starting = 0;
  #lastId = 0;
  #isClosing = false;
  /** Resolves when no call waits or runs any more; made when the pool closes. */
  #drained: PromiseWithResolvers<void> | null = null;

  constructor(workerKind: WorkerKind, options: PoolOptions) {
    this.kind = workerKind.kind;
    this.#workerKind = workerKind;
    this.#limit = options.limit ?? availableParallelism();
    if (!Number.isInteger(this.#limit) || this.#limit < 1) {
      const reason = "it must be a whole number of at least 1";
      throw new MillraceError("OPTION_INVALID", { definition: `The pool of ${this.kind}`, option: "limit", reason });
    }
    this.#idleMs = options.idleMs ?? defaultIdleMs;
    this.#maxTasks = options.maxTasksPerWorker ?? Number.POSITIVE_INFINITY;
    this.#maxQueued = options.maxQueuedCalls ?? defaultMaxQueuedCalls;
  }

  async run(request: PoolCall): Promise<unknown> {
    request.signal.throwIfAborted();
    const { definition } = request;
    if (this.#isClosing) throw new MillraceError("USAGE", { reason: "The pool is closed.", advice: "Make a new one." });
    const address = addressOf(definition);
    if (address === null) {
      const module = definition.site?.module ?? "(unknown)";
      throw new MillraceError("TASK_NOT_IMPORTABLE", { task: definition.name, runner: runnerNames[this.kind], module });
    }
    const call = new BodyCall(++this.#lastId, request, address, (aborted, reason) => this.#forget(aborted, reason));
    const worker = this.#idle.pop();
    if (worker === undefined) this.#enqueue(call);
    else if (!worker.run(call)) this.#serve(worker);
    return call.value;
  }

  async close(options: { readonly abandon?: boolean } = {}): Promise<void> {
    this.#isClosing = true;
    for (const worker of [...this.#workers, ...this.#leaving]) worker.hold();
    if (options.abandon === true) this.#abandon();
    this.#drained ??= Promise.withResolvers<void>();
    this.#tellDrained();
    await this.#drained.promise;
    for (const worker of this.#workers) worker.close();
    await Promise.all([...this.#leaving].map((worker) => worker.gone));
  }

  #abandon(): void {
    const toReason = (name: string): MillraceError =>
      new MillraceError("CANCELLED", { kind: "Task", name, reason: ": its pool was closed" });
    for (let call = this.#queue.take(); call !== null; call = this.#queue.take())
      call.reject(toReason(call.request.definition.name));
    for (const worker of this.#workers) worker.kill(toReason(worker.taskName));
  }

  #enqueue(call: BodyCall): void {
    if (this.#queue.size >= this.#maxQueued) {
      const advice = "Submit less at once: give the flow's runner a lower limit, or await as you go.";
      call.reject(
        new MillraceError("USAGE", { reason: `${this.#maxQueued} calls wait for this pool already.`, advice }),
      );
      return;
    }
    this.#queue.add(call);
    this.#startWhereNeeded();
  }

  /** The caller gave up before a worker had the call. */
  #forget(call: BodyCall, reason: unknown): void {
    call.reject(reason);
    this.#queue.noteLeft();
    this.#tellDrained();
  }

  #startWhereNeeded(): void {
    while (this.#workers.size < this.#limit && this.#starting < this.#queue.size && this.#start());
  }

  /** False when there is no use in trying again now. */
  #start(): boolean {
    this.#starting++;
    try {
      const worker: PoolWorker = new PoolWorker({
        kind: this.#workerKind,
        idleMs: this.#idleMs,
        maxTasks: this.#maxTasks,
        nextId: () => ++this.#lastId,
        onFree: (free) => this.#onFree(free),
        onLeave: (leaving) => this.#onLeave(leaving),
        onStillborn: (toError) => this.#rejectNext(toError),
      });
      this.#workers.add(worker);
      return true;
    } catch (error) {
      this.#starting--;
      // No memory, no process to be had: the workers that are there go on with the queue.
      if (this.#workers.size > 0) return false;
      const how = error instanceof Error ? error.message : String(error);
      this.#rejectNext(
        (task) =>
          new MillraceError(
            "BODY_CRASHED",
            { runner: runnerNames[this.kind], task, how, stderr: "" },
            { cause: error },
          ),
      );
      return true;
    }
  }

  #rejectNext(toError: (task: string) => MillraceError): void {
    const call = this.#queue.take();
    call?.reject(toError(call.request.definition.name));
    this.#tellDrained();
  }

  #onFree(worker: PoolWorker): void {
    if (worker.mode === "starting") this.#starting--;
    this.#serve(worker);
  }

  /** Gives a worker the next call that can be sent, or lets it rest. */
  #serve(worker: PoolWorker): void {
    for (let call = this.#queue.take(); call !== null; call = this.#queue.take()) {
      if (worker.run(call)) return;
    }
    worker.rest();
    this.#idle.push(worker);
    this.#tellDrained();
  }

  #onLeave(worker: PoolWorker): void {
    if (worker.mode === "starting") this.#starting--;
    this.#workers.delete(worker);
    const index = this.#idle.indexOf(worker);
    if (index >= 0) this.#idle.splice(index, 1);
    this.#leaving.add(worker);
    void worker.gone.then(() => this.#leaving.delete(worker));
    this.#startWhereNeeded();
    this.#tellDrained();
  }

  #tellDrained(): void {
    if (this.#queue.size > 0 || this.#workers.size > this.#idle.length) return;
    this.#drained?.resolve();
  }
}
