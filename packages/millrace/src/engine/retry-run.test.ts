/** `retry`: a run goes on from its failures. And a new run that starts from a step of an old one. */

import { describe, expect, test } from "vitest";
import { allowFailure } from "../sdk/annotations.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";

/** A task that fails until it is mended, and notes what it was called with. */
function breakable(name: string) {
  const state = { isBroken: true, ran: [] as unknown[] };
  const made = task({ name }, async (value: unknown = null) => {
    state.ran.push(value);
    if (state.isBroken) throw new Error(`${name} is broken`);
    return value;
  });
  return Object.assign(state, { task: made });
}

function counted(name: string) {
  const ran: unknown[] = [];
  const made = task({ name }, async (value: unknown = null) => {
    ran.push(value);
    return `${name}(${String(value)})`;
  });
  return { ran, task: made };
}

describe("retry", () => {
  test("runs the failed task again, and what comes after it, and nothing else", async () => {
    await using ledger = await createTestLedger();
    const before = counted("before");
    const middle = breakable("middle");
    const after = counted("after");
    const { run } = await ledger.run(
      flow(async () => {
        await before.task(1);
        await middle.task(2);
        return after.task(3);
      }),
    );
    expect(run.state.name).toBe("Failed");
    middle.isBroken = false;
    const retried = await ledger.retry(run);
    expect(retried).toMatchObject({ value: "after(3)", error: null });
    expect([before.ran, middle.ran, after.ran]).toEqual([[1], [2, 2], [3]]);
    expect(retried.run.history.map(({ name }) => name)).toEqual([
      "Pending",
      "Running",
      "Failed",
      "Retrying",
      "Completed",
    ]);
  });

  test("keeps the failed attempt in the history of the task run", async () => {
    await using ledger = await createTestLedger();
    const load = breakable("load");
    const { run } = await ledger.run(flow(async () => load.task()));
    load.isBroken = false;
    await ledger.retry(run);
    const [record] = await ledger.taskRuns(run, "load");
    expect(record?.history.map(({ name }) => name)).toEqual([
      "Pending",
      "Running",
      "Failed",
      "Pending",
      "Retrying",
      "Completed",
    ]);
    expect(record).toMatchObject({ attempt: 2, error: null, state: { name: "Completed" } });
  });

  test("runs what depended on a failure again, although it completed, and not what did not", async () => {
    await using ledger = await createTestLedger();
    const source = breakable("source");
    const guarded = counted("guarded");
    const aside = counted("aside");
    const last = breakable("last");
    const { run } = await ledger.run(
      flow(async () => {
        const future = source.task.submit();
        const seen = await guarded.task(allowFailure(future));
        await aside.task("alone");
        await last.task();
        return seen;
      }),
    );
    source.isBroken = false;
    last.isBroken = false;
    const { value } = await ledger.retry(run);
    expect(value).toBe("guarded(null)");
    expect(guarded.ran).toEqual([expect.objectContaining({ message: "source is broken" }), null]);
    expect(aside.ran).toEqual(["alone"]);
  });

  test("of a failure that the flow had caught, too", async () => {
    await using ledger = await createTestLedger();
    const optional = breakable("optional");
    const needed = breakable("needed");
    const { run } = await ledger.run(
      flow(async () => {
        const found = await optional.task("found").catch(() => "nothing");
        await needed.task();
        return found;
      }),
    );
    optional.isBroken = false;
    needed.isBroken = false;
    expect(await ledger.retry(run)).toMatchObject({ value: "found" });
  });

  test("runs failed items of a map, and not their neighbours", async () => {
    await using ledger = await createTestLedger();
    const ran: number[] = [];
    let isBroken = true;
    const item = task({ name: "item" }, async (n: number) => {
      ran.push(n);
      if (n % 2 === 0 && isBroken) throw new Error(`${n} is even`);
      return n;
    });
    const { run } = await ledger.run(flow(async () => Promise.all(item.map([1, 2, 3, 4, 5]))));
    isBroken = false;
    expect(await ledger.retry(run)).toMatchObject({ value: [1, 2, 3, 4, 5] });
    expect(ran).toEqual([1, 2, 3, 4, 5, 2, 4]);
  });

  test("reaches into the bodies of tasks: what they had done stays done", async () => {
    await using ledger = await createTestLedger();
    const inner = counted("inner");
    const broken = breakable("broken");
    let outerRuns = 0;
    const outer = task({ name: "outer" }, async () => {
      outerRuns++;
      await inner.task("once");
      return broken.task("x");
    });
    const { run } = await ledger.run(flow(async () => outer()));
    broken.isBroken = false;
    expect(await ledger.retry(run)).toMatchObject({ value: "x" });
    expect([outerRuns, inner.ran, broken.ran]).toEqual([2, ["once"], ["x", "x"]]);
  });

  test("reaches into subflows", async () => {
    await using ledger = await createTestLedger();
    const inner = counted("inner");
    const broken = breakable("broken");
    const child = flow({ name: "child" }, async ({ n }: { n: number }) => {
      await inner.task(n);
      return broken.task(n);
    });
    const { run } = await ledger.run(
      flow({ name: "parent" }, async () => [await child({ n: 1 }), await child({ n: 1 })]),
    );
    broken.isBroken = false;
    expect(await ledger.retry(run)).toMatchObject({ value: [1, 1] });
    expect(inner.ran).toEqual([1, 1]);
    const children = await ledger.runs({ parentRunIds: [run.id] });
    expect(children.map(({ state, runCount }) => [state.name, runCount])).toEqual([
      ["Completed", 2],
      ["Completed", 1],
    ]);
  });

  test("of a crashed run goes on as a resume does", async () => {
    await using ledger = await createTestLedger();
    const before = counted("before");
    let isFirst = true;
    const dies = task({ name: "dies" }, async () => {
      if (!isFirst) return "alive";
      isFirst = false;
      await ledger.crash();
      return "never recorded";
    });
    const { run } = await ledger.run(
      flow(async () => {
        await before.task();
        return dies();
      }),
    );
    expect(await ledger.retry(run)).toMatchObject({ value: "alive" });
    expect(before.ran).toHaveLength(1);
  });

  test("that fails again can be tried again", async () => {
    await using ledger = await createTestLedger();
    const load = breakable("load");
    const { run } = await ledger.run(flow(async () => load.task()));
    expect((await ledger.retry(run)).run.state.name).toBe("Failed");
    load.isBroken = false;
    const retried = await ledger.retry(run);
    expect(retried.run).toMatchObject({ state: { name: "Completed" }, runCount: 3, error: null });
  });
});

