import { describe, expect, test } from "vitest";
import type { TaskRun } from "../contract/task-run.ts";
import { createDeferred } from "../kit/deferred.ts";
import { code, flowParameters, inputs, keyedBy, run as inRun } from "../sdk/cache-policy.ts";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import type { TaskOptions } from "../contract/definitions.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../testing/test-ledger.ts";

/** A cached task that counts its computations. */
function counted(options: Pick<TaskOptions<[number], number>, "cache" | "expiresIn" | "refreshCache" | "isolation">) {
  const computed: number[] = [];
  const square = task({ name: "square", ...options }, async (n: number) => {
    computed.push(n);
    return n * n;
  });
  return { computed, square };
}

const reasonOf = ({ reason }: TaskRun): unknown => reason;

async function reasons(ledger: TestLedger, ...subjects: (() => Promise<unknown>)[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const body of subjects) {
    const { run } = await ledger.run(flow({ name: "cached" }, body));
    expect(run.state.name).toBe("Completed");
    found.push(...(await ledger.taskRuns(run)).map(reasonOf));
  }
  return found;
}

describe("a cached task", () => {
  test("is not computed again for the same key, in this run or another", async () => {
    await using ledger = await createTestLedger();
    const { square, computed } = counted({ cache: inputs() });
    const found = await reasons(
      ledger,
      async () => [await square(2), await square(3), await square(2)],
      async () => square(3),
    );
    expect(found).toEqual(["cache-miss", "cache-miss", "cache-hit", "cache-hit"]);
    expect(computed).toEqual([2, 3]);
  });

  test("ends as Cached, with the value, and says whose it is", async () => {
    await using ledger = await createTestLedger();
    const { square } = counted({ cache: inputs() });
    const first = await ledger.run(flow({ name: "one" }, async () => square(4)));
    const second = await ledger.run(flow({ name: "two" }, async () => square(4)));
    expect(second.value).toBe(16);
    const [kept] = await ledger.taskRuns(first);
    const [hit] = await ledger.taskRuns(second);
    expect(hit).toMatchObject({
      state: { type: "COMPLETED", name: "Cached" },
      reasonDetail: `kept by task run ${kept?.id}`,
      attempt: 0,
      cacheKey: kept?.cacheKey,
    });
    expect(kept).toMatchObject({ reason: "cache-miss", reasonDetail: `nothing is kept under ${kept?.cacheKey}` });
  });

  test("of large results hits too, from the storage", async () => {
    await using ledger = await createTestLedger();
    let computed = 0;
    const make = task({ name: "make", cache: inputs() }, async (size: number) => {
      computed++;
      return "x".repeat(size);
    });
    const found = await reasons(
      ledger,
      async () => make(50_000),
      async () => make(50_000),
    );
    expect(found).toEqual(["cache-miss", "cache-hit"]);
    expect(computed).toBe(1);
  });

  test("that fails is not kept", async () => {
    await using ledger = await createTestLedger();
    let attempts = 0;
    const flaky = task({ name: "flaky", cache: inputs() }, async () => {
      if (++attempts === 1) throw new Error("first");
      return attempts;
    });
    await ledger.run(flow({ name: "one" }, async () => flaky()));
    expect(await ledger.run(flow({ name: "two" }, async () => flaky()))).toMatchObject({ value: 2 });
  });

  test("whose fallback was taken is not kept", async () => {
    await using ledger = await createTestLedger();
    let isBroken = true;
    const flaky = task({ name: "flaky", cache: inputs(), fallback: { value: "fallback" } }, async () => {
      if (isBroken) throw new Error("broken");
      return "computed";
    });
    expect(await ledger.run(flow({ name: "one" }, async () => flaky()))).toMatchObject({ value: "fallback" });
    isBroken = false;
    expect(await ledger.run(flow({ name: "two" }, async () => flaky()))).toMatchObject({ value: "computed" });
  });

  test("whose result cannot be kept is computed each time", async () => {
    await using ledger = await createTestLedger();
    let computed = 0;
    const open = task({ name: "open", cache: inputs() }, async () => {
      computed++;
      return { close: () => undefined };
    });
    const found = await reasons(ledger, async () => [await open(), await open()]);
    expect(found).toEqual(["cache-miss", "cache-miss"]);
    expect(computed).toBe(2);
  });

  test("is resumed from the record, and not from the cache", async () => {
    await using ledger = await createTestLedger();
    const { square, computed } = counted({ cache: inputs(), expiresIn: "1h" });
    let isFirst = true;
    const { run } = await ledger.run(
      flow({ name: "resumed" }, async () => {
        const value = await square(3);
        if (isFirst) {
          isFirst = false;
          await ledger.crash();
        }
        return value;
      }),
    );
    await ledger.clock.advance("2h");
    expect(await ledger.resume(run)).toMatchObject({ value: 9 });
    expect(computed).toEqual([3]);
  });

  test("says of each call why: one without a cache just ran", async () => {
    await using ledger = await createTestLedger();
    const plain = task({ name: "plain" }, async () => 1);
    expect(await reasons(ledger, async () => plain())).toEqual(["ran"]);
  });

  test("works outside of flows, and for mapped tasks", async () => {
    await using ledger = await createTestLedger();
    const { square, computed } = counted({ cache: inputs() });
    expect(await square(2)).toBe(4);
    const { value } = await ledger.run(flow(async () => Promise.all(square.map([2, 3, 2]))));
    expect(value).toEqual([4, 9, 4]);
    expect(computed.filter((n) => n === 2).length).toBeLessThanOrEqual(2);
    expect(computed[0]).toBe(2);
  });
});

