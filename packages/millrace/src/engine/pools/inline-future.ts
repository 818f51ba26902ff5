import { MillraceError } from "../../contract/errors.ts";
import { brands, type Runtime, type TaskFuture } from "../../contract/runtime.ts";
import type { State } from "../../contract/states.ts";

/** The future of a task that a body in a thread or process submitted: it runs right there, and nothing records it. */
export class InlineFuture implements TaskFuture {
  readonly [brands.future] = true;
  readonly taskRunId = null;
  readonly taskName: string;
  readonly #clock: Runtime["clock"];
  readonly #cancelled = Promise.withResolvers<never>();
  readonly #done: Promise<unknown>;
  #state: State;

  constructor(taskName: string, run: () => Promise<unknown>, clock: Runtime["clock"]) {
    this.taskName = taskName;
    this.#clock = clock;
    this.#state = { type: "RUNNING", name: "Running", at: clock.now() };
    this.#done = Promise.race([run(), this.#cancelled.promise]);
    this.#done.then(
      () => this.#end("COMPLETED", "Completed"),
      () => this.#end("FAILED", "Failed"),
    );
  }

  get state(): State {
    return this.#state;
  }

  async wait(options: { readonly timeoutMs?: number } = {}): Promise<State> {
    await this.#within(
      this.#done.catch(() => undefined),
      options.timeoutMs,
    );
    return this.#state;
  }

  result(options: { readonly timeoutMs?: number } = {}): Promise<unknown> {
    return this.#within(this.#done, options.timeoutMs);
  }

  cancel(reason?: string): void {
    this.#end("CANCELLED", "Cancelled");
    const because = reason === undefined ? "" : `: ${reason}`;
    this.#cancelled.reject(new MillraceError("CANCELLED", { kind: "Task", name: this.taskName, reason: because }));
  }

  // biome-ignore lint/suspicious/noThenProperty: a future is awaited like a promise
  then<A = unknown, B = never>(
    onValue?: ((value: unknown) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#done.then(onValue, onError);
  }

  #end(type: State["type"], name: string): void {
    if (this.#state.type === "RUNNING") this.#state = { type, name, at: this.#clock.now() };
  }

  async #within<T>(promise: Promise<T>, timeoutMs: number | undefined): Promise<T> {
    if (timeoutMs === undefined) return promise;
    const over = new AbortController();
    const late = this.#clock.sleep(timeoutMs, over.signal).then(() => {
      throw new MillraceError("TIMED_OUT", { kind: "The wait for", name: this.taskName, timeout: `${timeoutMs} ms` });
    });
    // The timer is given up once there is an answer, and its rejection with it.
    late.catch(() => undefined);
    try {
      return await Promise.race([promise, late]);
    } finally {
      over.abort();
    }
  }
}
