/** Retries that meet deaths, other retries, and transactions: what was dropped stays dropped, what was done stays done. */

import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { context, logger } from "../sdk/context.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { transaction } from "../sdk/transactions.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../testing/test-ledger.ts";

/** Kills the process the first time. */
function deadly(ledger: TestLedger) {
  let isFirst = true;
  return task({ name: "deadly" }, async () => {
    if (!isFirst) return;
    isFirst = false;
    await ledger.crash();
    await new Promise<never>(() => undefined);
  });
}

const attemptOfFlow = (): number => context().flowRun?.attempt ?? 0;
const attemptOfTask = (): number => context().taskRun?.attempt ?? 0;

describe("a flow's retries", () => {
  test("are counted over deaths", async () => {
    await using ledger = await createTestLedger();
    const die = deadly(ledger);
    const attempts: number[] = [];
    const failing = flow({ name: "failing", retries: 2 }, async () => {
      attempts.push(attemptOfFlow());
      if (attemptOfFlow() === 2) await die();
      throw new Error("always");
    });
    const { run } = await ledger.run(failing);
    const resumed = await ledger.resume(run);
    expect(attempts).toEqual([1, 2, 2, 3]);
    expect(resumed.run.history.filter(({ name }) => name === "AwaitingRetry")).toHaveLength(2);
    expect(resumed.run.state.name).toBe("Failed");
  });

  test("stay dropped in a process that goes on with the attempt after", async () => {
    await using ledger = await createTestLedger();
    const die = deadly(ledger);
    const flaky = task({ name: "flaky" }, async () => {
      if (attemptOfFlow() === 1) throw new Error("the first time");
      return attemptOfFlow();
    });
    const retried = flow({ name: "retried", retries: 1 }, async () => {
      if (attemptOfFlow() === 2) await die();
      return flaky();
    });
    const { run } = await ledger.run(retried);
    expect(await ledger.resume(run)).toMatchObject({ value: 2, error: null });
  });

  test("give its tasks their own retries again", async () => {
    await using ledger = await createTestLedger();
    const attempts: number[] = [];
    const stubborn = task({ name: "stubborn", retries: 1 }, async () => {
      attempts.push(attemptOfTask());
      if (attempts.length < 4) throw new Error("not yet");
      return attempts.length;
    });
    const { value } = await ledger.run(flow({ name: "patient", retries: 1 }, async () => stubborn()));
    expect(value).toBe(4);
    expect(attempts).toEqual([1, 2, 3, 4]);
  });

  test("do not end a subflow for what a body that was given up in its earlier life still says", async () => {
    await using ledger = await createTestLedger({ clock: "real" });
    const late = Promise.withResolvers<void>();
    const ran: string[] = [];
    let lives = 0;
    const straggler = task({ name: "straggler", timeout: "1ms" }, async () => {
      await late.promise;
      logger().info("said by a body that was given up");
    });
    const work = task({ name: "work" }, async (what: string) => {
      await delay(5);
      ran.push(what);
    });
    const child = flow({ name: "child" }, async () => {
      await work("before");
      if (lives++ === 0) return straggler();
      late.resolve();
      await work("after");
      return "done";
    });
    const { run, value } = await ledger.run(flow({ name: "parent", retries: 1 }, async () => child()));
    expect(value).toBe("done");
    expect(run.history.filter(({ name }) => name === "AwaitingRetry")).toHaveLength(1);
    expect(ran).toEqual(["before", "after"]);
    expect((await ledger.runs()).find(({ parentRunId }) => parentRunId !== null)?.epoch).toBe(2);
    expect(await ledger.logs()).not.toContainEqual(
      expect.objectContaining({ message: expect.stringContaining("said by") }),
    );
  });

  test("run a subflow that failed again, and take from it what it had recorded", async () => {
    await using ledger = await createTestLedger();
    const loaded: string[] = [];
    const load = task({ name: "load" }, async (what: string) => loaded.push(what));
    let isBroken = true;
    const child = flow({ name: "child" }, async () => {
      await load("orders");
      if (isBroken) throw new Error("broken");
      return "mended";
    });
    const parent = flow({ name: "parent", retries: 1 }, async () => {
      isBroken = attemptOfFlow() === 1;
      return child();
    });
    expect(await ledger.run(parent)).toMatchObject({ value: "mended", error: null });
    expect(loaded).toEqual(["orders"]);
  });
});

describe("a nested task's retries", () => {
  test("keep what was done in tasks inside of it, however deep", async () => {
    await using ledger = await createTestLedger();
    const ran: string[] = [];
    const leaf = task({ name: "leaf" }, async (name: string) => ran.push(name));
    const inner = task({ name: "inner" }, async (fails: boolean) => {
      await leaf("inside");
      if (fails && ran.length < 3) throw new Error("inner");
    });
    const outer = task({ name: "outer", retries: 1 }, async () => {
      await inner(true).catch((error: unknown) => {
        ran.push("failed");
        throw error;
      });
    });
    const { error } = await ledger.run(flow(async () => outer()));
    expect(error).toMatchObject({ message: "inner" });
    expect(ran).toEqual(["inside", "failed", "failed"]);
  });

  test("drop the failure inside of it although the process died in between", async () => {
    await using ledger = await createTestLedger();
    const inner = task({ name: "inner" }, async (attempt: () => number) => {
      if (attempt() === 1) throw new Error("the first time");
      return attempt();
    });
    const outer = task({ name: "outer", retries: 1, retryDelay: "1h" }, async () => {
      const attempt = attemptOfTask();
      return inner.withOptions({ key: "inner" })(() => attempt);
    });
    const die = deadly(ledger);
    const both = flow({ name: "both" }, async () => {
      const [value] = await Promise.all([outer(), delay(20).then(() => die())]);
      return value;
    });
    const { run } = await ledger.run(both);
    const records = await ledger.taskRuns(run);
    expect(records.find(({ taskName }) => taskName === "outer")?.state.name).toBe("AwaitingRetry");
    expect(await ledger.resume(run)).toMatchObject({ value: 2, error: null });
  });
});

