import { describe, expect, test } from "vitest";
import { context } from "../sdk/context.ts";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { cancelled, failed } from "../sdk/returned-states.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

describe("a flow that fails", () => {
  test("is tried again from the top, and takes what its tasks recorded", async () => {
    await using ledger = await createTestLedger();
    const ran: string[] = [];
    const load = task({ name: "load" }, async (what: string) => {
      ran.push(what);
      return what.length;
    });
    const attempts: number[] = [];
    const flaky = flow({ name: "flaky", retries: 2, retryDelay: "10m" }, async () => {
      const { flowRun } = context();
      attempts.push(flowRun?.attempt ?? 0);
      const total = await load("orders");
      if (attempts.length < 3) throw new Error(`attempt ${attempts.length}`);
      return total + (await load("customers"));
    });
    const { run, value } = await ledger.run(flaky);
    expect(value).toBe(15);
    expect(attempts).toEqual([1, 2, 3]);
    expect(ran).toEqual(["orders", "customers"]);
    expect(run.history.map(({ name }) => name)).toEqual([
      "Pending",
      "Running",
      "AwaitingRetry",
      "Retrying",
      "AwaitingRetry",
      "Retrying",
      "Completed",
    ]);
    expect(ledger.clock.now()).toBe(Date.UTC(2026, 0, 1, 0, 20));
  });

  test("runs its failed tasks again, and what depended on them", async () => {
    await using ledger = await createTestLedger();
    let tries = 0;
    const source = task({ name: "source" }, async () => {
      if (++tries === 1) throw new Error("not yet");
      return tries;
    });
    const { value, run } = await ledger.run(flow({ name: "again", retries: 1 }, async () => source()));
    expect(value).toBe(2);
    const [record] = await ledger.taskRuns(run);
    expect(record?.history.map(({ name }) => name)).toEqual([
      "Pending",
      "Running",
      "Failed",
      "Pending",
      "Retrying",
      "Completed",
    ]);
  });

  test("by the state that it returns is tried again, too", async () => {
    await using ledger = await createTestLedger();
    let attempts = 0;
    const checked = flow({ name: "checked", retries: 2 }, async () =>
      ++attempts < 3 ? failed({ name: "BadData", message: `rows are missing in ${attempts}` }) : "good",
    );
    const { value, run } = await ledger.run(checked);
    expect(value).toBe("good");
    expect(run.history.map(({ name }) => name)).toEqual([
      "Pending",
      "Running",
      "AwaitingRetry",
      "Retrying",
      "AwaitingRetry",
      "Retrying",
      "Completed",
    ]);
    attempts = -9;
    const spent = await ledger.run(checked);
    expect(spent.run.state).toMatchObject({ type: "FAILED", name: "BadData", message: "rows are missing in -6" });
    expect(spent.error).toMatchObject({ code: "FLOW_RUN_FAILED" });
  });

  test("by the futures that it returns is tried again: those that failed run once more", async () => {
    await using ledger = await createTestLedger();
    const ran: number[] = [];
    const load = task({ name: "load" }, async (day: number) => {
      ran.push(day);
      if (day === 2 && ran.length < 4) throw new Error("day 2 is late");
      return day;
    });
    const { value } = await ledger.run(flow({ name: "days", retries: 1 }, async () => load.map([1, 2, 3])));
    expect(value).toEqual([1, 2, 3]);
    expect(ran).toEqual([1, 2, 3, 2]);
  });

  test("by a state that is no failure is not tried again", async () => {
    await using ledger = await createTestLedger();
    let attempts = 0;
    const idle = flow({ name: "idle", retries: 3 }, async () => {
      attempts++;
      return cancelled({ message: "nothing to do" });
    });
    expect((await ledger.run(idle)).run.state.name).toBe("Cancelled");
    expect(attempts).toBe(1);
  });

  test("fails when its retries are spent, with its last error", async () => {
    await using ledger = await createTestLedger();
    let attempts = 0;
    const { run, error } = await ledger.run(
      flow({ name: "hopeless", retries: 2, retryDelay: ["1s", "2s"] }, async () => {
        throw new Error(`attempt ${++attempts}`);
      }),
    );
    expect(attempts).toBe(3);
    expect(error).toMatchObject({ message: "attempt 3" });
    expect(run.state).toMatchObject({ type: "FAILED", message: "attempt 3" });
    expect(run.error).toMatchObject({ message: "attempt 3" });
  });

  test("is not tried again when its parameters are refused: nothing ran", async () => {
    await using ledger = await createTestLedger();
    const circular: { self?: unknown } = {};
    circular.self = () => circular;
    const strict = flow({ name: "strict", retries: 5 }, async (_parameters: { self?: unknown }) => undefined);
    await expect(ledger.run(strict, circular)).rejects.toMatchObject({ code: "PARAMETERS_UNSERIALIZABLE" });
    expect(await ledger.runs()).toEqual([]);
  });

  test("waits for what it left running before it is tried again", async () => {
    await using ledger = await createTestLedger();
    const events: string[] = [];
    const slow = task({ name: "slow" }, async () => {
      await sleep("1h");
      events.push("slow ended");
    });
    const impatient = flow({ name: "impatient", retries: 1 }, async () => {
      events.push("attempt");
      if (events.length > 1) return "done";
      void slow.submit();
      throw new Error("too early");
    });
    expect(await ledger.run(impatient)).toMatchObject({ value: "done" });
    expect(events).toEqual(["attempt", "slow ended", "attempt"]);
  });

  test("says in the log when it is tried again", async () => {
    await using ledger = await createTestLedger();
    let attempts = 0;
    const { run } = await ledger.run(
      flow({ name: "noisy", retries: 1, retryDelay: "2m" }, async () => {
        if (++attempts === 1) throw new Error("first");
      }),
    );
    const [line] = await ledger.logs(run);
    expect(line).toMatchObject({ level: "warn", message: "noisy failed (first); next attempt in 2m 00s" });
  });

  test("a process that dies between two attempts: the run goes on when it is resumed", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    let attempts = 0;
    const flaky = flow({ name: "flaky", retries: 1, retryDelay: "1h" }, async () => {
      if (++attempts === 1) throw new Error("first");
      return attempts;
    });
    const { id, ended } = await ledger.start(flaky);
    await ledger.untilState(id, "AwaitingRetry");
    await ledger.crash();
    await ended;
    expect(await ledger.resume(id)).toMatchObject({ value: 2 });
  });
});

