/** Functions among the options are the author's code: what they throw ends the task, is recorded, and reaches the caller. */

import { expect, test } from "vitest";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

const boom = (): never => {
  throw new TypeError("broken option");
};

test.each([
  ["cache", { cache: boom }],
  ["concurrency", { concurrency: { key: boom } }],
  ["retryIf", { retries: 1, retryIf: boom }],
  ["retryDelay", { retries: 1, retryDelay: boom }],
  ["fallback", { fallback: boom }],
])("%s", async (_, options) => {
  await using ledger = await createTestLedger();
  const failing = task({ name: "failing", ...options }, async () => {
    throw new Error("body");
  });
  const { run, error } = await ledger.run(flow(async () => failing()));
  expect(error).toMatchObject({ name: "TypeError", message: "broken option" });
  expect(run.state).toMatchObject({ name: "Failed", message: "broken option" });
  const [record] = await ledger.taskRuns(run);
  expect(record).toMatchObject({ state: { name: "Failed" }, error: { name: "TypeError" } });
});

test("key: the call rejects, and does not throw in its caller's face", async () => {
  await using ledger = await createTestLedger();
  const keyed = task({ name: "keyed", key: boom }, async () => 1);
  const { value } = await ledger.run(
    flow(async () => {
      const call = keyed();
      return call.catch((error: unknown) => (error as Error).message);
    }),
  );
  expect(value).toBe("broken option");
});

test("runName: the run goes on, and its name says what happened", async () => {
  await using ledger = await createTestLedger();
  const named = task({ name: "named", runName: boom }, async () => 1);
  const { run, value } = await ledger.run(flow(async () => named()));
  expect(value).toBe(1);
  expect((await ledger.taskRuns(run))[0]?.name).toBe("named (broken option)");
});

test("a flow's runName: nothing runs", async () => {
  await using ledger = await createTestLedger();
  const named = flow({ name: "named", runName: boom }, async () => 1);
  await expect(ledger.run(named)).rejects.toMatchObject({ code: "OPTION_INVALID" });
  expect(await ledger.runs()).toEqual([]);
});
