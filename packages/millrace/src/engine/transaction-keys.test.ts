/** Transactions by key commit once, and what they undo is kept in no cache. */

import { describe, expect, test } from "vitest";
import { inputs } from "../sdk/cache-policy.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { transaction } from "../sdk/transactions.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import { fail, noting } from "./transaction-tasks.testsuite.ts";

describe("a key", () => {
  test("commits once, in any run: the next is told so, and what was set", async () => {
    await using ledger = await createTestLedger();
    const { events, a } = noting();
    const load = flow({ name: "load" }, async () =>
      transaction({ key: "day-1" }, async (tx) => {
        if (tx.committed) return tx.get("rows");
        tx.set("rows", 7);
        await a(1);
        return "loaded";
      }),
    );
    expect((await ledger.run(load)).value).toBe("loaded");
    expect((await ledger.run(load)).value).toBe(7);
    expect(events).toEqual(["run a 1", "commit a 1"]);
  });

  test("that was rolled back was not committed", async () => {
    await using ledger = await createTestLedger();
    let isBroken = true;
    const load = flow({ name: "load" }, async () =>
      transaction({ key: "day-1" }, async (tx) => {
        if (isBroken) fail();
        return tx.committed;
      }),
    );
    await ledger.run(load);
    isBroken = false;
    expect((await ledger.run(load)).value).toBe(false);
    expect((await ledger.run(load)).value).toBe(true);
  });

  test("keeps what was set, also when it is large; what cannot be kept is told, and the commit counts", async () => {
    await using ledger = await createTestLedger();
    let commits = 0;
    const load = flow({ name: "load" }, async () =>
      transaction({ key: "day-1" }, async (tx) => {
        if (tx.committed) return [String(tx.get("text")).length, tx.get("close")];
        tx.set("text", "x".repeat(50_000));
        tx.set("close", () => undefined);
        tx.onCommit(() => void commits++);
        return [];
      }),
    );
    const { run } = await ledger.run(load);
    expect((await ledger.run(load)).value).toEqual([50_000, undefined]);
    expect(commits).toBe(1);
    const told = (await ledger.logs(run)).map(({ message }) => message);
    expect(told).toEqual([expect.stringMatching(/^The value `close` of a transaction is not kept: /)]);
  });

  test("with serializable isolation lets one at a time run", async () => {
    await using ledger = await createTestLedger();
    let running = 0;
    let most = 0;
    const work = task({ name: "work" }, async (_n: number) => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      await new Promise((resolve) => void setImmediate(resolve));
      running--;
    });
    const load = flow({ name: "load" }, async ({ n }: { n: number }) =>
      transaction({ key: "one", isolation: "serializable" }, async (tx) => {
        if (!tx.committed) await work(n);
        return tx.committed;
      }),
    );
    const ends = await Promise.all([1, 2, 3].map((n) => ledger.run(load, { n })));
    expect(ends.filter(({ value }) => value === true)).toHaveLength(2);
    expect(most).toBe(1);
  });

  test("is committed before the flow goes on: a death after it does not undo it", async () => {
    await using ledger = await createTestLedger();
    const { events, a } = noting();
    let isFirst = true;
    const load = flow({ name: "load" }, async () => {
      const value = await transaction({ key: "day-1" }, async (tx) => (tx.committed ? "again" : a(1)));
      if (isFirst) {
        isFirst = false;
        await ledger.crash();
      }
      return value;
    });
    const { run } = await ledger.run(load);
    expect(await ledger.resume(run)).toMatchObject({ value: 1 });
    expect(events).toEqual(["run a 1", "commit a 1"]);
  });
});

describe("caches", () => {
  test("do not keep what was rolled back", async () => {
    await using ledger = await createTestLedger();
    let written = 0;
    const write = task({ name: "write", cache: inputs() }, async () => ++written);
    let isBroken = true;
    const load = flow({ name: "load" }, async () =>
      transaction(async () => {
        const value = await write();
        if (isBroken) fail();
        return value;
      }),
    );
    await ledger.run(load);
    isBroken = false;
    expect((await ledger.run(load)).value).toBe(2);
    expect((await ledger.run(load)).value).toBe(2);
  });

  test("are not undone: a hit has no part in the transaction", async () => {
    await using ledger = await createTestLedger();
    const events: string[] = [];
    const write = task(
      {
        name: "write",
        cache: inputs(),
        onCommit: () => void events.push("commit"),
        onRollback: () => void events.push("rollback"),
      },
      async () => "written",
    );
    await ledger.run(flow({ name: "one" }, async () => transaction(async () => write())));
    await ledger.run(
      flow({ name: "two" }, async () =>
        transaction(async () => {
          await write();
          fail();
        }),
      ),
    );
    expect(events).toEqual(["commit"]);
  });
});
