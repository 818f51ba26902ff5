/** Tasks called outside of any flow: recorded, retried and cached as others are, each call by itself. */

import { expect, test } from "vitest";
import { looseTaskLimit } from "../contract/loose-tasks.ts";
import { artifact } from "../sdk/artifacts.ts";
import { inputs } from "../sdk/cache-policy.ts";
import { context } from "../sdk/context.ts";
import { now, sleep } from "../sdk/durable.ts";
import { task } from "../sdk/task.ts";
import { transaction } from "../sdk/transactions.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import { openProcesses } from "./processes.testsuite.ts";
import type { TestLedger } from "../testing/test-ledger.ts";
import type { TaskRun } from "../contract/task-run.ts";

async function recordsOf(ledger: TestLedger, taskName: string): Promise<readonly TaskRun[]> {
  return (await ledger.api.listTaskRuns({ taskNames: [taskName] })).items;
}

test("are recorded without a flow run, and give their value", async () => {
  await using ledger = await createTestLedger();
  const load = task(
    { name: "load", tags: ["alone"] },
    async (what: string) => `${what} ${context().flowRun?.id ?? "alone"}`,
  );
  expect(await load("rows")).toBe("rows alone");
  const [record] = await recordsOf(ledger, "load");
  expect(record).toMatchObject({ flowRunId: null, parentId: null, state: { name: "Completed" }, tags: ["alone"] });
});

test("are retried, timed and fall back", async () => {
  await using ledger = await createTestLedger();
  let attempts = 0;
  const flaky = task({ name: "flaky", retries: 2, retryDelay: "1h" }, async () => {
    if (++attempts < 3) throw new Error("again");
    return attempts;
  });
  expect(await flaky()).toBe(3);
  expect(ledger.clock.now()).toBe(Date.UTC(2026, 0, 1, 2));
  const stuck = task({ name: "stuck", timeout: "1m" }, async () => new Promise<never>(() => undefined));
  await expect(stuck()).rejects.toMatchObject({ code: "TIMED_OUT" });
  const other = stuck.withOptions({ fallback: { value: undefined as never } });
  expect(await other()).toBe(undefined);
});

test("reject with their error, which is recorded", async () => {
  await using ledger = await createTestLedger();
  const broken = task({ name: "broken" }, async () => {
    throw new RangeError("no");
  });
  await expect(broken()).rejects.toThrow(RangeError);
  expect((await recordsOf(ledger, "broken"))[0]).toMatchObject({ state: { name: "Failed" }, error: { message: "no" } });
});

test("can be submitted, take futures, and be cancelled", async () => {
  await using _ = await createTestLedger();
  const add = task({ name: "add" }, async (a: number, b: number) => a + b);
  const one = add.submit(1, 2);
  expect(await add(one, add.submit(3, 4))).toBe(10);
  expect([one.state.name, one.taskName]).toEqual(["Completed", "add"]);
  const stuck = task({ name: "stuck" }, async () => new Promise<never>(() => undefined)).submit();
  stuck.cancel();
  expect((await stuck.wait()).name).toBe("Cancelled");
});

test("can be mapped", async () => {
  await using _ = await createTestLedger();
  const double = task({ name: "double" }, async (n: number) => n * 2);
  expect(await Promise.all(double.map([1, 2, 3]))).toEqual([2, 4, 6]);
});

test("may call others, which are recorded below them", async () => {
  await using ledger = await createTestLedger();
  const inner = task({ name: "inner" }, async () => {
    await sleep("1m");
    return now();
  });
  const outer = task({ name: "outer" }, async () => (await inner()).getTime());
  expect(await outer()).toBe(Date.UTC(2026, 0, 1, 0, 1));
  const [parent] = await recordsOf(ledger, "outer");
  expect((await recordsOf(ledger, "inner"))[0]).toMatchObject({ flowRunId: null, parentId: parent?.id });
});

test("leave artifacts, and may hold a transaction", async () => {
  await using ledger = await createTestLedger();
  const events: string[] = [];
  const inner = task({ name: "inner", onRollback: () => void events.push("rolled back") }, async () =>
    events.push("ran"),
  );
  const write = task({ name: "write" }, async () => {
    await artifact.markdown("done", { key: "note" });
    await transaction(async () => {
      await inner();
      throw new Error("undo");
    }).catch(() => undefined);
  });
  await write();
  const [record] = await recordsOf(ledger, "write");
  expect((await ledger.artifacts())[0]).toMatchObject({ flowRunId: null, taskRunId: record?.id, key: "note" });
  expect(events).toEqual(["ran", "rolled back"]);
});

test("under way in a process that is killed are Crashed once another sees it, with the tasks that they have called", async () => {
  await using processes = await openProcesses();
  const first = await processes.open();
  const never = new Promise<never>(() => undefined);
  const inner = task({ name: "inner" }, async () => never);
  const outer = task({ name: "outer" }, async () => inner());
  const quick = task({ name: "quick" }, async () => "done");
  await quick();
  outer().catch(() => undefined);
  // They begin, hold their slots, and are recorded.
  const isRecorded = async (): Promise<boolean> => (await first.api.listTaskRuns({})).items.length === 3;
  for (let looks = 0; looks < 1000 && !(await isRecorded()); looks++) {
    await processes.untilQuiet();
    await processes.clock.advance("1s");
  }
  first.die();
  const second = await processes.open();
  await second.api.endProcess(first.engine.lease.id);
  const { items } = await second.api.listTaskRuns({});
  expect(Object.fromEntries(items.map(({ taskName, state }) => [taskName, state.name]))).toEqual({
    quick: "Completed",
    outer: "Crashed",
    inner: "Crashed",
  });
  expect(items.find(({ taskName }) => taskName === "outer")).toMatchObject({
    state: { message: "the process ended before the run did" },
    endedAt: expect.any(Number),
  });
});

test("that have ended hold nothing in the name of their process", async () => {
  await using processes = await openProcesses();
  const { engine } = await processes.open();
  const slow = task({ name: "slow" }, async (n: number) => {
    await sleep(`${n}m`);
    return n;
  });
  expect(await Promise.all([slow(1), slow(2)])).toEqual([1, 2]);
  await processes.untilQuiet();
  expect(await processes.store.findSlotHolders(looseTaskLimit.name, engine.lease.id)).toEqual([]);
});

test("share the cache with those in flows", async () => {
  await using _ = await createTestLedger();
  let computed = 0;
  const square = task({ name: "square", cache: inputs() }, async (n: number) => {
    computed++;
    return n * n;
  });
  expect([await square(3), await square(3)]).toEqual([9, 9]);
  expect(computed).toBe(1);
});
