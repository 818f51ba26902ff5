import type { TaskFuture } from "../contract/runtime.ts";
import { brands } from "../contract/runtime.ts";
import type { State } from "../contract/states.ts";

/** The future of a task that was submitted outside any flow, while the runtime is being loaded. */
export class LoadingFuture implements TaskFuture {
  readonly [brands.future] = true;
  readonly taskName: string;
  readonly #loaded: Promise<{ readonly future: TaskFuture }>;
  #future: TaskFuture | null = null;

  constructor(taskName: string, loaded: Promise<{ readonly future: TaskFuture }>) {
    this.taskName = taskName;
    this.#loaded = loaded;
    loaded.then(
      ({ future }) => {
        this.#future = future;
      },
      () => undefined,
    );
  }

  get taskRunId(): string | null {
    return this.#future?.taskRunId ?? null;
  }

  get state(): State {
    return this.#future?.state ?? { type: "PENDING", name: "Pending", at: 0 };
  }

  async wait(options?: { readonly timeoutMs?: number }): Promise<State> {
    return (await this.#loaded).future.wait(options);
  }

  async result(options?: { readonly timeoutMs?: number }): Promise<unknown> {
    return (await this.#loaded).future.result(options);
  }

  cancel(reason?: string): void {
    this.#loaded.then(
      ({ future }) => future.cancel(reason),
      () => undefined,
    );
  }

  // biome-ignore lint/suspicious/noThenProperty: a future is awaited like a promise
  then<A = unknown, B = never>(
    onValue?: ((value: unknown) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.result().then(onValue, onError);
  }
}
