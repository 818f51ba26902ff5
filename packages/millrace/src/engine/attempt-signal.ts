/**
 * The abort signal of one attempt. Most bodies never ask for theirs, so the controller is made when somebody does, and
 * the wait for the body is ended by a plain callback.
 */
export class AttemptSignal {
  readonly #outer: { readonly signal: AbortSignal };
  #controller: AbortController | null = null;
  #reason: { readonly error: unknown } | null = null;
  #onAbort: ((error: unknown) => void) | null = null;
  #unlink: (() => void) | null = null;

  /** `outer` is the caller's context, whose own signal is only asked for when this one is. */
  constructor(outer: { readonly signal: AbortSignal }) {
    this.#outer = outer;
  }

  onAbort(listener: (error: unknown) => void): void {
    this.#onAbort = listener;
  }

  abort(error: unknown): void {
    if (this.#reason !== null) return;
    this.#reason = { error };
    this.#controller?.abort(error);
    this.#onAbort?.(error);
  }

  /** The signal, made now if it was not asked for before. */
  get signal(): AbortSignal {
    if (this.#controller !== null) return this.#controller.signal;
    const controller = new AbortController();
    this.#controller = controller;
    if (this.#reason !== null) controller.abort(this.#reason.error);
    else this.#follow(this.#outer.signal, controller);
    return controller.signal;
  }

  #follow(outer: AbortSignal, controller: AbortController): void {
    if (outer.aborted) return controller.abort(outer.reason);
    const forward = (): void => controller.abort(outer.reason);
    outer.addEventListener("abort", forward, { once: true });
    this.#unlink = () => outer.removeEventListener("abort", forward);
  }

  /** The attempt is over: nothing is forwarded any more. */
  end(): void {
    this.#unlink?.();
    this.#unlink = null;
    this.#onAbort = null;
  }
}
