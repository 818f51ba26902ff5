import { describe, expect, test } from "vitest";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import type { Fallback } from "../contract/definitions.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

async function run(fallback: Fallback<[string], string>, options: { retries?: number } = {}) {
  await using ledger = await createTestLedger();
  const load = task({ name: "load", fallback, ...options }, async (name: string): Promise<string> => {
    throw new Error(`no ${name}`);
  });
  const ended = await ledger.run(flow({ name: "loading" }, async () => load("orders")));
  const records = await ledger.taskRuns(ended);
  return { ...ended, record: records.find(({ taskName }) => taskName === "load"), records };
}

describe("a fallback", () => {
  test("that is a value is returned when retries are spent, and the task completes", async () => {
    const { value, record, run: flowRun } = await run({ value: "yesterday's" }, { retries: 2 });
    expect(value).toBe("yesterday's");
    expect(flowRun.state.name).toBe("Completed");
    expect(record).toMatchObject({
      state: { type: "COMPLETED" },
      reason: "fallback",
      reasonDetail: "after 3 attempts: no orders",
      attempt: 3,
      error: null,
    });
  });

  test("that is a function is given the error and the arguments", async () => {
    const { value } = await run((error, name) => `${(error as Error).message}; kept ${name}`);
    expect(value).toBe("no orders; kept orders");
  });

  test("that is a task is called with the arguments, and is recorded below the one it stands in for", async () => {
    const other = task({ name: "other" }, async (name: string) => `other ${name}`);
    const { value, record, records } = await run(other);
    expect(value).toBe("other orders");
    expect(records.find(({ taskName }) => taskName === "other")).toMatchObject({
      parentId: record?.id,
      state: { name: "Completed" },
    });
  });

  test("that fails fails the task with its own error", async () => {
    const { error, record } = await run(async () => {
      throw new RangeError("no fallback either");
    });
    expect(error).toMatchObject({ message: "no fallback either" });
    expect(record?.state).toMatchObject({ name: "Failed", message: "no fallback either" });
  });

  test("may be undefined, or null", async () => {
    await using ledger = await createTestLedger();
    const fails = task({ name: "fails", fallback: { value: null } }, async (): Promise<null> => {
      throw new Error("no");
    });
    expect((await ledger.run(flow(async () => fails()))).value).toBe(null);
  });
});

test("a fallback is not taken for a cancelled task", async () => {
  await using ledger = await createTestLedger();
  const stuck = task(
    { name: "stuck", fallback: { value: "fallback" } },
    async () => new Promise<string>(() => undefined),
  );
  const { value } = await ledger.run(
    flow(async () => {
      const future = stuck.submit();
      await Promise.resolve();
      future.cancel();
      return (await future.wait()).name;
    }),
  );
  expect(value).toBe("Cancelled");
});

test("a fallback is taken for a task that timed out", async () => {
  await using ledger = await createTestLedger();
  const slow = task(
    { name: "slow", timeout: "1m", fallback: { value: "fallback" } },
    async () => new Promise<string>(() => undefined),
  );
  expect((await ledger.run(flow(async () => slow()))).value).toBe("fallback");
});

test("a fallback's value is delivered on resume, and is not decided again", async () => {
  await using ledger = await createTestLedger();
  let asked = 0;
  const fails = task({ name: "fails", fallback: () => ++asked }, async (): Promise<number> => {
    throw new Error("no");
  });
  let isFirst = true;
  const { run: crashed } = await ledger.run(
    flow({ name: "resumed" }, async () => {
      const value = await fails();
      if (isFirst) {
        isFirst = false;
        await ledger.crash();
      }
      return value;
    }),
  );
  expect((await ledger.resume(crashed)).value).toBe(1);
});
