/** Code that no longer matches the record: found, named, and accepted only when a person says so. */

import { describe, expect, test } from "vitest";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import type { AnyFlow } from "../testing/subjects.ts";
import type { TestLedger } from "../testing/test-ledger.ts";

function tasks() {
  const ran: string[] = [];
  const define = (name: string) =>
    task({ name }, async (value: unknown = null) => {
      ran.push(`${name} ${String(value)}`);
      return value;
    });
  return { ran, load: define("load"), train: define("train"), report: define("report") };
}

/** Runs a body that then dies with its process, and gives back a run to be resumed. */
async function interrupted(ledger: TestLedger, body: () => Promise<unknown>): Promise<{ readonly id: string }> {
  return ledger.run(
    flow({ name: "drifting" }, async () => {
      await body();
      await ledger.crash();
    }),
  );
}

function changed(body: () => Promise<unknown>): { readonly flow: AnyFlow } {
  return { flow: flow({ name: "drifting" }, body) };
}

describe("drift", () => {
  test("stops the run and names what is called now and what is recorded", async () => {
    await using ledger = await createTestLedger();
    const { load, ran } = tasks();
    const run = await interrupted(ledger, async () => load("orders"));
    const { error, run: after } = await ledger.resume(
      run,
      changed(async () => load("customers")),
    );
    expect(error).toMatchObject({
      code: "RESUME_DRIFT",
      data: { called: 'load("customers")', recorded: 'load("orders")', id: run.id },
    });
    expect(after.state).toMatchObject({ type: "FAILED", name: "Failed" });
    expect(ran).toEqual(["load orders"]);
  });

  test("leaves the record as it was, so that the old code can go on", async () => {
    await using ledger = await createTestLedger();
    const { load, train, ran } = tasks();
    const run = await interrupted(ledger, async () => {
      await load("orders");
      await train(1);
    });
    await ledger.resume(
      run,
      changed(async () => load("customers")),
    );
    const mended = await ledger.resume(
      run,
      changed(async () => {
        await load("orders");
        return train(1);
      }),
    );
    expect(mended).toMatchObject({ value: 1, error: null });
    expect(ran).toEqual(["load orders", "train 1"]);
  });

  test("is not tried again by the flow's retries", async () => {
    await using ledger = await createTestLedger();
    const { load } = tasks();
    const run = await interrupted(ledger, async () => load(1));
    let attempts = 0;
    const retrying = flow({ name: "drifting", retries: 3 }, async () => {
      attempts++;
      await load(2);
    });
    expect((await ledger.resume(run, { flow: retrying })).error).toMatchObject({ code: "RESUME_DRIFT" });
    expect(attempts).toBe(1);
  });

  test("cannot be caught by the flow's code: the run stops", async () => {
    await using ledger = await createTestLedger();
    const { load, report, ran } = tasks();
    const run = await interrupted(ledger, async () => load(1));
    const catching = changed(async () => {
      await load(2).catch(() => undefined);
      await report("went on");
    });
    expect((await ledger.resume(run, catching)).error).toMatchObject({ code: "RESUME_DRIFT" });
    expect(ran).toEqual(["load 1"]);
  });

  test("names a few of many records, and counts the rest", async () => {
    await using ledger = await createTestLedger();
    const { load } = tasks();
    const run = await interrupted(ledger, async () => Promise.all([1, 2, 3, 4, 5].map((n) => load(n))));
    const { error } = await ledger.resume(
      run,
      changed(async () => load(6)),
    );
    expect(error).toMatchObject({ data: { recorded: "load(1), load(2), load(3), 2 more" } });
  });

  test("is found in the body of a task, by its scope", async () => {
    await using ledger = await createTestLedger();
    const { load, ran } = tasks();
    let what = "orders";
    let isFirst = true;
    const outer = task({ name: "outer" }, async () => {
      await load(what);
      if (!isFirst) return "done";
      isFirst = false;
      return ledger.crash();
    });
    const drifting = flow({ name: "drifting" }, async () => outer());
    const run = await ledger.run(drifting);
    what = "customers";
    expect((await ledger.resume(run)).error).toMatchObject({
      code: "RESUME_DRIFT",
      data: { called: 'load("customers")' },
    });
    expect(ran).toEqual(["load orders"]);
  });

  test("of a map's item: one of its inputs is another", async () => {
    await using ledger = await createTestLedger();
    const { load, ran } = tasks();
    const run = await interrupted(ledger, async () => Promise.all(load.map(["a", "b"])));
    const replaced = changed(async () => Promise.all(load.map(["a", "x"])));
    expect((await ledger.resume(run, replaced)).error).toMatchObject({
      code: "RESUME_DRIFT",
      data: { called: 'load("x")', recorded: 'load("b")' },
    });
    expect(ran).toEqual(["load a", "load b"]);
  });
});

