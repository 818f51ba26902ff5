import { describe, expect, test } from "vitest";
import { context } from "../sdk/context.ts";
import { now, sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { cancelled } from "../sdk/returned-states.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../testing/test-ledger.ts";
import type { FlowSubject } from "../testing/subjects.ts";

const never = new Promise<never>(() => undefined);

/** Starts a flow, waits until `begun` resolves, cancels the run, and gives back how it ended. */
async function cancelOnce(ledger: TestLedger, subject: FlowSubject<[], unknown>, begun: Promise<unknown>) {
  const { id, ended } = await ledger.start(subject);
  await begun;
  await ledger.cancel(id);
  return ended;
}

describe("a run that is cancelled", () => {
  test("hears of it by its signal, and ends as Cancelled", async () => {
    await using ledger = await createTestLedger();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const reasons: unknown[] = [];
    const polite = task({ name: "polite" }, async () => {
      const { signal } = context();
      begin();
      await new Promise<void>((_, reject) => {
        signal.addEventListener("abort", () => {
          reasons.push(signal.reason);
          reject(signal.reason as Error);
        });
      });
    });
    const { run, error } = await cancelOnce(
      ledger,
      flow(async () => polite()),
      begun,
    );
    expect(error).toMatchObject({ code: "CANCELLED" });
    expect(reasons).toEqual([error]);
    expect(run.history.map(({ name }) => name)).toEqual(["Pending", "Running", "Cancelling", "Cancelled"]);
    expect(run).toMatchObject({ ownerId: null, state: { type: "CANCELLED" } });
    const [record] = await ledger.taskRuns(run);
    expect(record).toMatchObject({ reason: "cancelled", state: { type: "CANCELLED", name: "Cancelled" } });
  });

  test("ends although its code ignores the signal", async () => {
    await using ledger = await createTestLedger();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const stubborn = task({ name: "stubborn", retries: 5 }, async () => {
      begin();
      return never;
    });
    const { run } = await cancelOnce(
      ledger,
      flow({ name: "ignoring", retries: 5 }, async () => stubborn()),
      begun,
    );
    expect(run.state.name).toBe("Cancelled");
    expect((await ledger.taskRuns(run))[0]).toMatchObject({ attempt: 1, state: { name: "Cancelled" } });
  });

  test("hears of it without being asked for: the process looks by itself", async () => {
    await using ledger = await createTestLedger();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { id, ended } = await ledger.start(
      flow(async () => {
        begin();
        return never;
      }),
    );
    await begun;
    await ledger.api.proposeFlowRunState({ id, state: { type: "CANCELLING", name: "Cancelling" } });
    expect((await ended).run.state.name).toBe("Cancelled");
  });

  test("while its own body catches everything: it cannot go on", async () => {
    await using ledger = await createTestLedger();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    let after: unknown;
    const slow = task({ name: "slow" }, async () => {
      begin();
      return never;
    });
    const other = task({ name: "other" }, async () => 1);
    const { run } = await cancelOnce(
      ledger,
      flow(async () => {
        await slow().catch(() => undefined);
        after = await other().catch((error: { code: string }) => error.code);
        return "completed";
      }),
      begun,
    );
    expect(run.state.name).toBe("Cancelled");
    expect(after).toBe("RUN_ENDED");
    expect(await ledger.taskRuns(run, "other")).toEqual([]);
  });

  test("takes its subflows with it, each recorded", async () => {
    await using ledger = await createTestLedger();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const grandchild = flow({ name: "grandchild" }, async () => {
      begin();
      return never;
    });
    const child = flow({ name: "child" }, async () => grandchild());
    const { run } = await cancelOnce(
      ledger,
      flow({ name: "parent" }, async () => child()),
      begun,
    );
    const runs = await ledger.runs();
    expect(runs.map(({ flowName, state }) => [flowName, state.name])).toEqual([
      ["parent", "Cancelled"],
      ["child", "Cancelled"],
      ["grandchild", "Cancelled"],
    ]);
    expect(runs.every(({ rootRunId }) => rootRunId === run.id)).toBe(true);
  });

  test("while it sleeps, waits for a retry, or waits for its turn", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const flaky = task({ name: "flaky", retries: 3, retryDelay: "1h" }, async () => {
      throw new Error("no");
    });
    const turn = task({ name: "turn" }, async (n: number) => sleep(n * 3_600_000));
    const { id, ended } = await ledger.start(
      flow({ name: "waiting", taskRunner: { kind: "concurrent", limit: 1 } }, async () => {
        turn.map([1, 2, 3]);
        await Promise.all([sleep("2h"), flaky()]);
      }),
    );
    await ledger.clock.advance("1s");
    await ledger.cancel(id);
    const { run } = await ended;
    expect(run.state.name).toBe("Cancelled");
    const states = (await ledger.taskRuns(run)).map(({ taskName, state }) => `${taskName} ${state.name}`);
    expect(new Set(states)).toEqual(new Set(["turn Cancelled", "sleep Cancelled", "flaky Cancelled"]));
    expect(states.filter((state) => state.startsWith("turn"))).toHaveLength(3);
  });

  test("leaves no turn and no slot taken by those that waited for one", async () => {
    await using ledger = await createTestLedger();
    const slow = task({ name: "slow" }, async (value: unknown) => {
      await sleep("1h");
      return value;
    });
    const echo = task({ name: "echo" }, async (value: unknown) => value);
    const { value } = await ledger.run(
      flow({ name: "narrow", taskRunner: { kind: "concurrent", limit: 1 } }, async () => {
        const first = slow.submit(1);
        const given = await echo("given");
        // It waits for its turn after it had its inputs.
        const second = echo.submit([given, first]);
        const third = slow.submit(3);
        const fourth = echo.submit(third);
        await sleep("1m");
        second.cancel();
        fourth.cancel();
        await first;
        return [(await second.wait()).name, (await fourth.wait()).name, await third];
      }),
    );
    expect(value).toEqual(["Cancelled", "Cancelled", 3]);
  });

  test("just as it ends is Cancelled, and its caller is told so", async () => {
    await using ledger = await createTestLedger();
    const { run, error } = await ledger.run(
      flow(async () => {
        const { flowRun } = context();
        // A run is recorded with its first step.
        await now();
        await ledger.api.proposeFlowRunState({
          id: flowRun?.id ?? "",
          state: { type: "CANCELLING", name: "Cancelling" },
        });
        return "done";
      }),
    );
    expect(run.state.name).toBe("Cancelled");
    expect(error).toMatchObject({ code: "CANCELLED" });
  });

  test("can be retried: what had completed is taken", async () => {
    await using ledger = await createTestLedger();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const ran: string[] = [];
    const first = task({ name: "first" }, async () => ran.push("first"));
    let isCalm = false;
    const second = task({ name: "second" }, async () => {
      ran.push("second");
      begin();
      return isCalm ? "calm" : never;
    });
    const { run } = await cancelOnce(
      ledger,
      flow(async () => {
        await first();
        return second();
      }),
      begun,
    );
    isCalm = true;
    expect(await ledger.retry(run)).toMatchObject({ value: "calm", error: null });
    expect(ran).toEqual(["first", "second", "second"]);
  });
});

