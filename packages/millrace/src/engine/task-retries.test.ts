import { describe, expect, test } from "vitest";
import type { TaskRun } from "../contract/task-run.ts";
import { exponential } from "../kit/backoff.ts";
import { context } from "../sdk/context.ts";
import { flow } from "../sdk/flow.ts";
import { failed } from "../sdk/returned-states.ts";
import { task } from "../sdk/task.ts";
import type { TaskOptions } from "../contract/definitions.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

type Options = Pick<TaskOptions<[], number>, "retries" | "retryDelay" | "retryJitter" | "retryIf">;

/** Runs a task that fails `failures` times, and gives back how it went. */
async function attempt(options: Options, failures: number) {
  await using ledger = await createTestLedger({ seed: "retries" });
  let attempts = 0;
  const flaky = task({ ...options, name: "flaky" }, async () => {
    attempts++;
    if (attempts <= failures) throw new Error(`attempt ${attempts}`);
    return attempts;
  });
  const { run, value, error } = await ledger.run(flow({ name: "trying" }, async () => flaky()));
  const [record] = await ledger.taskRuns(run);
  if (record === undefined) throw new Error("Nothing was recorded");
  return { attempts, value, error, record, run, delays: delaysOf(record), logs: await ledger.logs(run) };
}

/** The times between a failure and the next attempt, in ms. */
function delaysOf({ history }: TaskRun): readonly number[] {
  return history.flatMap(({ name, at }, index) =>
    name === "AwaitingRetry" ? [Math.round((history[index + 1]?.at ?? at) - at)] : [],
  );
}

describe("a failed task", () => {
  test("is tried again, as often as its retries say", async () => {
    const { attempts, value, record } = await attempt({ retries: 3 }, 2);
    expect([attempts, value]).toEqual([3, 3]);
    expect(record.history.map(({ name }) => name)).toEqual([
      "Pending",
      "Running",
      "AwaitingRetry",
      "Retrying",
      "AwaitingRetry",
      "Retrying",
      "Completed",
    ]);
    expect(record).toMatchObject({ attempt: 3, error: null });
  });

  test("fails with its last error when they are spent", async () => {
    const { attempts, error, record, run } = await attempt({ retries: 2 }, 10);
    expect(attempts).toBe(3);
    expect(error).toMatchObject({ message: "attempt 3" });
    expect(record).toMatchObject({ state: { name: "Failed", message: "attempt 3" }, error: { message: "attempt 3" } });
    expect(run.state).toMatchObject({ name: "Failed", message: "attempt 3" });
  });

  test("is not tried again by default", async () => {
    const { attempts } = await attempt({}, 1);
    expect(attempts).toBe(1);
  });

  test("says in its state and in the log what failed and when it is tried again", async () => {
    const { record, logs } = await attempt({ retries: 1, retryDelay: "90s" }, 1);
    const waiting = record.history.find(({ name }) => name === "AwaitingRetry");
    expect(waiting).toMatchObject({ type: "SCHEDULED", message: "attempt 1" });
    expect(waiting?.details?.scheduledAt).toBeCloseTo((waiting?.at ?? 0) + 90_000, 1);
    expect(logs.find(({ logger }) => logger === "millrace.retries")).toMatchObject({
      level: "warn",
      message: "flaky: attempt 1 failed (attempt 1); next in 1m 30s",
    });
  });

  test("sees its attempt and the error before", async () => {
    await using ledger = await createTestLedger();
    const seen: unknown[] = [];
    const flaky = task({ name: "flaky", retries: 1 }, async () => {
      const { attempt: number, lastError } = context().taskRun ?? {};
      seen.push([number, lastError instanceof Error ? lastError.message : lastError]);
      if (number === 1) throw new Error("first");
    });
    await ledger.run(flow(async () => flaky()));
    expect(seen).toEqual([
      [1, undefined],
      [2, "first"],
    ]);
  });

  test("that returns a failed state is tried again too, and ends as it says", async () => {
    await using ledger = await createTestLedger();
    let attempts = 0;
    const moody = task({ name: "moody", retries: 1 }, async () => {
      attempts++;
      return failed({ name: "Moody", message: "not today" });
    });
    const { run, error } = await ledger.run(flow(async () => moody()));
    expect(attempts).toBe(2);
    expect(error).toMatchObject({ code: "TASK_RUN_FAILED", data: { state: "Moody", message: "not today" } });
    const [record] = await ledger.taskRuns(run);
    expect(record?.state).toMatchObject({ type: "FAILED", name: "Moody", message: "not today" });
  });

  test("may throw what is no error", async () => {
    await using ledger = await createTestLedger();
    const odd = task({ name: "odd" }, async () => {
      // oxlint-disable-next-line typescript/only-throw-error
      throw "a text";
    });
    const { run, error } = await ledger.run(flow(async () => odd()));
    expect(error).toBe("a text");
    expect((await ledger.taskRuns(run))[0]).toMatchObject({ state: { name: "Failed" }, error: { message: "a text" } });
  });
});