describe("resume of a failed run", () => {
  test("keeps its failures as they were", async () => {
    await using ledger = await createTestLedger();
    const load = breakable("load");
    const { run } = await ledger.run(flow(async () => load.task()));
    load.isBroken = false;
    const resumed = await ledger.resume(run);
    expect(resumed.error).toMatchObject({ message: "load is broken" });
    expect(load.ran).toHaveLength(1);
  });

  test("runs the flow's own code again: a failure of its own goes away", async () => {
    await using ledger = await createTestLedger();
    const load = counted("load");
    let isBroken = true;
    const { run } = await ledger.run(
      flow(async () => {
        const value = await load.task();
        if (isBroken) throw new Error("not in a task");
        return value;
      }),
    );
    isBroken = false;
    expect(await ledger.resume(run)).toMatchObject({ value: "load(null)", error: null });
    expect(load.ran).toHaveLength(1);
  });
});

describe("a new run from a step of an old one", () => {
  test("takes the results before the step, records them as its own, and runs the rest", async () => {
    await using ledger = await createTestLedger();
    const [load, clean, train] = [counted("load"), counted("clean"), counted("train")];
    const pipeline = flow({ name: "pipeline", tags: ["nightly"] }, async () => {
      const rows = await load.task(1);
      const cleaned = await clean.task(rows);
      return train.task(cleaned);
    });
    const old = await ledger.run(pipeline);
    const fresh = await ledger.startFrom(old, "clean");
    expect(fresh).toMatchObject({ value: "train(clean(load(1)))", error: null });
    expect(fresh.id).not.toBe(old.id);
    expect(fresh.run).toMatchObject({ adopts: { runId: old.id }, tags: ["nightly"] });
    expect([load.ran.length, clean.ran.length, train.ran.length]).toEqual([1, 2, 2]);
    const records = await ledger.taskRuns(fresh);
    expect(records.map(({ taskName, state }) => [taskName, state.name])).toEqual([
      ["load", "Completed"],
      ["clean", "Completed"],
      ["train", "Completed"],
    ]);
    expect(records.every(({ flowRunId }) => flowRunId === fresh.id)).toBe(true);
  });

  test("follows values of tasks, and not only texts", async () => {
    await using ledger = await createTestLedger();
    const load = task({ name: "load" }, async () => ({ rows: [1, 2, 3] }));
    const sum = task({ name: "sum" }, async (table: { rows: number[] }) => table.rows.reduce((a, b) => a + b));
    const double = counted("double");
    const pipeline = flow({ name: "pipeline" }, async () => double.task(await sum(await load())));
    const old = await ledger.run(pipeline);
    const fresh = await ledger.startFrom(old, "double");
    expect(fresh.error).toBe(null);
    const [, adopted] = await ledger.taskRuns(fresh);
    const [loaded] = await ledger.taskRuns(fresh, "load");
    expect(adopted?.inputs).toEqual([{ parameter: "table", taskRunId: loaded?.id }]);
  });

  test("does not take failures, and can be made of a run that failed", async () => {
    await using ledger = await createTestLedger();
    const load = counted("load");
    const broken = breakable("broken");
    const pipeline = flow({ name: "pipeline" }, async () => {
      await load.task();
      return broken.task("mended");
    });
    const old = await ledger.run(pipeline);
    broken.isBroken = false;
    expect(await ledger.startFrom(old, "broken")).toMatchObject({ value: "mended" });
    expect(load.ran).toHaveLength(1);
    expect((await ledger.read(old)).state.name).toBe("Failed");
  });

  test("can itself be resumed: what it adopted stays adopted", async () => {
    await using ledger = await createTestLedger();
    const load = counted("load");
    let deaths = 0;
    const mortal = task({ name: "mortal" }, async () => {
      deaths++;
      if (deaths === 2) await ledger.crash();
      return deaths;
    });
    const pipeline = flow({ name: "pipeline" }, async () => [await load.task(), await mortal()]);
    const old = await ledger.run(pipeline);
    const fresh = await ledger.startFrom(old, "mortal");
    expect(fresh.run.state.name).toBe("Crashed");
    expect(await ledger.resume(fresh)).toMatchObject({ value: ["load(null)", 3] });
    expect(load.ran).toHaveLength(1);
  });

  test("of a step that there is not, is refused with the steps that there are", async () => {
    await using ledger = await createTestLedger();
    const load = counted("load");
    const old = await ledger.run(flow({ name: "pipeline" }, async () => load.task()));
    await expect(ledger.startFrom(old, "train")).rejects.toMatchObject({ code: "NOT_FOUND", fix: "It has `load`." });
  });
});
