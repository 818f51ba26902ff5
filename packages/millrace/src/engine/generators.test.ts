import { describe, expect, test } from "vitest";
import { context } from "../sdk/context.ts";
import { inputs } from "../sdk/cache-policy.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

/** A generator that notes what it was asked for. */
function counting(options: { retries?: number; failAt?: number } = {}) {
  const made: number[] = [];
  const count = task({ name: "count", retries: options.retries ?? 0 }, async function* count(to: number) {
    for (let n = 1; n <= to; n++) {
      made.push(n);
      if (n === options.failAt && context().taskRun?.attempt === 1) throw new Error(`at ${n}`);
      yield n;
    }
  });
  return { made, count };
}

describe("a generator task", () => {
  test("streams: its reader has a value before the next is made", async () => {
    await using ledger = await createTestLedger();
    const { made, count } = counting();
    const { value, run } = await ledger.run(
      flow(async () => {
        const seen: string[] = [];
        for await (const n of count(3)) seen.push(`${n} of ${made.length}`);
        return seen;
      }),
    );
    expect(value).toEqual(["1 of 1", "2 of 2", "3 of 3"]);
    const [record] = await ledger.taskRuns(run);
    expect(record).toMatchObject({ state: { name: "Completed" }, result: { data: "[1,2,3]" } });
  });

  test("gives all its values as an array, when it is submitted or mapped", async () => {
    await using ledger = await createTestLedger();
    const { count } = counting();
    const { value } = await ledger.run(
      flow(async () => [await count.submit(2), ...(await Promise.all(count.map([1, 3])))]),
    );
    expect(value).toEqual([[1, 2], [1], [1, 2, 3]]);
  });

  test("may be an ordinary generator", async () => {
    await using ledger = await createTestLedger();
    const letters = task({ name: "letters" }, function* letters() {
      yield "a";
      yield "b";
    });
    const { value } = await ledger.run(
      flow(async () => {
        const seen: string[] = [];
        for await (const letter of letters()) seen.push(letter);
        return [seen, await letters.submit()];
      }),
    );
    expect(value).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
  });

  test("makes no more when its reader stops, and completes with what was read", async () => {
    await using ledger = await createTestLedger();
    let isClosed = false;
    const endless = task({ name: "endless" }, async function* endless() {
      try {
        for (let n = 1; ; n++) yield n;
      } finally {
        isClosed = true;
      }
    });
    const { value, run } = await ledger.run(
      flow(async () => {
        for await (const n of endless()) if (n === 3) break;
        return isClosed;
      }),
    );
    expect(value).toBe(true);
    const [record] = await ledger.taskRuns(run);
    expect(record).toMatchObject({ state: { name: "Completed" }, result: { data: "[1,2,3]" } });
  });

  test("that fails hands its error to the reader, after what it made", async () => {
    await using ledger = await createTestLedger();
    const { count } = counting({ failAt: 3 });
    const { value } = await ledger.run(
      flow(async () => {
        const seen: unknown[] = [];
        try {
          for await (const n of count(5)) seen.push(n);
        } catch (error) {
          seen.push((error as Error).message);
        }
        return seen;
      }),
    );
    expect(value).toEqual([1, 2, "at 3"]);
  });

  test("that is tried again gives no value twice", async () => {
    await using ledger = await createTestLedger();
    const { made, count } = counting({ retries: 1, failAt: 3 });
    const { value } = await ledger.run(
      flow(async () => {
        const seen: number[] = [];
        for await (const n of count(4)) seen.push(n);
        return seen;
      }),
    );
    expect(value).toEqual([1, 2, 3, 4]);
    expect(made).toEqual([1, 2, 3, 1, 2, 3, 4]);
  });

  test("is delivered from the record on resume", async () => {
    await using ledger = await createTestLedger();
    const { made, count } = counting();
    let isFirst = true;
    const { run } = await ledger.run(
      flow({ name: "streaming" }, async () => {
        const seen: number[] = [];
        for await (const n of count(3)) seen.push(n);
        if (isFirst) {
          isFirst = false;
          await ledger.crash();
        }
        return seen;
      }),
    );
    expect((await ledger.resume(run)).value).toEqual([1, 2, 3]);
    expect(made).toEqual([1, 2, 3]);
  });

  test("that was cut off by a death begins again on resume", async () => {
    await using ledger = await createTestLedger();
    const { made, count } = counting();
    let isFirst = true;
    const { run } = await ledger.run(
      flow({ name: "streaming" }, async () => {
        const seen: number[] = [];
        for await (const n of count(3)) {
          seen.push(n);
          if (n === 2 && isFirst) {
            isFirst = false;
            await ledger.crash();
          }
        }
        return seen;
      }),
    );
    expect((await ledger.resume(run)).value).toEqual([1, 2, 3]);
    expect(made.slice(-3)).toEqual([1, 2, 3]);
  });

  test("is cached as an array", async () => {
    await using ledger = await createTestLedger();
    const { made, count } = counting();
    const cached = count.withOptions({ cache: inputs() });
    const { value } = await ledger.run(
      flow(async () => {
        const seen: number[] = [];
        for await (const n of cached(2)) seen.push(n);
        for await (const n of cached(2)) seen.push(n);
        return seen;
      }),
    );
    expect(value).toEqual([1, 2, 1, 2]);
    expect(made).toEqual([1, 2]);
  });

  test("that nobody reads does not run", async () => {
    await using ledger = await createTestLedger();
    const { made, count } = counting();
    const { run } = await ledger.run(
      flow(async () => {
        count(3);
        return "ignored";
      }),
    );
    expect(made).toEqual([]);
    expect(await ledger.taskRuns(run)).toEqual([]);
  });

  test("works outside of flows", async () => {
    await using ledger = await createTestLedger();
    const { count } = counting();
    const seen: number[] = [];
    for await (const n of count(2)) seen.push(n);
    expect(seen).toEqual([1, 2]);
    expect((await ledger.api.listTaskRuns({ taskNames: ["count"] })).items).toHaveLength(1);
  });
});
