/** Two runs with transactions of one key: one of them commits it, whatever dies between. */

import { describe, expect, test } from "vitest";
import { createDeferred } from "../kit/deferred.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { transaction } from "../sdk/transactions.ts";
import { definitionOf } from "../testing/subjects.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import { openProcesses, resumeIn } from "./processes.testsuite.ts";
import { noting } from "./transaction-tasks.testsuite.ts";

/** A flow whose transaction of a key stands still in its body where `hold` says so. */
function createLoad(hold: (name: string) => Promise<void> = async () => undefined, retries = 0) {
  const { events, a } = noting();
  const load = flow({ name: "load", retries }, async ({ name }: { name: string }) =>
    transaction({ key: "day-1" }, async (tx) => {
      if (tx.committed) return `${name} was told of ${String(tx.get("by"))}`;
      tx.set("by", name);
      await a(name.length);
      await hold(name);
      return `${name} loaded`;
    }),
  );
  return { events, load };
}

describe("a run that died in its transaction, while another run committed the key", () => {
  test("does not commit it again when it is resumed, and is told of the other when it is retried", async () => {
    await using ledger = await createTestLedger();
    let isFirst = true;
    const { events, load } = createLoad(async () => {
      if (!isFirst) return;
      isFirst = false;
      await ledger.crash();
    });
    const { run } = await ledger.run(load, { name: "first" });
    expect((await ledger.run(load, { name: "2nd" })).value).toBe("2nd loaded");
    const { error } = await ledger.resume(run);
    expect(error).toMatchObject({ code: "TRANSACTION_LOST" });
    expect(events).toEqual(["run a 5", "run a 3", "commit a 3", "rollback a 5"]);
    expect((await ledger.retry(run)).value).toBe("first was told of 2nd");
    expect(events).toHaveLength(4);
  });

  test("goes on by its own retries with what the other has committed", async () => {
    await using ledger = await createTestLedger();
    let isFirst = true;
    const { events, load } = createLoad(async () => {
      if (!isFirst) return;
      isFirst = false;
      await ledger.crash();
    }, 1);
    const { run } = await ledger.run(load, { name: "first" });
    await ledger.run(load, { name: "2nd" });
    expect((await ledger.resume(run)).value).toBe("first was told of 2nd");
    expect(events.filter((event) => event.startsWith("commit"))).toEqual(["commit a 3"]);
  });
});

describe("two runs at once", () => {
  test("commit once: the other is rolled back, and told so", async () => {
    await using ledger = await createTestLedger();
    const isIn = createDeferred<void>();
    const mayGo = createDeferred<void>();
    const { events, load } = createLoad(async (name) => {
      if (name !== "first") return;
      isIn.resolve();
      await mayGo.promise;
    });
    const first = ledger.run(load, { name: "first" });
    await isIn.promise;
    expect((await ledger.run(load, { name: "2nd" })).value).toBe("2nd loaded");
    mayGo.resolve();
    expect((await first).error).toMatchObject({ code: "TRANSACTION_LOST" });
    expect(events).toEqual(["run a 5", "run a 3", "commit a 3", "rollback a 5"]);
  });

  test("in two processes, of which one comes to its commit while the hooks of the other run, commit once", async () => {
    await using processes = await openProcesses({ time: "real" });
    const [one, two] = [await processes.open(), await processes.open()];
    const committed: string[] = [];
    const inHook = createDeferred<void>();
    const mayGo = createDeferred<void>();
    const both = flow({ name: "both" }, async ({ name }: { name: string }) =>
      transaction({ key: "day-1" }, async (tx) => {
        tx.set("by", name);
        tx.onCommit(async () => {
          committed.push(name);
          inHook.resolve();
          await mayGo.promise;
        });
        if (name === "two") await inHook.promise;
        return name;
      }),
    );
    const start = (process: typeof one, name: string): Promise<unknown> => {
      processes.enter(process);
      return process.engine.startFlow({ definition: definitionOf(both), parameters: { name } });
    };
    const first = start(one, "one");
    const second = start(two, "two").catch((error: unknown) => error);
    await inHook.promise;
    // Time for the second to come to its commit, which waits for the end of the first.
    await new Promise((resolve) => setTimeout(resolve, 20));
    mayGo.resolve();
    expect(await first).toBe("one");
    expect(await second).toMatchObject({ code: "TRANSACTION_LOST" });
    expect(committed).toEqual(["one"]);
  });

  test("of two keys within each other, the other way around, do not wait for each other for ever", async () => {
    await using ledger = await createTestLedger();
    let waiting = 0;
    const bothIn = createDeferred<void>();
    const nested = flow({ name: "nested" }, async ({ keys: [outer, inner] }: { keys: readonly [string, string] }) =>
      transaction({ key: outer }, async (tx) => {
        tx.onCommit(async () => {
          if (++waiting === 2) bothIn.resolve();
          await bothIn.promise;
        });
        return transaction({ key: inner }, async () => inner);
      }),
    );
    const ends = await Promise.all([
      ledger.run(nested, { keys: ["x", "y"] }),
      ledger.run(nested, { keys: ["y", "x"] }),
    ]);
    expect(ends.map(({ error }) => error)).toContainEqual(expect.objectContaining({ code: "TRANSACTION_LOST" }));
  });
});

test("a process that died after it committed the key, and before that was recorded of its run, has committed it", async () => {
  await using processes = await openProcesses();
  let isDead = false;
  const first = await processes.open((store) => ({
    ...store,
    async keepOnce(entry) {
      const kept = await store.keepOnce(entry);
      isDead = true;
      first.die();
      return kept;
    },
  }));
  const { events, load } = createLoad();
  await expect(load({ name: "first" })).rejects.toMatchObject({ code: "LEASE_LOST" });
  expect(isDead).toBe(true);
  const second = await processes.open();
  await second.api.endProcess(first.engine.lease.id);
  const [run] = (await second.api.listFlowRuns({})).items;
  expect(await resumeIn(second, { flow: load, id: run?.id ?? "" })).toBe("first loaded");
  expect(events).toEqual(["run a 5", "commit a 5"]);
  expect(await load({ name: "2nd" })).toBe("2nd was told of first");
});

test.each(["read-committed", "serializable"] as const)(
  "a transaction within one of its key is a part of it (%s)",
  async (isolation) => {
    await using ledger = await createTestLedger();
    const committed: string[] = [];
    const write = task({ name: "write", onCommit: () => void committed.push("write") }, async () => "written");
    const load = flow({ name: "load" }, async () =>
      transaction({ key: "k", isolation }, async () => transaction({ key: "k", isolation }, async () => write())),
    );
    expect((await ledger.run(load)).value).toBe("written");
    expect(committed).toEqual(["write"]);
  },
);

test("a key that was committed with a transaction around it, which was rolled back then, was not committed", async () => {
  await using ledger = await createTestLedger();
  let isBroken = true;
  const load = flow({ name: "load", retries: 1 }, async () =>
    transaction(async (tx) => {
      const inner = await transaction({ key: "inner" }, async ({ committed }) => committed);
      tx.onCommit(() => {
        if (!isBroken) return;
        isBroken = false;
        throw new Error("the last hook fails");
      });
      return inner;
    }),
  );
  expect((await ledger.run(load)).value).toBe(false);
  expect((await ledger.run(load)).value).toBe(true);
});
