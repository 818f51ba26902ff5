import { MillraceError } from "../contract/errors.ts";
import { brands, type TaskFuture } from "../contract/runtime.ts";
import type { State } from "../contract/states.ts";
import { formatDuration } from "../kit/duration.ts";
import { contextStorage } from "./context.ts";
import type { TaskExecution } from "./task-run.ts";
import { beginWait } from "./waits.ts";

/** How a future is shown among the inputs of a call: by the task that it is of; undefined for everything else. */
export function describeFuture(value: object): string | undefined {
  const future = brands.allowFailure in value ? (value as unknown as { readonly value: object }).value : value;
  return brands.future in future ? `[${(future as unknown as TaskFuture).taskName}]` : undefined;
}

/** A submitted task run. */
export class EngineFuture implements TaskFuture {
  readonly execution: TaskExecution;

  constructor(execution: TaskExecution) {
    this.execution = execution;
  }

  get [brands.future](): true {
    return true;
  }

  get taskRunId(): string {
    return this.execution.id;
  }

  get taskName(): string {
    return this.execution.work.taskName;
  }

  get path(): string {
    return this.execution.path;
  }

  get state(): State {
    return this.execution.state;
  }

  async wait(options: { readonly timeoutMs?: number } = {}): Promise<State> {
    const { execution } = this;
    try {
      await this.result(options);
    } catch (error) {
      // Its failure is told by its state; that it is still under way is what went wrong with the wait.
      if (!execution.hasEnded) throw error;
    }
    return execution.state;
  }

  result(options: { readonly timeoutMs?: number } = {}): Promise<unknown> {
    const { timeoutMs } = options;
    // A wait that ends by itself hangs nobody.
    const result = timeoutMs === undefined ? this.#awaited() : this.#within(this.execution.done, timeoutMs);
    // Whoever asked may look at it later than it fails.
    result.catch(() => undefined);
    return result;
  }

  cancel(reason?: string): void {
    const { runName: name } = this.execution.work;
    this.execution.stop(
      new MillraceError("CANCELLED", { kind: "Task", name, reason: reason === undefined ? "" : `: ${reason}` }),
    );
  }

  // biome-ignore lint/suspicious/noThenProperty: a future is awaited like a promise
  then<A = unknown, B = never>(
    onValue?: ((value: unknown) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#awaited().then(onValue, onError);
  }

  /**
   * Its outcome, for the code that asks now. A task that waits for its own end, directly or around through others, is told so
   * when nothing else goes on, and does not hang.
   */
  #awaited(): Promise<unknown> {
    const { execution } = this;
    const waiter = contextStorage.getStore()?.task?.execution;
    if (waiter === undefined || execution.hasEnded) return execution.done;
    const wait = beginWait(waiter, new Set([execution]));
    const end = (): void => wait.end();
    execution.done.then(end, end);
    return wait.stuck === null ? execution.done : Promise.race([execution.done, wait.stuck]);
  }

  #within<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
    const { clock } = this.execution.engine;
    return new Promise((resolve, reject) => {
      const timer = clock.setTimer(timeoutMs, () => {
        reject(
          new MillraceError("TIMED_OUT", {
            kind: "The wait for",
            name: this.taskName,
            timeout: formatDuration(timeoutMs),
          }),
        );
      });
      promise.then(resolve, reject).finally(() => timer.cancel());
    });
  }
}
