/** Tasks that take what others give: values, futures, failures. */

import { describe, expect, test } from "vitest";
import { allowFailure, opaque, unmapped } from "../sdk/annotations.ts";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { asCompleted, waitAll } from "../sdk/futures.ts";
import { task } from "../sdk/task.ts";
import { concurrent } from "../sdk/runners.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

const echo = task({ name: "echo" }, async (value: unknown) => value);
const add = task({ name: "add" }, async (a: number, b: number) => a + b);
const fails = task({ name: "fails" }, async (): Promise<number> => {
  throw new RangeError("broken upstream");
});

describe("futures as inputs", () => {
  test("are waited for and replaced by their values, also in arrays and objects", async () => {
    await using ledger = await createTestLedger();
    const { value } = await ledger.run(
      flow(async () => {
        const one = echo.submit(1);
        const two = echo.submit([2]);
        return echo({ list: [one, { deep: two }], plain: "text", when: new Date(3) });
      }),
    );
    expect(value).toEqual({ list: [1, { deep: [2] }], plain: "text", when: new Date(3) });
  });

  test("become recorded dependencies, by parameter", async () => {
    await using ledger = await createTestLedger();
    const { run } = await ledger.run(
      flow(async () => {
        const one = echo.submit(1);
        const sum = add.submit(one as never, 2);
        return add(sum, await add(1, 1));
      }),
    );
    const [first] = await ledger.taskRuns(run, "echo");
    const adds = await ledger.taskRuns(run, "add");
    expect(adds.map(({ inputs }) => inputs)).toEqual([
      [{ parameter: "a", taskRunId: first?.id }],
      [],
      [{ parameter: "a", taskRunId: adds[0]?.id }],
    ]);
  });

  test("leave what holds none as it is: no copy is made", async () => {
    await using ledger = await createTestLedger();
    const rows = { big: [1, 2, 3] };
    const isSame = task({ name: "is-same" }, async (given: object, _future: unknown) => given === rows);
    const { value } = await ledger.run(flow(async () => isSame(rows, echo.submit(1))));
    expect(value).toBe(true);
  });

  test("are not looked for in opaque values, maps and instances", async () => {
    await using ledger = await createTestLedger();
    const kinds = task({ name: "kinds" }, async (...values: unknown[]) => values.map((value) => typeof value));
    class Box {
      readonly inner: unknown;
      constructor(inner: unknown) {
        this.inner = inner;
      }
    }
    const { value } = await ledger.run(
      flow(async () => {
        const future = echo.submit(7);
        const opened = task({ name: "opened" }, async (a: { taskName?: string }, b: Box) => [
          a.taskName,
          (b.inner as { taskName?: string }).taskName,
        ]);
        const names = await opened(opaque(future) as never, new Box(future) as never);
        return [await kinds(future, opaque(7)), names];
      }),
    );
    expect(value).toEqual([
      ["number", "number"],
      ["echo", "echo"],
    ]);
  });

  test("of other runs are values like any other", async () => {
    await using ledger = await createTestLedger();
    const child = flow({ name: "child" }, async ({ given }: { given: unknown }) => echo(given));
    const { value } = await ledger.run(flow({ name: "parent" }, async () => child({ given: await echo({ a: 1 }) })));
    expect(value).toEqual({ a: 1 });
  });
});

describe("an upstream that failed", () => {
  test("keeps the task from running: it stays NotReady, and its caller is told which", async () => {
    await using ledger = await createTestLedger();
    let ran = 0;
    const after = task({ name: "after", retries: 3 }, async (n: number) => (ran += n));
    const { run, error } = await ledger.run(flow(async () => after(fails.submit())));
    expect(error).toMatchObject({
      code: "UPSTREAM_FAILED",
      message: "Task `after` did not run: its input `fails` ended Failed.",
      cause: { message: "broken upstream" },
    });
    expect(ran).toBe(0);
    const [, record] = await ledger.taskRuns(run);
    expect(record).toMatchObject({
      state: { type: "PENDING", name: "NotReady" },
      reason: "upstream-failed",
      attempt: 0,
      startedAt: null,
    });
  });

  test("goes on to what depends on that", async () => {
    await using ledger = await createTestLedger();
    const { run } = await ledger.run(
      flow(async () => {
        const one = fails.submit();
        const two = echo.submit(one);
        const three = echo.submit(two);
        await three.wait();
      }),
    );
    expect((await ledger.taskRuns(run)).map(({ state }) => state.name)).toEqual(["Failed", "NotReady", "NotReady"]);
  });

  test("is given as its error where that is allowed", async () => {
    await using ledger = await createTestLedger();
    const { value } = await ledger.run(
      flow(async () => {
        const found = await echo([allowFailure(fails.submit()), allowFailure(echo.submit(2))]);
        return (found as unknown[]).map((each) => (each instanceof Error ? each.message : each));
      }),
    );
    expect(value).toEqual(["broken upstream", 2]);
  });
});