describe("a transaction", () => {
  const noting = () => {
    const events: string[] = [];
    const write = task(
      {
        name: "write",
        onCommit: ({ result }) => void events.push(`commit ${String(result)}`),
        onRollback: ({ result }) => void events.push(`rollback ${String(result)}`),
      },
      async (name: string, ms: number = 0) => {
        await delay(ms);
        events.push(`write ${name}`);
        return name;
      },
    );
    return { events, write };
  };

  test("that was rolled back runs no hook again when the run is resumed", async () => {
    await using ledger = await createTestLedger();
    const { events, write } = noting();
    const die = deadly(ledger);
    const undoing = flow({ name: "undoing" }, async () => {
      const undone = transaction(async (tx) => {
        tx.onRollback(() => events.push("rollback tx"));
        await write("a");
        throw new Error("undo");
      });
      await undone.catch(() => undefined);
      await die();
      return events.length;
    });
    const { run } = await ledger.run(undoing);
    expect((await ledger.resume(run)).value).toBe(3);
    expect(events).toEqual(["write a", "rollback a", "rollback tx"]);
  });

  test("that is rolled back in another process leaves what was recorded of its calls", async () => {
    await using ledger = await createTestLedger();
    const die = deadly(ledger);
    const child = flow({ name: "child" }, async () => "done");
    const undoing = flow({ name: "undoing" }, async () =>
      transaction(async () => {
        await child();
        await die();
        throw new Error("undo");
      }),
    );
    const { run } = await ledger.run(undoing);
    const recorded = (await ledger.taskRuns(run)).find(({ kind }) => kind === "flow");
    await ledger.resume(run);
    const undone = (await ledger.taskRuns(run)).find(({ kind }) => kind === "flow");
    expect(undone?.state.name).toBe("RolledBack");
    expect(undone?.childFlowRunId).toBe(recorded?.childFlowRunId);
    expect(recorded?.childFlowRunId).not.toBeNull();
  });

  test("waits for what still runs in it before it is rolled back", async () => {
    await using ledger = await createTestLedger();
    const { events, write } = noting();
    const fail = task({ name: "fail" }, async () => {
      throw new Error("no");
    });
    const { error } = await ledger.run(
      flow(async () => transaction(async () => Promise.all([write("slow", 30), fail()]))),
    );
    expect(error).toMatchObject({ message: "no" });
    expect(events).toEqual(["write slow", "rollback slow"]);
  });

  test("around a nested task that is tried again runs each hook once", async () => {
    await using ledger = await createTestLedger();
    const { events, write } = noting();
    const nested = task({ name: "nested", retries: 2 }, async () => {
      await write("a");
      await transaction(async () => write("b"));
      if (attemptOfTask() < 3) throw new Error("again");
    });
    await ledger.run(flow(async () => transaction(async () => nested())));
    expect(events).toEqual(["write a", "write b", "commit a", "commit b"]);
  });

  test("whose process dies between the commits of the inner and the outer one is committed on resume", async () => {
    await using ledger = await createTestLedger();
    const { events, write } = noting();
    let isFirst = true;
    const outer = flow({ name: "outer" }, async () =>
      transaction(async (tx) => {
        await transaction(async () => write("inner"));
        tx.onCommit(async () => {
          events.push("commit outer");
          if (!isFirst) return;
          isFirst = false;
          await ledger.crash();
          await new Promise<never>(() => undefined);
        });
      }),
    );
    const { run } = await ledger.run(outer);
    expect(await ledger.resume(run)).toMatchObject({ error: null });
    expect(events).toEqual(["write inner", "commit inner", "commit outer", "commit outer"]);
  });

  test("in a branch is the same again although the branches come in another order", async () => {
    await using ledger = await createTestLedger();
    const { events, write } = noting();
    const die = deadly(ledger);
    let isFirst = true;
    const branches = flow({ name: "branches" }, async () => {
      const [msOfA, msOfB] = isFirst ? [0, 20] : [20, 0];
      isFirst = false;
      const ofA = async (): Promise<unknown> => {
        await delay(msOfA);
        return transaction(async () => write("a"));
      };
      const ofB = async (): Promise<unknown> => {
        await delay(msOfB);
        return transaction(async () => {
          await write("b");
          await die();
        });
      };
      await Promise.all([ofA(), ofB()]);
    });
    const { run } = await ledger.run(branches);
    expect(events).toEqual(["write a", "commit a", "write b"]);
    expect(await ledger.resume(run)).toMatchObject({ error: null });
    expect(events).toEqual(["write a", "commit a", "write b", "commit b"]);
  });

  test("that is open when its flow fails is undone before the flow is tried again", async () => {
    await using ledger = await createTestLedger();
    const { events, write } = noting();
    const fail = task({ name: "fail" }, async () => {
      if (attemptOfFlow() === 1) throw new Error("the first time");
    });
    const never = new Promise<never>(() => undefined);
    const branches = flow({ name: "branches", retries: 1 }, async () => {
      events.push(`attempt ${attemptOfFlow()}`);
      const held = transaction(async () => {
        await write("a");
        // Code of its own that does not notice that its flow has failed.
        if (attemptOfFlow() === 1) await never;
      });
      await Promise.all([held, delay(20).then(() => fail())]);
    });
    const { error } = await ledger.run(branches);
    expect(error).toBeNull();
    expect(events).toEqual(["attempt 1", "write a", "rollback a", "attempt 2", "write a", "commit a"]);
  });
});