describe("the key", () => {
  test("of inputs() counts content: order of properties does not matter, types do", async () => {
    await using ledger = await createTestLedger();
    const seen: unknown[] = [];
    const look = task({ name: "look", cache: inputs() }, async (value: unknown) => seen.push(value));
    await ledger.run(
      flow(async () => {
        for (const value of [
          { a: 1, b: new Date(1) },
          { b: new Date(1), a: 1 },
          { a: "1", b: new Date(1) },
          [1],
          new Set([1]),
        ])
          await look(value);
      }),
    );
    expect(seen).toHaveLength(4);
  });

  test("of inputs() sees the content of what other tasks made, and of futures", async () => {
    await using ledger = await createTestLedger();
    const make = task({ name: "make" }, async (_seed: number) => ({ rows: [1, 2] }));
    let used = 0;
    const use = task({ name: "use", cache: inputs() }, async (_table: { rows: number[] }) => ++used);
    const { value } = await ledger.run(
      flow(async () => [await use(await make(1)), await use(make.submit(2)), await use({ rows: [1, 2] })]),
    );
    expect(value).toEqual([1, 1, 1]);
  });

  test("leaves parameters out by name", async () => {
    await using ledger = await createTestLedger();
    let used = 0;
    const fetchPage = task(
      { name: "fetch-page", cache: inputs().without("token") },
      async (_url: string, token: string) => `${token} ${++used}`,
    );
    const { value } = await ledger.run(flow(async () => [await fetchPage("a", "t1"), await fetchPage("a", "t2")]));
    expect(value).toEqual(["t1 1", "t1 1"]);
  });

  test("of code() changes with the function's text", async () => {
    await using ledger = await createTestLedger();
    const before = task({ name: "model", cache: inputs().and(code()) }, async (n: number) => n + 1);
    const after = task({ name: "model", cache: inputs().and(code()) }, async (n: number) => n + 2);
    const { value } = await ledger.run(flow(async () => [await before(1), await after(1), await before(1)]));
    expect(value).toEqual([2, 3, 2]);
    const versioned = after.withOptions({ version: "7" });
    const renamed = before.withOptions({ version: "7" });
    expect((await ledger.run(flow(async () => [await versioned(1), await renamed(1)]))).value).toEqual([3, 3]);
  });

  test("of run() holds within a run and its subflows only", async () => {
    await using ledger = await createTestLedger();
    const { square, computed } = counted({ cache: inputs().and(inRun()) });
    const child = flow({ name: "child" }, async () => square(5));
    const parent = flow({ name: "parent" }, async () => [await square(5), await child()]);
    await ledger.run(parent);
    expect(computed).toEqual([5]);
    await ledger.run(parent);
    expect(computed).toEqual([5, 5]);
  });

  test("of flowParameters() holds for runs of equal parameters", async () => {
    await using ledger = await createTestLedger();
    const { square, computed } = counted({ cache: flowParameters() });
    const daily = flow({ name: "daily" }, async (_parameters: { day: string }) => square(3));
    for (const day of ["mon", "tue", "mon"]) await ledger.run(daily, { day });
    expect(computed).toHaveLength(2);
  });

  test("of a function is what it gives, for the task alone, by its own words", async () => {
    await using ledger = await createTestLedger();
    const calls: unknown[] = [];
    const load = task(
      {
        name: "load",
        cache: (call) => {
          calls.push(call);
          return `day-${String(call.inputs.day)}`;
        },
      },
      async (day: string, _retry: boolean) => day,
    );
    const { run } = await ledger.run(flow(async () => [await load("mon", true), await load("mon", false)]));
    const records = await ledger.taskRuns(run);
    expect(records.map(({ cacheKey, reason }) => [cacheKey, reason])).toEqual([
      ["day-mon", "cache-miss"],
      ["day-mon", "cache-hit"],
    ]);
    expect(calls[0]).toEqual({
      task: "load",
      args: ["mon", true],
      inputs: { day: "mon", _retry: true },
      flowRunId: run.id,
    });
  });

  test("that is undefined leaves the call uncached, which is told", async () => {
    await using ledger = await createTestLedger();
    const { square, computed } = counted({ cache: keyedBy(() => undefined).and(inputs()) });
    expect(await reasons(ledger, async () => [await square(1), await square(1)])).toEqual([
      "cache-not-keyed",
      "cache-not-keyed",
    ]);
    expect(computed).toEqual([1, 1]);
    const { run } = await ledger.run(flow(async () => square(1)));
    expect((await ledger.taskRuns(run))[0]).toMatchObject({
      cacheKey: null,
      reasonDetail: "no key: the function cannot be compared by content",
    });
  });

  test("of inputs that have no content to compare leaves the call uncached", async () => {
    await using ledger = await createTestLedger();
    const use = task({ name: "use", cache: inputs() }, async (_connection: unknown) => 1);
    const { run } = await ledger.run(flow(async () => use(new ReadableStream())));
    expect((await ledger.taskRuns(run))[0]).toMatchObject({ reason: "cache-not-keyed", state: { name: "Completed" } });
  });

  test.each<[string, (by: number) => unknown, string]>([
    ["is a function", (by) => (n: number) => n * by, "given"],
    ["holds one", (by) => ({ steps: [{ scale: (n: number) => n * by }] }), "given.steps[0].scale"],
  ])("of an input that %s is none: closures of one text are not one value", async (_, make, place) => {
    await using ledger = await createTestLedger();
    const apply = (given: unknown): number =>
      typeof given === "function"
        ? (given as (n: number) => number)(10)
        : (given as { steps: { scale: (n: number) => number }[] }).steps.reduce((n, { scale }) => scale(n), 10);
    const scaled = task({ name: "scaled", cache: inputs().without("_label") }, async (_label: string, given: unknown) =>
      apply(given),
    );
    const { run, value } = await ledger.run(
      flow(async () => [await scaled("a", make(2)), await scaled("b", make(3)), await scaled("c", make(2))]),
    );
    expect(value).toEqual([20, 30, 20]);
    const records = await ledger.taskRuns(run);
    expect(records.map(reasonOf)).toEqual(Array(3).fill("cache-not-keyed"));
    expect(records[0]?.reasonDetail).toBe(
      `no key: \`${place}\` is a function, whose content is not all in its source text`,
    );
  });

  test("of a function alone is shared by the tasks that have it; with another policy it is the task's", async () => {
    await using ledger = await createTestLedger();
    const byDay = keyedBy(({ inputs: { day } }) => `day-${String(day)}`);
    const make = (name: string, cache: typeof byDay) => task({ name, cache }, async (day: string) => `${name} ${day}`);
    const { value } = await ledger.run(
      flow(async () => [
        await make("one", byDay)("mon"),
        await make("two", byDay)("mon"),
        await make("two", byDay.and(code()))("mon"),
      ]),
    );
    expect(value).toEqual(["one mon", "one mon", "two mon"]);
  });

  test("holds the task's name: two tasks of equal inputs do not mix", async () => {
    await using ledger = await createTestLedger();
    const one = task({ name: "one", cache: inputs() }, async (_n: number) => "one");
    const two = task({ name: "two", cache: inputs() }, async (_n: number) => "two");
    expect((await ledger.run(flow(async () => [await one(1), await two(1)]))).value).toEqual(["one", "two"]);
  });
});

