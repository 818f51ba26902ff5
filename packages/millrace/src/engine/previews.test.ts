import { expect, test } from "vitest";
import { allowFailure } from "../sdk/annotations.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

test("inputs that have not come are shown by the tasks they are of", async () => {
  await using ledger = await createTestLedger();
  const load = task({ name: "load-rows" }, async (): Promise<number> => {
    throw new Error("no rows");
  });
  const count = task({ name: "count" }, async (...inputs: readonly unknown[]) => inputs.length);
  const counted = flow(async () => {
    const rows = load.submit();
    await count(rows, { rows, more: [rows, 4] }, allowFailure(load.submit()), 3);
  });
  const { run } = await ledger.run(counted);
  const [record] = await ledger.taskRuns(run, "count");
  expect(record).toMatchObject({
    state: { name: "NotReady" },
    inputPreview: "[load-rows], { rows: [load-rows], more: [[load-rows], 4] }, [load-rows], 3",
  });
});
