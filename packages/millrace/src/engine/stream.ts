/** Generator tasks: the caller reads values while the body makes them, and the record holds them as one array. */

/** Hands values from a body to its reader, one at a time: the body makes the next one when the reader asks for it. */
export class Stream {
  readonly #values: unknown[] = [];
  #wanted: PromiseWithResolvers<boolean> | null = null;
  #offer: PromiseWithResolvers<IteratorResult<unknown>> | null = null;
  #given = 0;
  #isClosed = false;

  /** Runs the body's generator to its end, or until nobody reads on. A later attempt does not hand over a value twice. */
  async pump(values: AsyncIterable<unknown> | Iterable<unknown>): Promise<readonly unknown[]> {
    this.#values.length = 0;
    for await (const value of values) {
      this.#values.push(value);
      if (this.#values.length <= this.#given) continue;
      this.#given++;
      this.#offer?.resolve({ done: false, value });
      this.#offer = null;
      if (!(await this.#isAskedOn())) break;
    }
    return [...this.#values];
  }

  /** Resolves when the reader asks for the next value, or stops. */
  async #isAskedOn(): Promise<boolean> {
    if (this.#isClosed || this.#offer !== null) return !this.#isClosed;
    this.#wanted = Promise.withResolvers();
    return this.#wanted.promise;
  }

  /** The next value, or the end when `done` settles first. */
  async next(done: Promise<unknown>): Promise<IteratorResult<unknown>> {
    this.#offer = Promise.withResolvers();
    const { promise } = this.#offer;
    this.#wanted?.resolve(true);
    this.#wanted = null;
    return Promise.race([promise, done.then((values) => this.#rest(values))]);
  }

  /** What is recorded may hold more than was handed over: the record of an earlier process. */
  #rest(values: unknown): IteratorResult<unknown> {
    const recorded = values as readonly unknown[];
    if (this.#given >= recorded.length) return { done: true, value: undefined };
    return { done: false, value: recorded[this.#given++] };
  }

  /** Nobody reads on. */
  close(): void {
    this.#isClosed = true;
    this.#wanted?.resolve(false);
    this.#wanted = null;
  }
}

/** The values of a stream whose body is started with the first that is asked for. */
export async function* readStream(
  stream: Stream,
  start: () => { readonly done: Promise<unknown> },
): AsyncGenerator<unknown> {
  const { done } = start();
  done.catch(() => undefined);
  try {
    for (;;) {
      const next = await stream.next(done);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    stream.close();
    await done.catch(() => undefined);
  }
}
