/** Gathers what is asked while an answer is awaited into one question: many callers at once cost little more than one. */

export interface GatherOptions<T, R> {
  /** Answers the items in their order, all or none. */
  readonly ask: (items: readonly T[]) => Promise<readonly R[]>;
  /** Items of one question, at most. */
  readonly max: number;
  /** How large an item is, where one question takes only so much of them; one that is larger is asked alone. Default: 0. */
  readonly sizeOf?: (item: T) => number;
  /** Of all items of one question. Default: any. */
  readonly maxSize?: number;
}

/**
 * A question that comes while none is out is asked at once; one that comes later begins after it was asked, never before.
 * Where a question of several fails each of them is asked alone, so that one caller's fault is no other's.
 */
export function gather<T, R>({
  ask,
  max,
  sizeOf = () => 0,
  maxSize = Number.POSITIVE_INFINITY,
}: GatherOptions<T, R>): (item: T) => Promise<R> {
  interface Asked {
    readonly item: T;
    readonly answer: PromiseWithResolvers<R>;
  }
  let waiting: Asked[] = [];
  let isOut = false;

  function countFitting(all: readonly Asked[]): number {
    let size = 0;
    const beyond = all.findIndex(({ item }, index) => index === max || (size += sizeOf(item)) > maxSize);
    return beyond < 0 ? all.length : Math.max(beyond, 1);
  }

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
      const count = countFitting(waiting);
      const next = waiting.slice(0, count);
      waiting = waiting.slice(count);
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