describe("a subflow that fails", () => {
  test("has retries of its own", async () => {
    await using ledger = await createTestLedger();
    let tries = 0;
    const child = flow({ name: "child", retries: 2, retryDelay: "1m" }, async () => {
      if (++tries < 3) throw new Error(`try ${tries}`);
      return tries;
    });
    const { run, value } = await ledger.run(flow({ name: "parent" }, async () => child()));
    expect(value).toBe(3);
    const [childRun] = await ledger.runs({ parentRunIds: [run.id] });
    expect(childRun?.history.filter(({ name }) => name === "Retrying")).toHaveLength(2);
  });

  test("is run again when its parent is tried again, and keeps what it had done", async () => {
    await using ledger = await createTestLedger();
    const ran: string[] = [];
    const inner = task({ name: "inner" }, async () => {
      ran.push("inner");
    });
    let tries = 0;
    const child = flow({ name: "child" }, async () => {
      await inner();
      if (++tries === 1) throw new Error("once");
      return "child";
    });
    const { run, value } = await ledger.run(flow({ name: "parent", retries: 1 }, async () => child()));
    expect(value).toBe("child");
    expect(ran).toEqual(["inner"]);
    expect(await ledger.runs({ parentRunIds: [run.id] })).toHaveLength(1);
  });
});
