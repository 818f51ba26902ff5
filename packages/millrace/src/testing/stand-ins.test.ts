import { describe, expect, test } from "vitest";
import { inputs } from "../sdk/cache-policy.ts";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "./ledger-under-test.testsuite.ts";
import { withTask } from "./stand-ins.ts";

const train = task({ name: "train", retries: 1 }, async (seed: number): Promise<{ score: number }> => {
  throw new Error(`The body ran with ${seed}`);
});
const score = flow({ name: "score" }, async () => (await train(1)).score);

describe("a stand-in", () => {
  test("runs in place of the body, with the arguments, and is recorded as the task", async () => {
    await using ledger = await createTestLedger();
    const { run, value } = await withTask(
      train,
      async (seed) => ({ score: seed * 10 }),
      () => ledger.run(score),
    );
    expect(value).toBe(10);
    const [record] = await ledger.taskRuns(run);
    expect(record).toMatchObject({ taskName: "train", inputPreview: "1", state: { name: "Completed" } });
  });

  test("may be synchronous, and may throw: retries hold for it", async () => {
    await using ledger = await createTestLedger();
    let calls = 0;
    const standIn = (): { score: number } => {
      if (++calls === 1) throw new Error("first");
      return { score: calls };
    };
    const { value } = await withTask(train, standIn, () => ledger.run(score));
    expect(value).toBe(2);
  });

  test("is gone after its body, also when that throws", async () => {
    await using ledger = await createTestLedger();
    await expect(
      withTask(
        train,
        () => ({ score: 1 }),
        async () => {
          throw new Error("the test failed");
        },
      ),
    ).rejects.toThrow("the test failed");
    expect((await ledger.run(score)).error).toMatchObject({ message: "The body ran with 1" });
  });

  test("holds for copies by withOptions(), submitted and mapped", async () => {
    await using ledger = await createTestLedger();
    const copy = train.withOptions({ name: "copy", cache: inputs(), timeout: "1h" });
    const { value } = await withTask(
      train,
      async (seed) => ({ score: seed }),
      () => ledger.run(flow(async () => [await copy.submit(7), ...(await Promise.all(copy.map([8, 9])))])),
    );
    expect(value).toEqual([{ score: 7 }, { score: 8 }, { score: 9 }]);
  });

  test("of a generator may be a generator or a list", async () => {
    await using ledger = await createTestLedger();
    const pages = task({ name: "pages" }, async function* pages(): AsyncGenerator<string> {
      yield "the body";
    });
    const reading = flow({ name: "reading" }, async () => {
      const seen: string[] = [];
      for await (const page of pages()) seen.push(page);
      return [seen, await pages.submit()];
    });
    const generated = await withTask(
      pages,
      function* () {
        yield "a";
        yield "b";
      },
      () => ledger.run(reading),
    );
    expect(generated.value).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
    const listed = await withTask(
      pages,
      () => ["c"],
      () => ledger.run(reading),
    );
    expect(listed.value).toEqual([["c"], ["c"]]);
  });

  test("holds within its own asynchronous context only", async () => {
    await using ledger = await createTestLedger();
    const slow = flow({ name: "slow" }, async () => {
      await sleep("1m");
      return (await train(1)).score;
    });
    const values = await Promise.all(
      [1, 2, 3].map(
        async (n) =>
          (
            await withTask(
              train,
              () => ({ score: n }),
              () => ledger.run(slow),
            )
          ).value,
      ),
    );
    expect(values).toEqual([1, 2, 3]);
  });

  test("inside another counts, and the outer one after it", async () => {
    await using ledger = await createTestLedger();
    const values = await withTask(
      train,
      () => ({ score: 1 }),
      async () => {
        const inner = await withTask(
          train,
          () => ({ score: 2 }),
          () => ledger.run(score),
        );
        return [inner.value, (await ledger.run(score)).value];
      },
    );
    expect(values).toEqual([2, 1]);
  });

  test("without a body holds in the process until it is disposed of", async () => {
    await using ledger = await createTestLedger();
    {
      using _ = withTask(train, () => ({ score: 3 }));
      expect((await ledger.run(score)).value).toBe(3);
      {
        using __ = withTask(train, () => ({ score: 4 }));
        expect((await ledger.run(score)).value).toBe(4);
      }
      expect((await ledger.run(score)).value).toBe(3);
    }
    expect((await ledger.run(score)).error).toBeInstanceOf(Error);
  });
});
