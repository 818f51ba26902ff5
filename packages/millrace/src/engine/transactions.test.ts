import { describe, expect, test } from "vitest";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { transaction } from "../sdk/transactions.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import { fail, noting } from "./transaction-tasks.testsuite.ts";

describe("a transaction", () => {
  test("runs the commit hooks of its tasks at its end, oldest first, and gives back the body's value", async () => {
    await using ledger = await createTestLedger();
    const { events, a, b } = noting();
    const { value } = await ledger.run(
      flow(async () =>
        transaction(async () => {
          const sum = (await a(1)) + (await b(2));
          events.push("body ends");
          return sum;
        }),
      ),
    );
    expect(value).toBe(3);
    expect(events).toEqual(["run a 1", "run b 2", "body ends", "commit a 1", "commit b 2"]);
  });

  test("runs the rollback hooks of what completed, newest first, when its body throws, and the error goes on", async () => {
    await using ledger = await createTestLedger();
    const { events, a, b } = noting();
    const { run, error } = await ledger.run(
      flow(async () =>
        transaction(async () => {
          await a(1);
          await b(2);
          fail();
        }),
      ),
    );
    expect(error).toMatchObject({ message: "undo all" });
    expect(run.state.name).toBe("Failed");
    expect(events).toEqual(["run a 1", "run b 2", "rollback b 2", "rollback a 1"]);
    const tasks = (await ledger.taskRuns(run)).filter(({ kind }) => kind === "task");
    expect(tasks.map(({ taskName, state }) => [taskName, state.type, state.name])).toEqual([
      ["a", "COMPLETED", "RolledBack"],
      ["b", "COMPLETED", "RolledBack"],
    ]);
  });

  test("rolls back for a task that failed, which itself has nothing to undo", async () => {
    await using ledger = await createTestLedger();
    const { events, a } = noting();
    const broken = task({ name: "broken", onRollback: () => void events.push("rollback broken") }, async () => fail());
    const { value } = await ledger.run(
      flow(async () =>
        transaction(async () => {
          await a(1);
          await broken();
        }).catch((error: Error) => error.message),
      ),
    );
    expect(value).toBe("undo all");
    expect(events).toEqual(["run a 1", "rollback a 1"]);
  });

  test("has hooks of its own", async () => {
    await using ledger = await createTestLedger();
    const events: string[] = [];
    await ledger.run(
      flow(async () => {
        await transaction(async (tx) => {
          tx.onCommit(() => void events.push("committed"));
          tx.onRollback(() => void events.push("not this"));
        });
        await transaction(async (tx) => {
          tx.onRollback(() => void events.push("first in"));
          tx.onRollback(() => void events.push("last in"));
          fail();
        }).catch(() => undefined);
      }),
    );
    expect(events).toEqual(["committed", "last in", "first in"]);
  });

  test("hands values to its hooks", async () => {
    await using ledger = await createTestLedger();
    const seen: unknown[] = [];
    const write = task(
      { name: "write", onCommit: (tx) => void seen.push([tx.key, tx.result, tx.get("folder")]) },
      async () => "file",
    );
    await ledger.run(
      flow(async () =>
        transaction({ key: "load" }, async (tx) => {
          tx.set("folder", "/data");
          await write();
        }),
      ),
    );
    expect(seen).toEqual([["load", "file", "/data"]]);
  });

  test("goes on with its rollback when a rollback hook throws, which is told", async () => {
    await using ledger = await createTestLedger();
    const events: string[] = [];
    const { run, error } = await ledger.run(
      flow(async () =>
        transaction(async (tx) => {
          tx.onRollback(() => void events.push("first in"));
          tx.onRollback(() => {
            throw new Error("broken hook");
          });
          fail();
        }),
      ),
    );
    expect(error).toMatchObject({ message: "undo all" });
    expect(events).toEqual(["first in"]);
    expect((await ledger.logs(run)).map(({ level, message }) => [level, message])).toEqual([
      ["error", "A rollback hook failed: broken hook"],
    ]);
  });

  test("rolls back when a commit hook throws", async () => {
    await using ledger = await createTestLedger();
    const { events, a } = noting();
    const { error } = await ledger.run(
      flow(async () =>
        transaction(async (tx) => {
          await a(1);
          tx.onCommit(() => fail());
        }),
      ),
    );
    expect(error).toMatchObject({ message: "undo all" });
    expect(events).toEqual(["run a 1", "commit a 1", "rollback a 1"]);
  });

  test("does not concern what runs outside of it: such a task commits at once", async () => {
    await using ledger = await createTestLedger();
    const { events, a } = noting();
    await ledger.run(
      flow(async () => {
        await a(1);
        await transaction(async () => fail()).catch(() => undefined);
      }),
    );
    expect(events).toEqual(["run a 1", "commit a 1"]);
  });

  test("holds tasks in tasks, and futures", async () => {
    await using ledger = await createTestLedger();
    const { events, a, b } = noting();
    const outer = task({ name: "outer" }, async () => a(1));
    await ledger.run(
      flow(async () =>
        transaction(async () => {
          await outer();
          await b.submit(2);
          fail();
        }),
      ),
    );
    expect(events).toEqual(["run a 1", "run b 2", "rollback b 2", "rollback a 1"]);
  });
});

describe("a transaction in a transaction", () => {
  test("commits with the outer one", async () => {
    await using ledger = await createTestLedger();
    const { events, a, b } = noting();
    await ledger.run(
      flow(async () =>
        transaction(async () => {
          await transaction(async () => a(1));
          events.push("inner ended");
          await b(2);
        }),
      ),
    );
    expect(events).toEqual(["run a 1", "inner ended", "run b 2", "commit a 1", "commit b 2"]);
  });

  test("is rolled back with the outer one", async () => {
    await using ledger = await createTestLedger();
    const { events, a } = noting();
    await ledger.run(
      flow(async () =>
        transaction(async () => {
          await transaction(async () => a(1));
          fail();
        }),
      ),
    );
    expect(events).toEqual(["run a 1", "rollback a 1"]);
  });

  test("fails alone, where the outer one catches it", async () => {
    await using ledger = await createTestLedger();
    const { events, a, b } = noting();
    await ledger.run(
      flow(async () =>
        transaction(async () => {
          await a(1);
          await transaction(async () => {
            await b(2);
            fail();
          }).catch(() => undefined);
        }),
      ),
    );
    expect(events).toEqual(["run a 1", "run b 2", "rollback b 2", "commit a 1"]);
  });

  test("that is eager commits at its own end, and is not undone", async () => {
    await using ledger = await createTestLedger();
    const { events, a } = noting();
    await ledger.run(
      flow(async () =>
        transaction(async () => {
          await transaction({ commit: "eager" }, async () => a(1));
          fail();
        }),
      ),
    );
    expect(events).toEqual(["run a 1", "commit a 1"]);
  });

  test("sees the values of the outer one", async () => {
    await using ledger = await createTestLedger();
    const { value } = await ledger.run(
      flow(async () =>
        transaction(async (outer) => {
          outer.set("a", 1);
          return transaction(async (inner) => {
            inner.set("b", 2);
            return [inner.get("a"), inner.get("b"), outer.get("b")];
          });
        }),
      ),
    );
    expect(value).toEqual([1, 2, undefined]);
  });
});