describe("the delay", () => {
  test("is none by default", async () => {
    expect((await attempt({ retries: 2 }, 2)).delays).toEqual([0, 0]);
  });

  test("is the same each time, as a number of ms or a text", async () => {
    expect((await attempt({ retries: 2, retryDelay: 1500 }, 2)).delays).toEqual([1500, 1500]);
    expect((await attempt({ retries: 2, retryDelay: "1h 30m" }, 2)).delays).toEqual([5_400_000, 5_400_000]);
  });

  test("is one of a list, the last for all that follow", async () => {
    const { delays } = await attempt({ retries: 4, retryDelay: ["1s", "10s", "60s"] }, 4);
    expect(delays).toEqual([1000, 10_000, 60_000, 60_000]);
  });

  test("is a function of the attempt that failed", async () => {
    const { delays } = await attempt({ retries: 3, retryDelay: (number) => number * number * 1000 }, 3);
    expect(delays).toEqual([1000, 4000, 9000]);
  });

  test("grows exponentially to a bound", async () => {
    const retryDelay = exponential({ initial: "1s", factor: 2, max: "5s" });
    expect((await attempt({ retries: 4, retryDelay }, 4)).delays).toEqual([1000, 2000, 4000, 5000]);
  });

  test("is lengthened at random by the jitter, the same with the same seed", async () => {
    const options: Options = { retries: 20, retryDelay: "10s", retryJitter: 0.5 };
    const [{ delays }, again] = [await attempt(options, 20), await attempt(options, 20)];
    expect(again.delays).toEqual(delays);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(10_000);
    expect(Math.max(...delays)).toBeLessThan(15_000);
    expect(new Set(delays).size).toBeGreaterThan(15);
  });
});

describe("retryIf", () => {
  test("is asked with the error and the attempt, and ends the tries", async () => {
    const asked: unknown[] = [];
    const { attempts, error } = await attempt(
      {
        retries: 5,
        retryIf: (thrown, number) => {
          asked.push([(thrown as Error).message, number]);
          return number < 2;
        },
      },
      10,
    );
    expect(attempts).toBe(2);
    expect(asked).toEqual([
      ["attempt 1", 1],
      ["attempt 2", 2],
    ]);
    expect(error).toMatchObject({ message: "attempt 2" });
  });

  test("may take its time", async () => {
    expect((await attempt({ retries: 1, retryIf: async () => true }, 1)).attempts).toBe(2);
  });

  test("is not asked when no retries are left", async () => {
    let asked = 0;
    await attempt({ retries: 1, retryIf: () => ++asked > 0 }, 5);
    expect(asked).toBe(1);
  });

  test("that throws fails the task with what it throws", async () => {
    const { attempts, error, record } = await attempt(
      {
        retries: 5,
        retryIf: () => {
          throw new TypeError("broken predicate");
        },
      },
      10,
    );
    expect(attempts).toBe(1);
    expect(error).toMatchObject({ name: "TypeError", message: "broken predicate" });
    expect(record.state).toMatchObject({ name: "Failed", message: "broken predicate" });
  });
});

describe("a delay function that throws or gives no duration", () => {
  test("fails the task, which is recorded", async () => {
    const { attempts, record, run } = await attempt({ retries: 5, retryDelay: () => Number.NaN }, 10);
    expect(attempts).toBe(1);
    expect(record.state.name).toBe("Failed");
    expect(run.state.name).toBe("Failed");
  });
});

describe("tasks in a task", () => {
  test("that completed do not run again when their parent is tried again", async () => {
    await using ledger = await createTestLedger();
    const ran: string[] = [];
    const inner = task({ name: "inner" }, async (name: string) => {
      ran.push(name);
      return name;
    });
    const outer = task({ name: "outer", retries: 2, retryDelay: "1m" }, async () => {
      const first = await inner("first");
      if (context().taskRun?.attempt === 1) throw new Error("between");
      const second = await inner("second");
      if (context().taskRun?.attempt === 2) throw new Error("after");
      return `${first} ${second}`;
    });
    const { value } = await ledger.run(flow(async () => outer()));
    expect(value).toBe("first second");
    expect(ran).toEqual(["first", "second"]);
  });

  test("that failed run again with their parent", async () => {
    await using ledger = await createTestLedger();
    let tries = 0;
    const inner = task({ name: "inner" }, async () => {
      if (++tries < 3) throw new Error(`try ${tries}`);
      return tries;
    });
    const outer = task({ name: "outer", retries: 2 }, async () => inner());
    const { value, run } = await ledger.run(flow(async () => outer()));
    expect(value).toBe(3);
    expect(await ledger.taskRuns(run, "inner")).toHaveLength(1);
  });

  test("that an attempt left running end before the next begins", async () => {
    await using ledger = await createTestLedger();
    const events: string[] = [];
    const slow = task({ name: "slow" }, async () => {
      const { signal } = context();
      events.push("slow began");
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      events.push("slow stopped");
    });
    const outer = task({ name: "outer", retries: 1 }, async () => {
      events.push(`attempt ${String(context().taskRun?.attempt)}`);
      if (context().taskRun?.attempt === 2) return "done";
      void slow.submit();
      await Promise.resolve();
      throw new Error("left it running");
    });
    const { value } = await ledger.run(flow(async () => outer()));
    expect(value).toBe("done");
    expect(events).toEqual(["attempt 1", "slow began", "slow stopped", "attempt 2"]);
  });
});

test("attempts are counted on over a resume: retries are not given again", async () => {
  await using ledger = await createTestLedger();
  let attempts = 0;
  const flaky = task({ name: "flaky", retries: 2, retryDelay: "1m" }, async () => {
    attempts++;
    if (attempts === 2) await ledger.crash();
    throw new Error(`attempt ${attempts}`);
  });
  const { run } = await ledger.run(flow(async () => flaky()));
  const { error } = await ledger.resume(run);
  expect(error).toMatchObject({ message: "attempt 4" });
  const [record] = await ledger.taskRuns(run);
  // The second attempt died with its process: it is no failure of the task.
  expect(record?.history.filter(({ name }) => name === "AwaitingRetry")).toHaveLength(2);
});