describe("no drift", () => {
  test("a map whose items are in another order, or more than before, takes what is recorded of them", async () => {
    await using ledger = await createTestLedger();
    const { load, ran } = tasks();
    const run = await interrupted(ledger, async () => Promise.all(load.map(["a", "b", "a"])));
    const grown = changed(async () => Promise.all(load.map(["new", "b", "a", "a"])));
    expect(await ledger.resume(run, grown)).toMatchObject({ value: ["new", "b", "a", "a"], error: null });
    expect(ran).toEqual(["load a", "load b", "load a", "load new"]);
  });

  test("maps of one task in branches that arrive in another order take each their own", async () => {
    await using ledger = await createTestLedger();
    const { load, report, ran } = tasks();
    const branch = async (first: string, items: readonly string[]): Promise<readonly unknown[]> => {
      await report(first);
      return Promise.all(load.map(items));
    };
    const body = (names: readonly string[]) => async () =>
      Promise.all(names.map((name) => branch(name, [`${name} 1`, `${name} 2`])));
    const run = await interrupted(ledger, body(["x", "y"]));
    const before = ran.length;
    expect(await ledger.resume(run, changed(body(["y", "x"])))).toMatchObject({
      value: [
        ["y 1", "y 2"],
        ["x 1", "x 2"],
      ],
    });
    expect(ran).toHaveLength(before);
  });

  test("a call that is new, where nothing of its task lies unclaimed, runs", async () => {
    await using ledger = await createTestLedger();
    const { load, report, ran } = tasks();
    const run = await interrupted(ledger, async () => load(1));
    const extended = changed(async () => {
      await report("new");
      return load(1);
    });
    expect(await ledger.resume(run, extended)).toMatchObject({ value: 1, error: null });
    expect(ran).toEqual(["load 1", "report new"]);
  });

  test("a new call of a task waits until the recorded ones were called", async () => {
    await using ledger = await createTestLedger();
    const { load, ran } = tasks();
    const run = await interrupted(ledger, async () => load("old"));
    const extended = changed(async () => {
      const early = load("new");
      await sleep("20s");
      return [await load("old"), await early];
    });
    expect(await ledger.resume(run, extended)).toMatchObject({ value: ["old", "new"], error: null });
    expect(ran).toEqual(["load old", "load new"]);
  });

  test("records that no code calls any more are left alone", async () => {
    await using ledger = await createTestLedger();
    const { load, train, ran } = tasks();
    const run = await interrupted(ledger, async () => {
      await load(1);
      await train(1);
    });
    expect(
      await ledger.resume(
        run,
        changed(async () => train(1)),
      ),
    ).toMatchObject({ value: 1, error: null });
    expect(ran).toEqual(["load 1", "train 1"]);
  });

  test("code that only looks different: a changed body takes the record", async () => {
    await using ledger = await createTestLedger();
    const first = task({ name: "step" }, async (n: number) => n + 1);
    const second = task({ name: "step" }, async (n: number) => n + 1000);
    const run = await interrupted(ledger, async () => first(1));
    expect(
      await ledger.resume(
        run,
        changed(async () => second(1)),
      ),
    ).toMatchObject({ value: 2 });
  });
});

describe("accepted drift (rerun)", () => {
  test("runs what is called now, and leaves the old record", async () => {
    await using ledger = await createTestLedger();
    const { load, ran } = tasks();
    const run = await interrupted(ledger, async () => load("orders"));
    const accepted = await ledger.resume(run, { ...changed(async () => load("customers")), onDrift: "rerun" });
    expect(accepted).toMatchObject({ value: "customers", error: null });
    expect(ran).toEqual(["load orders", "load customers"]);
    expect((await ledger.taskRuns(run)).map(({ inputPreview }) => inputPreview)).toEqual(['"orders"', '"customers"']);
  });

  test("runs the item of a map that is new, and takes the others", async () => {
    await using ledger = await createTestLedger();
    const { load, ran } = tasks();
    const run = await interrupted(ledger, async () => Promise.all(load.map(["a", "b", "c"])));
    const swapped = changed(async () => Promise.all(load.map(["a", "x", "c"])));
    expect(await ledger.resume(run, { ...swapped, onDrift: "rerun" })).toMatchObject({ value: ["a", "x", "c"] });
    expect(ran).toEqual(["load a", "load b", "load c", "load x"]);
    expect(await ledger.taskRuns(run)).toHaveLength(4);
  });

  test("holds for subflows too", async () => {
    await using ledger = await createTestLedger();
    const { load, ran } = tasks();
    let what = "orders";
    let isFirst = true;
    const child = flow({ name: "child" }, async () => {
      await load(what);
      if (!isFirst) return what;
      isFirst = false;
      return ledger.crash();
    });
    const run = await ledger.run(flow({ name: "drifting" }, async () => child()));
    what = "customers";
    expect(await ledger.resume(run, { onDrift: "rerun" })).toMatchObject({ value: "customers" });
    expect(ran).toEqual(["load orders", "load customers"]);
  });
});

test("the advice is to give a key: with one, changed inputs match", async () => {
  await using ledger = await createTestLedger();
  const ran: string[] = [];
  const load = task({ name: "load", key: "the-load" }, async (what: string) => {
    ran.push(what);
    return what;
  });
  const run = await interrupted(ledger, async () => load("orders"));
  const { error } = await ledger.resume(
    run,
    changed(async () => load("customers")),
  );
  expect(error).toBe(null);
  expect(ran).toEqual(["orders"]);
});
