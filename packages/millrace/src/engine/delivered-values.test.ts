/** What a resumed run is given from its record: equal values, and whose they were. */

import { describe, expect, test } from "vitest";
import { context } from "../sdk/context.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import { deadly } from "./deadly-task.testsuite.ts";

describe("what is delivered", () => {
  test("is equal to what was returned", async () => {
    await using ledger = await createTestLedger();
    const value = {
      date: new Date(1),
      map: new Map([["a", new Set([1n])]]),
      bytes: new Float64Array([1.5, Number.NaN]),
      missing: undefined,
      error: new RangeError("kept", { cause: new Error("why") }),
    };
    const make = task({ name: "make" }, async () => value);
    const die = deadly(ledger);
    const { run } = await ledger.run(
      flow(async () => {
        const made = await make();
        await die();
        return made;
      }),
    );
    expect((await ledger.resume(run)).value).toEqual(value);
  });

  test("comes from the storage, where it is large", async () => {
    await using ledger = await createTestLedger();
    let made = 0;
    const make = task({ name: "make" }, async () => {
      made++;
      return "x".repeat(100_000);
    });
    const die = deadly(ledger);
    const { run } = await ledger.run(
      flow(async () => {
        const text = await make();
        await die();
        return text.length;
      }),
    );
    const [record] = await ledger.taskRuns(run, "make");
    expect(record?.result).toMatchObject({ storage: "stored", sizeBytes: 100_002 });
    expect((await ledger.resume(run)).value).toBe(100_000);
    expect(made).toBe(1);
  });

  test("is a recorded failure too: a flow that caught it catches it again", async () => {
    await using ledger = await createTestLedger();
    let tries = 0;
    class QuotaError extends Error {
      override readonly name = "QuotaError";
      readonly left = 3;
    }
    const fails = task({ name: "fails" }, async () => {
      tries++;
      throw new QuotaError("no quota", { cause: new TypeError("deep") });
    });
    const die = deadly(ledger);
    const caught: unknown[] = [];
    const { run } = await ledger.run(
      flow(async () => {
        await fails().catch((error: unknown) => caught.push(error));
        await die();
        return "went on";
      }),
    );
    expect((await ledger.resume(run)).value).toBe("went on");
    expect(tries).toBe(1);
    expect(caught[1]).toMatchObject({ name: "QuotaError", message: "no quota", left: 3, cause: { message: "deep" } });
    expect(caught[1]).toBeInstanceOf(Error);
  });

  test("is computed again where it could not be kept, which is told once with its place", async () => {
    await using ledger = await createTestLedger();
    let made = 0;
    const open = task({ name: "open" }, async () => {
      made++;
      return { pool: { query: (n: number) => n + made } };
    });
    const use = task({ name: "use" }, async (connection: { pool: { query(n: number): number } }) =>
      connection.pool.query(10),
    );
    const die = deadly(ledger);
    const { run } = await ledger.run(
      flow(async () => {
        const connection = await open();
        const first = await use(connection);
        await die();
        return [first, connection.pool.query(10)];
      }),
    );
    expect((await ledger.resume(run)).value).toEqual([11, 12]);
    expect(made).toBe(2);
    const told = (await ledger.logs(run)).filter(({ message }) => message.includes("is not kept"));
    expect(told.map(({ level }) => level)).toEqual(["warn", "warn"]);
    expect(told[0]?.message).toMatch(/`open`.*pool\.query/);
  });

  test("is computed again where it was not to be kept, without a word", async () => {
    await using ledger = await createTestLedger();
    let made = 0;
    const make = task({ name: "make", persistResult: false }, async () => ++made);
    const die = deadly(ledger);
    const { run } = await ledger.run(
      flow(async () => {
        const value = await make();
        await die();
        return value;
      }),
    );
    expect((await ledger.resume(run)).value).toBe(2);
    expect((await ledger.logs(run)).filter(({ message }) => message.includes("not kept"))).toEqual([]);
  });
});

