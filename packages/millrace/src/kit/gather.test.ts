import { describe, expect, test } from "vitest";
import { gather } from "./gather.ts";

/** Answers when it is told to. */
function createSource() {
  const questions: { readonly items: readonly number[]; readonly answer: PromiseWithResolvers<readonly number[]> }[] =
    [];
  const ask = gather<number, number>({
    max: 3,
    ask: (items) => {
      const answer = Promise.withResolvers<readonly number[]>();
      questions.push({ items, answer });
      return answer.promise;
    },
  });
  const answerNext = async (): Promise<void> => {
    const last = questions.at(-1);
    last?.answer.resolve(last.items.map((item) => item * 10));
    await new Promise(setImmediate);
  };
  return { ask, questions, answerNext };
}

describe("gathering questions", () => {
  test("asks the first at once, and those that come meanwhile together, as many as one question takes", async () => {
    const { ask, questions, answerNext } = createSource();
    const answers = [1, 2, 3, 4, 5].map(ask);
    expect(questions.map(({ items }) => items)).toEqual([[1]]);
    await answerNext();
    await answerNext();
    await answerNext();
    expect(questions.map(({ items }) => items)).toEqual([[1], [2, 3, 4], [5]]);
    expect(await Promise.all(answers)).toEqual([10, 20, 30, 40, 50]);
  });

  test("puts no more into one question than it takes, but for an item that is larger by itself", async () => {
    const questions: (readonly number[])[] = [];
    const ask = gather<number, number>({
      max: 100,
      sizeOf: (item) => item,
      maxSize: 10,
      async ask(items) {
        questions.push(items);
        return items;
      },
    });
    await Promise.all([1, 4, 5, 2, 30, 6, 5].map(ask));
    expect(questions).toEqual([[1], [4, 5], [2], [30], [6], [5]]);
  });

  test("begins a question after it was asked", async () => {
    const { ask, questions, answerNext } = createSource();
    const first = ask(1);
    const again = ask(1);
    await answerNext();
    expect(questions).toHaveLength(2);
    await answerNext();
    expect([await first, await again]).toEqual([10, 10]);
    expect(ask(2)).toBeInstanceOf(Promise);
    expect(questions).toHaveLength(3);
  });

  test("asks each alone where they failed together", async () => {
    const asked: (readonly number[])[] = [];
    const ask = gather<number, number>({
      max: 10,
      ask: async (items) => {
        asked.push(items);
        await new Promise(setImmediate);
        if (items.includes(3)) throw new Error("three is refused");
        return items;
      },
    });
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(ask));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect(asked).toEqual([[1], [2, 3, 4], [2], [3], [4]]);
  });
});