describe("a kept result", () => {
  test("expires", async () => {
    await using ledger = await createTestLedger();
    const { square, computed } = counted({ cache: inputs(), expiresIn: "1h" });
    const found = await reasons(ledger, async () => {
      await square(2);
      await sleep("59m");
      await square(2);
      await sleep("2m");
      await square(2);
    });
    expect(found.filter((reason) => String(reason).startsWith("cache"))).toEqual([
      "cache-miss",
      "cache-hit",
      "cache-expired",
    ]);
    expect(computed).toEqual([2, 2]);
  });

  test("lasts from when it was computed, however long that took", async () => {
    await using ledger = await createTestLedger();
    let computed = 0;
    const slow = task({ name: "slow", cache: inputs(), expiresIn: "1h" }, async () => {
      await sleep("3h");
      return ++computed;
    });
    const { value } = await ledger.run(
      flow(async () => {
        const first = await slow();
        await sleep("59m");
        return [first, await slow()];
      }),
    );
    expect(value).toEqual([1, 1]);
  });

  test("is replaced on request, for all that follow", async () => {
    await using ledger = await createTestLedger();
    let computed = 0;
    const load = task({ name: "load", cache: inputs() }, async () => ++computed);
    const fresh = load.withOptions({ refreshCache: true });
    const { run, value } = await ledger.run(flow(async () => [await load(), await fresh(), await load()]));
    expect(value).toEqual([1, 2, 2]);
    expect((await ledger.taskRuns(run)).map(reasonOf)).toEqual(["cache-miss", "cache-refresh", "cache-hit"]);
  });

  test("that is gone from its storage is computed again, which is told", async () => {
    await using ledger = await createTestLedger();
    const { rm } = await import("node:fs/promises");
    let computed = 0;
    const make = task({ name: "make", cache: inputs() }, async () => {
      computed++;
      return "y".repeat(50_000);
    });
    await ledger.run(flow({ name: "one" }, async () => make()));
    await rm(`${ledger.home}/results`, { recursive: true });
    const { run } = await ledger.run(flow({ name: "two" }, async () => make()));
    expect(computed).toBe(2);
    const [record] = await ledger.taskRuns(run);
    expect(record?.reason).toBe("cache-miss");
    expect(record?.reasonDetail).toMatch(/cannot be read: The result .* is not in storage/);
  });
});

