import { describe, expect, test } from "vitest";
import { inputs } from "../sdk/cache-policy.ts";
import { flow } from "../sdk/flow.ts";
import { suspend } from "../sdk/pause.ts";
import { task } from "../sdk/task.ts";
import { transaction } from "../sdk/transactions.ts";
import { createTestLedger } from "../testing/create-test-ledger.ts";

/** Tasks that note when they ran, were committed and were rolled back. */
function noting() {
  const events: string[] = [];
  const define = (name: string) =>
    task(
      {
        name,
        onCommit: ({ result }) => void events.push(`commit ${name} ${String(result)}`),
        onRollback: ({ result }) => void events.push(`rollback ${name} ${String(result)}`),
      },
      async (n: number) => {
        events.push(`run ${name} ${n}`);
        return n;
      },
    );
  return { events, a: define("a"), b: define("b") };
}

const fail = (): never => {
  throw new Error("undo all");
};

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
    expect(ends.map(({ value }) => value).toSorted()).toEqual([false, true, true]);
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

describe("a resume", () => {
  test("in the middle takes what completed, and commits all of it once", async () => {
    await using ledger = await createTestLedger();
    const { events, a, b } = noting();
    let isFirst = true;
    const { run } = await ledger.run(
      flow({ name: "loading" }, async () =>
        transaction(async () => {
          await a(1);
          if (isFirst) {
            isFirst = false;
            await ledger.crash();
          }
          return b(2);
        }),
      ),
    );
    expect(events).toEqual(["run a 1"]);
    expect(await ledger.resume(run)).toMatchObject({ value: 2 });
    expect(events).toEqual(["run a 1", "run b 2", "commit a 1", "commit b 2"]);
  });

  test("that fails rolls back what an earlier process did", async () => {
    await using ledger = await createTestLedger();
    const { events, a } = noting();
    let isFirst = true;
    const { run } = await ledger.run(
      flow({ name: "loading" }, async () =>
        transaction(async () => {
          await a(1);
          if (!isFirst) fail();
          isFirst = false;
          await ledger.crash();
        }),
      ),
    );
    const { error } = await ledger.resume(run);
    expect(error).toMatchObject({ message: "undo all" });
    expect(events).toEqual(["run a 1", "rollback a 1"]);
    expect((await ledger.taskRuns(run, "a"))[0]?.state.name).toBe("RolledBack");
  });

  test("elsewhere: a process that lost the run commits nothing and undoes nothing, whatever its code does", async () => {
    await using ledger = await createTestLedger();
    const { events, a, b } = noting();
    let isFirst = true;
    const { run } = await ledger.run(
      flow({ name: "loading" }, async () =>
        transaction(async () => {
          await a(1);
          if (isFirst) {
            isFirst = false;
            await ledger.crash();
            await b(2).catch(() => undefined);
            return "the ghost thinks that it has done all";
          }
          return "done";
        }),
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(events).toEqual(["run a 1"]);
    expect(await ledger.resume(run)).toMatchObject({ value: "done" });
    expect(events).toEqual(["run a 1", "commit a 1"]);
  });

  test("of a run that is suspended undoes nothing", async () => {
    await using ledger = await createTestLedger();
    const { events, a } = noting();
    const { run } = await ledger.run(
      flow({ name: "asking" }, async () =>
        transaction(async () => {
          await a(1);
          await suspend({ key: "approve" });
        }),
      ),
    );
    expect(run.state.name).toBe("Suspended");
    expect(events).toEqual(["run a 1"]);
    await ledger.answer(run);
    expect((await ledger.resume(run)).run.state.name).toBe("Completed");
    expect(events).toEqual(["run a 1", "commit a 1"]);
  });

  test("after a rollback: retry does again what was undone", async () => {
    await using ledger = await createTestLedger();
    const { events, a } = noting();
    let isBroken = true;
    const { run } = await ledger.run(
      flow({ name: "loading" }, async () =>
        transaction(async () => {
          await a(1);
          if (isBroken) fail();
        }),
      ),
    );
    isBroken = false;
    expect((await ledger.retry(run)).error).toBe(null);
    expect(events).toEqual(["run a 1", "rollback a 1", "run a 1", "commit a 1"]);
  });

  test("of the flow's own retries does again what was undone", async () => {
    await using ledger = await createTestLedger();
    const { events, a } = noting();
    let attempts = 0;
    await ledger.run(
      flow({ name: "loading", retries: 1 }, async () =>
        transaction(async () => {
          await a(1);
          if (++attempts === 1) fail();
        }),
      ),
    );
    expect(events).toEqual(["run a 1", "rollback a 1", "run a 1", "commit a 1"]);
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
