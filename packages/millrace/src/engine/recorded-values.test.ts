import { expect, test } from "vitest";
import { random } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

test("branches that come to their recorded values in another order keep their own by key", async () => {
  await using ledger = await createTestLedger();
  let isFirst = true;
  const wait = task({ name: "wait", persistResult: false }, async (branch: "a" | "b") => {
    const comesLate = isFirst ? "a" : "b";
    if (branch === comesLate)
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  });
  const seen: (readonly number[])[] = [];
  const branches = flow({ name: "branches" }, async () => {
    const draw = async (key: "a" | "b"): Promise<number> => {
      await wait(key);
      return random({ key });
    };
    seen.push(await Promise.all([draw("a"), draw("b")]));
    if (isFirst) throw new Error("once more");
  });
  const { run } = await ledger.run(branches);
  isFirst = false;
  await ledger.retry(run, { flow: branches });
  expect(seen).toHaveLength(2);
  expect(seen[1]).toEqual(seen[0]);
});