describe("a run that nobody executes", () => {
  test("is cancelled at once", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const { id, ended } = await ledger.start(flow(async () => sleep("1h")));
    await ledger.crash();
    await ended;
    await expect(ledger.cancel(id)).rejects.toMatchObject({ code: "TRANSITION_REFUSED" });
    expect((await ledger.read(id)).state.name).toBe("Crashed");
  });
});

describe("one task", () => {
  test("is cancelled by its future, and the flow goes on", async () => {
    await using ledger = await createTestLedger();
    const { run, value } = await ledger.run(
      flow(async () => {
        const aborted: boolean[] = [];
        const slow = task({ name: "slow" }, async () => {
          const { signal } = context();
          signal.addEventListener("abort", () => aborted.push(signal.aborted));
          return never;
        });
        const future = slow.submit();
        await sleep("1m");
        future.cancel("not needed");
        const state = await future.wait();
        const error = await future.result().catch((thrown: Error) => thrown.message);
        return [state.name, error, aborted];
      }),
    );
    expect(value).toEqual(["Cancelled", "Task `slow` was cancelled: not needed.", [true]]);
    expect(run.state.name).toBe("Completed");
  });

  test("takes what it called with it", async () => {
    await using ledger = await createTestLedger();
    const inner = task({ name: "inner" }, async () => never);
    const outer = task({ name: "outer" }, async () => inner());
    const { run } = await ledger.run(
      flow(async () => {
        const future = outer.submit();
        await sleep("1m");
        future.cancel();
        await future.wait();
      }),
    );
    expect(run.state.name).toBe("Completed");
    expect((await ledger.taskRuns(run, "inner"))[0]?.state.name).toBe("Cancelled");
  });

  test("that has ended is not cancelled any more", async () => {
    await using ledger = await createTestLedger();
    const quick = task({ name: "quick" }, async () => "quick");
    const { value } = await ledger.run(
      flow(async () => {
        const future = quick.submit();
        await future;
        future.cancel();
        return [future.state.name, await future];
      }),
    );
    expect(value).toEqual(["Completed", "quick"]);
  });

  test("may say itself that it is cancelled", async () => {
    await using ledger = await createTestLedger();
    const giving = task({ name: "giving" }, async () => cancelled({ message: "nothing to do" }));
    const { run, error } = await ledger.run(flow(async () => giving()));
    expect(error).toMatchObject({ code: "TASK_RUN_FAILED" });
    expect((await ledger.taskRuns(run))[0]?.state).toMatchObject({ type: "CANCELLED", message: "nothing to do" });
  });
});
