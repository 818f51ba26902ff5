/** Concurrency keys: slots that tasks share, in one process and in several. */

import { describe, expect, test } from "vitest";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import { openProcesses } from "./processes.testsuite.ts";
import { runTwoAtOnce, turns } from "./two-at-once.testsuite.ts";

/** Counts how many run at once, by name. */
function gauge() {
  const running = new Map<string, number>();
  const most: Record<string, number> = {};
  return {
    most,
    hold: async (name: string, ms = 60_000): Promise<void> => {
      const now = (running.get(name) ?? 0) + 1;
      running.set(name, now);
      most[name] = Math.max(most[name] ?? 0, now);
      await sleep(ms, { key: `${name} ${now} ${ms}` });
      running.set(name, (running.get(name) ?? 1) - 1);
    },
  };
}

describe("a concurrency key", () => {
  test("lets one at a time run by default, and more by its limit", async () => {
    await using ledger = await createTestLedger();
    const { most, hold } = gauge();
    const one = task({ name: "one", concurrency: { key: "db" } }, async (_n: number) => hold("one"));
    const two = task({ name: "two", concurrency: { key: "api", limit: 2 } }, async (_n: number) => hold("two"));
    await ledger.run(flow(async () => Promise.all([...one.map([1, 2, 3]), ...two.map([1, 2, 3, 4, 5])])));
    expect(most).toEqual({ one: 1, two: 2 });
  });

  test("is shared by the tasks that have it", async () => {
    await using ledger = await createTestLedger();
    const { most, hold } = gauge();
    const read = task({ name: "read", concurrency: { key: "db" } }, async () => hold("db"));
    const write = task({ name: "write", concurrency: { key: "db" } }, async () => hold("db"));
    await ledger.run(flow(async () => Promise.all([read(), write(), read()])));
    expect(most).toEqual({ db: 1 });
  });

  test("can be one a payload", async () => {
    await using ledger = await createTestLedger();
    const { most, hold } = gauge();
    const sync = task(
      { name: "sync", concurrency: { key: (tenant: string) => `tenant ${tenant}` } },
      async (tenant: string, _n: number) => hold(tenant),
    );
    await ledger.run(flow(async () => Promise.all(sync.map(["a", "b", "a", "b", "a"], [1, 2, 3, 4, 5]))));
    expect(most).toEqual({ a: 1, b: 1 });
  });

  test("of several are all held", async () => {
    await using ledger = await createTestLedger();
    const { most, hold } = gauge();
    const both = task({ name: "both", concurrency: [{ key: "x" }, { key: "y", limit: 5 }] }, async (_n: number) =>
      hold("both"),
    );
    const other = task({ name: "other", concurrency: { key: "y", limit: 5 } }, async (_n: number) => hold("other"));
    await ledger.run(flow(async () => Promise.all([...both.map([1, 2, 3]), ...other.map([1, 2, 3])])));
    expect(most.both).toBe(1);
    expect(most.other).toBeGreaterThan(1);
  });

  test("shows in the state of those that wait", async () => {
    await using ledger = await createTestLedger();
    const { hold } = gauge();
    const one = task({ name: "one", concurrency: { key: "db" } }, async (_n: number) => hold("one"));
    const { run } = await ledger.run(flow(async () => Promise.all(one.map([1, 2]))));
    const histories = (await ledger.taskRuns(run, "one")).map(({ history }) => history.map(({ name }) => name));
    expect(histories).toContainEqual(["Pending", "AwaitingConcurrencySlot", "Running", "Completed"]);
    expect(histories).toContainEqual(["Pending", "Running", "Completed"]);
  });

  test("is given back by a task that failed, was cancelled or timed out", async () => {
    await using ledger = await createTestLedger();
    const never = new Promise<never>(() => undefined);
    const fails = task({ name: "fails", concurrency: { key: "db" } }, async () => {
      throw new Error("no");
    });
    const late = task({ name: "late", concurrency: { key: "db" }, timeout: "1m" }, async () => never);
    const last = task({ name: "last", concurrency: { key: "db" } }, async () => "last");
    const { value } = await ledger.run(
      flow(async () => {
        const stopped = late.withOptions({ name: "stopped" }).submit();
        await sleep("10s");
        stopped.cancel();
        await Promise.allSettled([fails(), late(), stopped]);
        return last();
      }),
    );
    expect(value).toBe("last");
  });

  test("is held by a task for the tasks that it calls, also through a subflow", async () => {
    await using ledger = await createTestLedger();
    const { most, hold } = gauge();
    const inner = task({ name: "inner", concurrency: [{ key: "db" }, { key: "api" }] }, async () => hold("inner"));
    const child = flow({ name: "child" }, async () => inner());
    const outer = task({ name: "outer", concurrency: { key: "db" } }, async (_n: number) => {
      await inner();
      await child();
      return "done";
    });
    const { value } = await ledger.run(flow(async () => Promise.all(outer.map([1, 2]))));
    expect(value).toEqual(["done", "done"]);
    expect(most).toEqual({ inner: 1 });
  });

  test("is taken with others in one order, whichever order the tasks name them in", async () => {
    await using ledger = await createTestLedger();
    const { most, hold } = gauge();
    const [x, y] = [{ key: "x" }, { key: "y" }];
    const there = task({ name: "there", concurrency: [x, y, x] }, async (_n: number) => hold("both"));
    const back = task({ name: "back", concurrency: [y, x] }, async (_n: number) => hold("both"));
    await ledger.run(flow(async () => Promise.all([1, 2, 3].flatMap((n) => [there(n), back(n)]))));
    expect(most).toEqual({ both: 1 });
  });

  test("is not held between attempts", async () => {
    await using ledger = await createTestLedger();
    const order: string[] = [];
    let attempts = 0;
    const flaky = task({ name: "flaky", concurrency: { key: "db" }, retries: 1, retryDelay: "1h" }, async () => {
      order.push(`flaky ${++attempts}`);
      if (attempts === 1) throw new Error("again");
    });
    const other = task({ name: "other", concurrency: { key: "db" } }, async () => order.push("other"));
    await ledger.run(flow(async () => Promise.all([flaky(), sleep("1m").then(async () => other())])));
    expect(order).toEqual(["flaky 1", "other", "flaky 2"]);
  });

  test("waits no longer once the call is cancelled", async () => {
    await using ledger = await createTestLedger();
    const { hold } = gauge();
    const one = task({ name: "one", concurrency: { key: "db" } }, async (_n: number) => hold("one", 3_600_000));
    const { value } = await ledger.run(
      flow(async () => {
        const first = one.submit(1);
        const second = one.submit(2);
        const third = one.submit(3);
        await sleep("1m");
        second.cancel();
        const state = await second.wait();
        await Promise.all([first, third]);
        return state.name;
      }),
    );
    expect(value).toBe("Cancelled");
  });
});

describe("two processes", () => {
  test("share the slots of a key", async () => {
    expect(await runTwoAtOnce({ concurrency: { key: "shared" } })).toEqual(turns);
  });

  test("of which one dies: its slots are free again", async () => {
    await using processes = await openProcesses();
    const first = await processes.open();
    const never = new Promise<never>(() => undefined);
    const one = task({ name: "one", concurrency: { key: "shared" } }, async (isStuck: boolean) =>
      isStuck ? never : "free",
    );
    const stuck = flow({ name: "stuck" }, async () => one(true));
    const running = stuck();
    running.catch(() => undefined);
    await processes.untilQuiet();
    first.die();
    const second = await processes.open();
    await second.api.endProcess(first.engine.lease.id);
    expect(await flow({ name: "free" }, async () => one(false))()).toBe("free");
  });
});
