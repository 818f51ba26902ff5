/** Gathers what is asked while an answer is awaited into one question: many callers at once cost little more than one. */

export interface GatherOptions<T, R> {
  /** Answers the items in their order, all or none. */
  readonly ask: (items: readonly T[]) => Promise<readonly R[]>;
  /** Items of one question, at most. */
  readonly max: number;
}

/**
 * A question that comes while none is out is asked at once; one that comes later begins after it was asked, never before.
 * Where a question of several fails each of them is asked alone, so that one caller's fault is no other's.
 */
export function gather<T, R>({ ask, max }: GatherOptions<T, R>): (item: T) => Promise<R> {
  interface Asked {
    readonly item: T;
    readonly answer: PromiseWithResolvers<R>;
  }
  let waiting: Asked[] = [];
  let isOut = false;

  async function askAll(all: readonly Asked[]): Promise<void> {
    try {
      const answers = await ask(all.map(({ item }) => item));
      for (const [index, { answer }] of all.entries()) answer.resolve(answers[index] as R);
    } catch (error) {
      const [only, another] = all;
      if (another === undefined) only?.answer.reject(error);
      else for (const each of all) await askAll([each]);
    }
  }

  async function askWaiting(): Promise<void> {
    isOut = true;
    while (waiting.length > 0) {
      const next = waiting.slice(0, max);
      waiting = waiting.slice(max);
      await askAll(next);
    }
    isOut = false;
  }

  return (item) => {
    const answer = Promise.withResolvers<R>();
    waiting.push({ item, answer });
    if (!isOut) void askWaiting();
    return answer.promise;
  };
}
