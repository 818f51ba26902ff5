import { describe, expect, test } from "vitest";
import { context } from "../sdk/context.ts";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

const never = new Promise<never>(() => undefined);

describe("a task that takes too long", () => {
  test("ends as TimedOut, although its code ignores the signal", async () => {
    await using ledger = await createTestLedger();
    const stubborn = task({ name: "stubborn", timeout: "30m" }, async () => never);
    const { run, error } = await ledger.run(flow(async () => stubborn()));
    expect(error).toMatchObject({
      code: "TIMED_OUT",
      message: "Task `stubborn` took longer than its timeout of 30m 00s.",
    });
    expect((await ledger.taskRuns(run))[0]?.state).toMatchObject({ type: "FAILED", name: "TimedOut" });
    expect(ledger.clock.now()).toBe(Date.UTC(2026, 0, 1, 0, 30));
  });

  test("is told by its signal, with the error as the reason", async () => {
    await using ledger = await createTestLedger();
    const reasons: unknown[] = [];
    const polite = task({ name: "polite", timeout: "5s" }, async () => {
      const { signal } = context();
      await new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => {
          reasons.push(signal.reason);
          resolve();
        });
      });
      return "too late";
    });
    const { error } = await ledger.run(flow(async () => polite()));
    expect(reasons).toEqual([error]);
    expect(error).toMatchObject({ code: "TIMED_OUT" });
  });

  test("is tried again, each attempt with the whole time", async () => {
    await using ledger = await createTestLedger();
    let attempts = 0;
    const slow = task({ name: "slow", timeout: "1m", retries: 2 }, async () => {
      if (++attempts < 3) return never;
      await sleep("59s");
      return attempts;
    });
    const { run, value } = await ledger.run(flow(async () => slow()));
    expect(value).toBe(3);
    expect(ledger.clock.now()).toBe(Date.UTC(2026, 0, 1, 0, 2, 59));
    const [record] = await ledger.taskRuns(run, "slow");
    expect(record?.history.map(({ name }) => name)).toEqual([
      "Pending",
      "Running",
      "AwaitingRetry",
      "Retrying",
      "AwaitingRetry",
      "Retrying",
      "Completed",
    ]);
  });

  test("has the delays between its attempts for itself: they are not of the time", async () => {
    await using ledger = await createTestLedger();
    let attempts = 0;
    const flaky = task({ name: "flaky", timeout: "1m", retries: 1, retryDelay: "1d" }, async () => {
      if (++attempts === 1) throw new Error("first");
      return "second";
    });
    expect(await ledger.run(flow(async () => flaky()))).toMatchObject({ value: "second" });
  });

  test("can call nothing any more, and what it called is cancelled", async () => {
    await using ledger = await createTestLedger();
    const inner = task({ name: "inner" }, async () => sleep("1h"));
    let late: unknown;
    const outer = task({ name: "outer", timeout: "10m" }, async () => {
      await inner().catch(() => undefined);
      late = await inner().catch((error: unknown) => error);
      return "went on";
    });
    const { run, error } = await ledger.run(flow(async () => outer()));
    expect(error).toMatchObject({ code: "TIMED_OUT" });
    expect(late).toMatchObject({ code: "RUN_ENDED" });
    const inners = await ledger.taskRuns(run, "inner");
    expect(inners.map(({ state }) => state.name)).toEqual(["Cancelled"]);
  });

  test("does not hold up the flow by what it called, though that ignores its signal too", async () => {
    await using ledger = await createTestLedger();
    const inner = task({ name: "inner" }, async () => never);
    const middle = task({ name: "middle" }, async () => inner());
    const outer = task({ name: "outer", timeout: "10m" }, async () => middle());
    const { run, value } = await ledger.run(flow(async () => outer().catch(() => "given up")));
    expect(value).toBe("given up");
    expect((await ledger.taskRuns(run)).map(({ taskName, state }) => `${taskName} ${state.name}`)).toEqual([
      "outer TimedOut",
      "middle Cancelled",
      "inner Cancelled",
    ]);
  });

  test("does not matter once it has ended", async () => {
    await using ledger = await createTestLedger();
    const quick = task({ name: "quick", timeout: "1s" }, async () => "quick");
    const { value } = await ledger.run(
      flow(async () => {
        const first = await quick();
        await sleep("1h");
        return first;
      }),
    );
    expect(value).toBe("quick");
  });
});

describe("a flow that takes too long", () => {
  test("ends as TimedOut, although its code ignores the signal", async () => {
    await using ledger = await createTestLedger();
    const { run, error } = await ledger.run(flow({ name: "stubborn", timeout: "2h" }, async () => never));
    expect(error).toMatchObject({
      code: "TIMED_OUT",
      message: "Flow `stubborn` took longer than its timeout of 2h 00m.",
    });
    expect(run.state).toMatchObject({ type: "FAILED", name: "TimedOut" });
  });

  test("takes its tasks and subflows with it", async () => {
    await using ledger = await createTestLedger();
    const slow = task({ name: "slow" }, async () => never);
    const child = flow({ name: "child" }, async () => slow());
    const parent = flow({ name: "parent", timeout: "1h" }, async () => Promise.all([slow(), child()]));
    const { run } = await ledger.run(parent);
    expect(run.state.name).toBe("TimedOut");
    const [childRun] = await ledger.runs({ parentRunIds: [run.id] });
    expect(childRun?.state.name).toBe("Cancelled");
    expect((await ledger.taskRuns(run)).map(({ taskName, state }) => [taskName, state.name])).toEqual([
      ["slow", "Cancelled"],
      ["child", "Cancelled"],
    ]);
  });

  test("is tried again, each attempt with the whole time", async () => {
    await using ledger = await createTestLedger();
    const attempts: number[] = [];
    const slow = flow({ name: "slow", timeout: "1h", retries: 1 }, async () => {
      const { flowRun, signal } = context();
      attempts.push(flowRun?.attempt ?? 0);
      if (attempts.length === 1) return never;
      await sleep("59m");
      return signal.aborted;
    });
    expect(await ledger.run(slow)).toMatchObject({ value: false });
    expect(attempts).toEqual([1, 2]);
  });

  test("of a subflow fails its call in the parent, which can go on", async () => {
    await using ledger = await createTestLedger();
    const child = flow({ name: "child", timeout: "1m" }, async () => never);
    const { run, value } = await ledger.run(
      flow({ name: "parent" }, async () => child().catch((error: { code: string }) => error.code)),
    );
    expect(value).toBe("TIMED_OUT");
    expect(run.state.name).toBe("Completed");
    const [call] = await ledger.taskRuns(run);
    expect(call).toMatchObject({ kind: "flow", state: { type: "FAILED" } });
  });
});

describe("waiting for a future", () => {
  test("ends after a time, while the task goes on", async () => {
    await using ledger = await createTestLedger();
    const slow = task({ name: "slow" }, async () => {
      await sleep("1h");
      return "done";
    });
    const { value } = await ledger.run(
      flow(async () => {
        const future = slow.submit();
        const early = await future.result({ timeoutMs: 60_000 }).catch((error: { code: string }) => error.code);
        const state = await future.wait({ timeoutMs: 60_000 }).catch((error: { code: string }) => error.code);
        return [early, state, future.state.name, await future];
      }),
    );
    expect(value).toEqual(["TIMED_OUT", "TIMED_OUT", "Running", "done"]);
  });
});
