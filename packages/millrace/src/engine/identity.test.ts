import { describe, expect, test } from "vitest";
import { code, inputs } from "../sdk/cache-policy.ts";
import { context } from "../sdk/context.ts";
import { now, random, sleep, uuid } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { opaque, unmapped } from "../sdk/annotations.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../testing/test-ledger.ts";
import type { AnyFlow } from "../testing/subjects.ts";

/** The keys of all calls of a run of the flow, in the order in which they were first recorded. */
async function keysOf(ledger: TestLedger, called: AnyFlow & (() => Promise<unknown>)): Promise<readonly string[]> {
  const { run } = await ledger.run(called);
  expect(run.state.name).toBe("Completed");
  return (await ledger.taskRuns(run)).map(({ key }) => key);
}

const echo = task({ name: "echo" }, async (...values: readonly unknown[]) => values.length);

describe("a call's key", () => {
  test("holds the digest of the inputs, and counts equal calls", async () => {
    await using ledger = await createTestLedger();
    const keys = await keysOf(
      ledger,
      flow(async () => {
        await echo(1);
        await echo(2);
        await echo(1);
        await echo({ a: 1, b: [2] });
        await echo({ b: [2], a: 1 });
      }),
    );
    const [one = "", two = "", again = "", structure = "", reordered = ""] = keys;
    expect(one).toMatch(/^echo#.+~0$/);
    expect(two).toMatch(/^echo#.+~0$/);
    expect(two).not.toBe(one);
    expect(again).toBe(one.replace(/~0$/, "~1"));
    expect(reordered).toBe(structure.replace(/~0$/, "~1"));
  });

  test("tells inputs apart by type, order and depth", async () => {
    await using ledger = await createTestLedger();
    const values = [
      1,
      "1",
      true,
      null,
      undefined,
      1n,
      [1],
      { 0: 1 },
      new Date(1),
      new Map([[1, 1]]),
      new Set([1]),
      -0,
      Number.NaN,
    ];
    const keys = await keysOf(
      ledger,
      flow(async () => {
        for (const value of values) await echo(value);
      }),
    );
    expect(new Set(keys).size).toBe(values.length);
  });

  test("counts what another task made by the call that made it, and not by content", async () => {
    await using ledger = await createTestLedger();
    const make = task({ name: "make" }, async (seed: number) => ({ rows: [1, 2, 3], seed: seed > 0 }));
    const made = flow(async () => {
      const [one, other] = [await make(1), await make(2)];
      await echo(one);
      await echo(structuredClone(one));
      await echo(other);
    });
    const { run } = await ledger.run(made);
    const echoes = await ledger.taskRuns(run, "echo");
    const makes = await ledger.taskRuns(run, "make");
    expect(new Set(echoes.map(({ key }) => key)).size).toBe(3);
    expect(echoes.map(({ inputs: found }) => found.map(({ taskRunId }) => taskRunId))).toEqual([
      [makes[0]?.id],
      [],
      [makes[1]?.id],
    ]);
  });

  test("is the same for a future and for its value", async () => {
    await using ledger = await createTestLedger();
    const make = task({ name: "make" }, async () => ({ rows: 3 }));
    const keys = await keysOf(
      ledger,
      flow(async () => {
        const future = make.submit();
        await echo(future);
        await echo(await future);
        await echo([future, { deep: future }]);
      }),
    );
    const [, byFuture = "", byValue = "", nested = ""] = keys;
    expect(byValue).toBe(byFuture.replace(/~0$/, "~1"));
    expect(nested).not.toContain(byFuture.slice(0, -2));
  });

  test("leaves opaque inputs out", async () => {
    await using ledger = await createTestLedger();
    const keys = await keysOf(
      ledger,
      flow(async () => {
        await echo(1, opaque({ connection: 1 }));
        await echo(1, opaque({ connection: 2 }));
      }),
    );
    expect(keys[1]).toBe(keys[0]?.replace(/~0$/, "~1"));
  });

  test("is the author's where one is given", async () => {
    await using ledger = await createTestLedger();
    const load = task({ name: "load", key: (day: string) => `day ${day.slice(0, 10)}` }, async (day: string) => day);
    const keys = await keysOf(
      ledger,
      flow(async () => {
        await load("2026-11-22T10:00");
        await load("2026-11-22T12:00");
        await load("2026-11-23T12:00");
      }),
    );
    expect(keys).toEqual(["load@day 2026-11-22~0", "load@day 2026-11-22~1", "load@day 2026-11-23~0"]);
  });

  test("of a map's item is that of the call it stands for", async () => {
    await using ledger = await createTestLedger();
    const add = task({ name: "add" }, async (a: number, b: number) => a + b);
    const mapped = flow(async () => {
      await Promise.all(add.map([1, 2, 1], unmapped(10)));
      await Promise.all(add.map([2, 3], unmapped(10)));
    });
    const { run } = await ledger.run(mapped);
    const keys = (await ledger.taskRuns(run, "add")).map(({ key }) => key.split("~"));
    const [one, two, again, twoAgain, three] = keys.map(([digest]) => digest);
    expect([again, twoAgain]).toEqual([one, two]);
    expect(new Set([one, two, three]).size).toBe(3);
    expect(keys.map(([, occurrence]) => occurrence)).toEqual(["0", "0", "1", "1", "0"]);
  });

  test("of a map's item is the author's where one is given", async () => {
    await using ledger = await createTestLedger();
    const load = task({ name: "load", key: (day: string) => `day ${day}` }, async (day: string) => day);
    const keys = await keysOf(
      ledger,
      flow(async () => Promise.all(load.map(["monday", "tuesday"]))),
    );
    expect(keys).toEqual(["load@day monday~0", "load@day tuesday~0"]);
  });

  test("of a durable step is its name and what it is of", async () => {
    await using ledger = await createTestLedger();
    const keys = await keysOf(
      ledger,
      flow(async () => {
        await sleep("1s");
        await sleep("1s");
        await sleep("1s", { key: "nap" });
        await now();
        await random();
        await uuid();
        await random();
      }),
    );
    expect(keys).toEqual(["sleep@1s~0", "sleep@1s~1", "sleep@nap~0", "now~0", "random~0", "uuid~0", "random~1"]);
  });
});

describe("a task run's id", () => {
  test("is the same for the same ledger, run and call, and another in another run", async () => {
    const ids = async (seed: number): Promise<readonly string[]> => {
      await using ledger = await createTestLedger({ seed });
      const twice = flow({ name: "twice" }, async () => [await echo(1), await echo(2)]);
      await ledger.run(twice);
      const { run } = await ledger.run(twice);
      return (await ledger.taskRuns(run)).map(({ id }) => id);
    };
    expect(await ids(5)).toEqual(await ids(5));
    expect(await ids(5)).not.toEqual(await ids(6));
  });

  test("follows from the scope: the same call in two bodies is two", async () => {
    await using ledger = await createTestLedger();
    const outer = task({ name: "outer" }, async (n: number) => {
      const values = [await echo("same"), await echo("same")];
      return [n, values];
    });
    const scoped = flow(async () => {
      await Promise.all([outer(1), outer(2), echo("same")]);
    });
    const { run } = await ledger.run(scoped);
    const echoes = await ledger.taskRuns(run, "echo");
    expect(new Set(echoes.map(({ id }) => id)).size).toBe(5);
    expect(new Set(echoes.map(({ key }) => key)).size).toBe(2);
    const outers = await ledger.taskRuns(run, "outer");
    expect(echoes.filter(({ parentId }) => parentId === outers[0]?.id)).toHaveLength(2);
    expect(echoes.filter(({ parentId }) => parentId === null)).toHaveLength(1);
  });

  test("is the idempotency key of every attempt", async () => {
    await using ledger = await createTestLedger();
    const seen: string[] = [];
    const flaky = task({ name: "flaky", retries: 2 }, async () => {
      seen.push(context().taskRun?.idempotencyKey ?? "");
      if (seen.length < 3) throw new Error("again");
    });
    const { run } = await ledger.run(flow(async () => flaky()));
    const [record] = await ledger.taskRuns(run, "flaky");
    expect(seen).toEqual([record?.id, record?.id, record?.id]);
  });

  test("of a task called outside any flow is one of its own each time", async () => {
    await using ledger = await createTestLedger();
    const ids = new Set<string>();
    const lone = task({ name: "lone" }, async (n: number) => {
      ids.add(context().taskRun?.id ?? "");
      return n;
    });
    expect([await lone(1), await lone(1)]).toEqual([1, 1]);
    expect(ids.size).toBe(2);
    const found = await ledger.api.listTaskRuns({ ids: [...ids] });
    expect(found.items.map(({ flowRunId, state }) => [flowRunId, state.name])).toEqual([
      [null, "Completed"],
      [null, "Completed"],
    ]);
  });
});

test("a call's identity does not depend on its cache policy, tags or runner options", async () => {
  await using ledger = await createTestLedger();
  const plain = task({ name: "same" }, async (n: number) => n);
  const dressed = plain.withOptions({ cache: inputs().and(code()), tags: ["x"], retries: 3, timeout: "1h" });
  const keys = await keysOf(
    ledger,
    flow(async () => [await plain(1), await dressed(1)]),
  );
  expect(keys[1]).toBe(keys[0]?.replace(/~0$/, "~1"));
});
