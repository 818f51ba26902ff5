import { MillraceError } from "../contract/errors.ts";
import { brands, type TaskFuture } from "../contract/runtime.ts";
import type { State } from "../contract/states.ts";
import { formatDuration } from "../kit/duration.ts";
import type { TaskExecution } from "./task-run.ts";

/** A submitted task run. */
export class EngineFuture implements TaskFuture {
  readonly execution: TaskExecution;

  constructor(execution: TaskExecution) {
    this.execution = execution;
  }

  get [brands.future](): true {
    return true;
  }

  /** A failure that nobody asks for is told by the future's state, and not as an unhandled rejection. */
  get #done(): Promise<unknown> {
    const { done } = this.execution;
    done.catch(() => undefined);
    return done;
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
    await this.#within(
      this.#done.then(
        () => undefined,
        () => undefined,
      ),
      options.timeoutMs,
    );
    return this.execution.state;
  }

  result(options: { readonly timeoutMs?: number } = {}): Promise<unknown> {
    return this.#within(this.#done, options.timeoutMs);
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
    return this.execution.done.then(onValue, onError);
  }

  #within<T>(promise: Promise<T>, timeoutMs: number | undefined): Promise<T> {
    if (timeoutMs === undefined) return promise;
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