describe("values that several calls hand on", () => {
  test("keep their identity: a task that returns its input", async () => {
    await using ledger = await createTestLedger();
    const load = task({ name: "load" }, async () => ({ rows: [1, 2, 3] }));
    const check = task({ name: "check" }, async (table: { rows: number[] }) => table);
    const keys: string[] = [];
    const train = task({ name: "train" }, async (_table: { rows: number[] }) => {
      keys.push(context().taskRun?.idempotencyKey ?? "");
      return keys.length;
    });
    const die = deadly(ledger);
    const training = flow(async () => {
      const table = await load();
      const checked = await check(table);
      const scores = [await train(table), await train(checked)];
      await die();
      return scores;
    });
    const { run } = await ledger.run(training);
    const resumed = await ledger.resume(run);
    expect(resumed).toMatchObject({ error: null, value: [1, 2] });
    expect(keys).toHaveLength(2);
  });

  test("keep their identity: the best of several, found by a task", async () => {
    await using ledger = await createTestLedger();
    const fit = task({ name: "fit" }, async (seed: number) => ({ seed }));
    const choose = task({ name: "choose" }, async (models: readonly { seed: number }[]) => ({
      best: models[1],
      all: models,
    }));
    const promoted: string[] = [];
    const promote = task({ name: "promote" }, async (model: { seed: number } | undefined) => {
      promoted.push(context().taskRun?.idempotencyKey ?? "");
      return model?.seed;
    });
    const die = deadly(ledger);
    const training = flow(async () => {
      const models = await Promise.all([1, 2, 3].map((seed) => fit(seed)));
      const { best } = await choose(models);
      const seed = await promote(best);
      await die();
      return seed;
    });
    const { run } = await ledger.run(training);
    const resumed = await ledger.resume(run);
    expect(resumed).toMatchObject({ error: null, value: 2 });
    expect(promoted).toHaveLength(1);
  });

  test("keep their identity: one constant that two tasks return", async () => {
    await using ledger = await createTestLedger();
    const nothing = { rows: [] };
    const first = task({ name: "first" }, async () => nothing);
    const second = task({ name: "second" }, async () => nothing);
    let used = 0;
    const use = task({ name: "use" }, async (_table: object) => ++used);
    const die = deadly(ledger);
    const constant = flow(async () => {
      const [one, two] = [await first(), await second()];
      const values = [await use(one), await use(two)];
      await die();
      return values;
    });
    const { run } = await ledger.run(constant);
    expect(await ledger.resume(run)).toMatchObject({ error: null, value: [1, 2] });
  });

  test("keep their identity: an error that was caught, itself or as a cause", async () => {
    await using ledger = await createTestLedger();
    class QuotaError extends RangeError {
      override readonly name = "QuotaError";
      readonly left = 3;
    }
    const inner = task({ name: "inner" }, async (n: number) => {
      throw new QuotaError(`no quota for ${n}`);
    });
    const outer = task({ name: "outer" }, async (n: number) => inner(n));
    const collect = task({ name: "collect" }, async () => {
      const error = await inner(3).catch((caught: unknown) => caught);
      return { error, fresh: new QuotaError("fresh"), deep: new Error("deep", { cause: error }) };
    });
    let reports = 0;
    const report = task({ name: "report" }, async (_problem: unknown) => ++reports);
    const die = deadly(ledger);
    const { run } = await ledger.run(
      flow({ name: "reporting" }, async () => {
        const error = await outer(1).catch((caught: unknown) => caught);
        const { error: kept, fresh, deep } = await collect();
        const values = [await report(error), await report(new Error("wrapped", { cause: error }))];
        values.push(await report(kept), await report(fresh), await report(deep));
        await die();
        return values;
      }),
    );
    expect(await ledger.resume(run)).toMatchObject({ error: null, value: [1, 2, 3, 4, 5] });
  });

  test("keep their identity: instances that are kept as what their toJSON() gives", async () => {
    await using ledger = await createTestLedger();
    class Stats {
      readonly mean: number;
      constructor(mean: number) {
        this.mean = mean;
      }
      toJSON(): object {
        return { mean: this.mean };
      }
    }
    const measure = task({ name: "measure" }, async () => ({ stats: new Stats(3), parts: [new Stats(1)] }));
    let used = 0;
    const use = task({ name: "use" }, async (_stats: unknown) => ++used);
    const die = deadly(ledger);
    const { run } = await ledger.run(
      flow({ name: "measuring" }, async () => {
        const { stats, parts } = await measure();
        const values = [await use(stats), await use(parts)];
        await die();
        return values;
      }),
    );
    expect(await ledger.resume(run)).toMatchObject({ error: null, value: [1, 2] });
  });

  test("keep their identity: an input that a subflow's task hands back", async () => {
    await using ledger = await createTestLedger();
    const load = task({ name: "load" }, async () => ({ rows: [1] }));
    const pass = task({ name: "pass" }, async (table: { rows: number[] }) => table);
    const child = flow({ name: "child" }, async ({ table }: { table: { rows: number[] } }) => pass(table));
    let used = 0;
    const use = task({ name: "use" }, async (_table: object) => ++used);
    const die = deadly(ledger);
    const parent = flow({ name: "parent" }, async () => {
      const table = await load();
      await child({ table });
      const value = await use(table);
      await die();
      return value;
    });
    const { run } = await ledger.run(parent);
    expect(await ledger.resume(run)).toMatchObject({ error: null, value: 1 });
  });
});