describe("isolation", () => {
  test("serializable: of calls at one time one computes, and the others take its result", async () => {
    await using ledger = await createTestLedger();
    let computed = 0;
    const slow = task({ name: "slow", cache: inputs(), isolation: "serializable" }, async (n: number) => {
      computed++;
      await sleep("10m");
      return n;
    });
    const { run, value } = await ledger.run(flow(async () => Promise.all([slow(1), slow(1), slow(1), slow(2)])));
    expect(value).toEqual([1, 1, 1, 2]);
    expect(computed).toBe(2);
    const found = (await ledger.taskRuns(run, "slow")).map(reasonOf);
    expect(found.filter((reason) => reason === "cache-hit")).toHaveLength(2);
    expect(found.filter((reason) => reason === "cache-miss")).toHaveLength(2);
  });

  test("serializable: when the one fails, the next computes", async () => {
    await using ledger = await createTestLedger();
    let attempts = 0;
    const slow = task({ name: "slow", cache: inputs(), isolation: "serializable" }, async () => {
      const attempt = ++attempts;
      await sleep("1m");
      if (attempt === 1) throw new Error("first");
      return attempt;
    });
    const { value } = await ledger.run(
      flow(async () => {
        const ends = await Promise.allSettled([slow(), slow(), slow()]);
        return ends.map((end) => (end.status === "fulfilled" ? end.value : "failed"));
      }),
    );
    expect(value).toEqual(["failed", 2, 2]);
  });

  test("read-committed, the default: calls at one time each compute", async () => {
    await using ledger = await createTestLedger();
    const both = createDeferred<void>();
    let computed = 0;
    const slow = task({ name: "slow", cache: inputs() }, async (_n: number) => {
      if (++computed === 2) both.resolve();
      await both.promise;
    });
    await ledger.run(flow(async () => Promise.all([slow(7), slow(7)])));
    expect(computed).toBe(2);
  });
});
