import { MillraceError } from "../../contract/errors.ts";
import { brands, type Runtime, type TaskFuture } from "../../contract/runtime.ts";
import type { State } from "../../contract/states.ts";

/** The future of what a body in a thread or process has called: the flow's process says what becomes of it. */
export class BodyFuture implements TaskFuture {
  readonly [brands.future] = true;
  /** The number of the call among those of its worker. */
  readonly nest: number;
  readonly taskName: string;
  /** A property, and not a method, so that no structured clone takes a future for the data that is in it. */
  readonly cancel: (reason?: string) => void;
  readonly #clock: Runtime["clock"];
  readonly #done = Promise.withResolvers<unknown>();
  #taskRunId: string | null = null;
  #state: State;

  constructor(options: {
    readonly nest: number;
    readonly taskName: string;
    readonly clock: Runtime["clock"];
    readonly cancel: (reason: string | undefined) => void;
  }) {
    this.nest = options.nest;
    this.taskName = options.taskName;
    this.#clock = options.clock;
    this.cancel = (reason) => options.cancel(reason);
    this.#state = { type: "PENDING", name: "Pending", at: options.clock.now() };
    // Whoever asked may look at it later than it fails.
    this.#done.promise.catch(() => undefined);
  }

  get taskRunId(): string | null {
    return this.#taskRunId;
  }

  get state(): State {
    return this.#state;
  }

  made(taskRunId: string): void {
    this.#taskRunId = taskRunId;
  }

  /** Its body begins. */
  began(): void {
    if (this.#state.type === "PENDING") this.#state = { type: "RUNNING", name: "Running", at: this.#clock.now() };
  }

  settle(outcome: { readonly value: unknown } | { readonly error: unknown }, state: State | null): void {
    if (state !== null) this.#state = state;
    if ("value" in outcome) this.#done.resolve(outcome.value);
    else this.#done.reject(outcome.error);
  }

  async wait(options: { readonly timeoutMs?: number } = {}): Promise<State> {
    await this.#within(
      this.#done.promise.catch(() => undefined),
      options.timeoutMs,
    );
    return this.#state;
  }

  result(options: { readonly timeoutMs?: number } = {}): Promise<unknown> {
    return this.#within(this.#done.promise, options.timeoutMs);
  }

  // biome-ignore lint/suspicious/noThenProperty: a future is awaited like a promise
  then<A = unknown, B = never>(
    onValue?: ((value: unknown) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#done.promise.then(onValue, onError);
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