describe("waitFor", () => {
  test("orders tasks that share no value", async () => {
    await using ledger = await createTestLedger();
    const order: string[] = [];
    const slow = task({ name: "slow" }, async () => {
      await sleep("1h");
      order.push("slow");
    });
    const quick = task({ name: "quick" }, async () => order.push("quick"));
    await ledger.run(
      flow(async () => {
        const before = slow.submit();
        await quick.withOptions({ waitFor: { nested: [before] } })();
      }),
    );
    expect(order).toEqual(["slow", "quick"]);
  });

  test("keeps the task from running when one of them failed", async () => {
    await using ledger = await createTestLedger();
    const { error } = await ledger.run(flow(async () => echo.withOptions({ waitFor: fails.submit() })(1)));
    expect(error).toMatchObject({ code: "UPSTREAM_FAILED" });
  });

  test("goes on where a failure is allowed", async () => {
    await using ledger = await createTestLedger();
    const { value } = await ledger.run(
      flow(async () => echo.withOptions({ waitFor: [allowFailure(fails.submit())] })("went on")),
    );
    expect(value).toBe("went on");
  });
});

describe("map", () => {
  test("calls once an item; what is no array is passed whole", async () => {
    await using ledger = await createTestLedger();
    const join = task({ name: "join" }, async (a: number, b: string, c: readonly number[], d: { e: number }) =>
      [a, b, c.length, d.e].join(" "),
    );
    const { value } = await ledger.run(
      flow(async () => Promise.all(join.map([1, 2], "b", unmapped([7, 8, 9]), { e: 5 }))),
    );
    expect(value).toEqual(["1 b 3 5", "2 b 3 5"]);
  });

  test("takes sets, generators and futures as items", async () => {
    await using ledger = await createTestLedger();
    const { value } = await ledger.run(
      flow(async () => {
        const futures = add.map(new Set([1, 2, 3]), unmapped(1));
        return Promise.all(add.map(futures, unmapped(10)));
      }),
    );
    expect(value).toEqual([12, 13, 14]);
  });

  test("of nothing gives nothing", async () => {
    await using ledger = await createTestLedger();
    expect((await ledger.run(flow(async () => Promise.all(add.map([], []))))).value).toEqual([]);
  });

  test("refuses arrays of different lengths, futures of arrays, and nothing to map over", async () => {
    await using ledger = await createTestLedger();
    const { value } = await ledger.run(
      flow(async () => {
        const problems: string[] = [];
        for (const call of [
          () => add.map([1], [1, 2]),
          () => add.map(echo.submit([1]) as never, [1]),
          () => add.map(1 as never, 2 as never),
        ]) {
          try {
            call();
          } catch (error) {
            problems.push((error as Error).message);
          }
        }
        return problems;
      }),
    );
    expect(value).toEqual([
      "add.map(): the arrays differ in length: 1, 2",
      expect.stringContaining("was given a future of `echo`"),
      "add.map() was given nothing to map over",
    ]);
  });

  test("keeps the failure of an item to itself", async () => {
    await using ledger = await createTestLedger();
    const odd = task({ name: "odd" }, async (n: number) => {
      if (n % 2 === 0) throw new Error(`${n}`);
      return n;
    });
    const { value } = await ledger.run(
      flow(async () => {
        const states = await Promise.all(odd.map([1, 2, 3]).map(async (future) => future.wait()));
        return states.map(({ name }) => name);
      }),
    );
    expect(value).toEqual(["Completed", "Failed", "Completed"]);
  });
});

describe("how many run at once", () => {
  test("of what is submitted is bounded by the flow's runner", async () => {
    await using ledger = await createTestLedger();
    let [running, most] = [0, 0];
    const work = task({ name: "work" }, async (n: number) => {
      most = Math.max(most, ++running);
      await sleep(n * 1000);
      running--;
    });
    const { value } = await ledger.run(
      flow({ name: "bounded", taskRunner: concurrent({ limit: 3 }) }, async () => {
        await Promise.all(work.map(Array.from({ length: 20 }, (_, index) => (index % 4) + 1)));
        return most;
      }),
    );
    expect(value).toBe(3);
  });

  test("is counted a body: a task that submits does not wait for the turn that it holds", async () => {
    await using ledger = await createTestLedger();
    const leaf = task({ name: "leaf" }, async (n: number) => n);
    const branch = task({ name: "branch" }, async (n: number) => {
      const [a = 0, b = 0] = await Promise.all(leaf.map([n, n + 1]));
      return a + b;
    });
    const { value } = await ledger.run(
      flow({ name: "deep", taskRunner: concurrent({ limit: 1 }) }, async () => Promise.all(branch.map([1, 2, 3]))),
    );
    expect(value).toEqual([3, 5, 7]);
  });
});

describe("waiting for several futures", () => {
  const after = task({ name: "after" }, async (minutes: number) => {
    await sleep(minutes * 60_000);
    if (minutes === 2) throw new Error("two");
    return minutes;
  });

  test("asCompleted gives them in the order in which they end", async () => {
    await using ledger = await createTestLedger();
    const { value } = await ledger.run(
      flow(async () => {
        const seen: unknown[] = [];
        for await (const { future, index } of asCompleted(after.map([3, 1, 2]))) seen.push([index, future.state.name]);
        return seen;
      }),
    );
    expect(value).toEqual([
      [1, "Completed"],
      [2, "Failed"],
      [0, "Completed"],
    ]);
  });

  test("waitAll gives what has ended in time and what has not", async () => {
    await using ledger = await createTestLedger();
    const { value } = await ledger.run(
      flow(async () => {
        const futures = after.map([3, 1, 2]);
        const { done, notDone } = await waitAll(futures, { timeout: "2m 30s" });
        return [done.map((each) => futures.indexOf(each)), notDone.map((each) => futures.indexOf(each))];
      }),
    );
    expect(value).toEqual([[1, 2], [0]]);
  });
});
