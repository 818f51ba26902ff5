import { describe, expect, test } from "vitest";
import { now, random, sleep, uuid } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import { deadly } from "./deadly-task.testsuite.ts";

const never = new Promise<never>(() => undefined);

/** A task that notes what it ran with. */
function noting() {
  const ran: number[] = [];
  const double = task({ name: "double" }, async (n: number) => {
    ran.push(n);
    return n * 2;
  });
  return { ran, double };
}

describe("a run whose process died", () => {
  test("is Crashed, and its caller learns that it lost the run", async () => {
    await using ledger = await createTestLedger();
    const die = deadly(ledger);
    const { run, error } = await ledger.run(flow(async () => die()));
    expect(error).toMatchObject({ code: "LEASE_LOST" });
    expect(run.state).toMatchObject({ type: "CRASHED", name: "Crashed" });
  });

  test("takes what is recorded, and runs the rest", async () => {
    await using ledger = await createTestLedger();
    const { ran, double } = noting();
    const die = deadly(ledger);
    const sum = flow({ name: "sum" }, async () => {
      const first = await double(1);
      const second = await double(first);
      await die();
      return second + (await double(10));
    });
    const { run } = await ledger.run(sum);
    const resumed = await ledger.resume(run);
    expect(resumed).toMatchObject({ value: 24, error: null });
    expect(resumed.run.state.name).toBe("Completed");
    expect(ran).toEqual([1, 2, 10]);
  });

  test("shows in its history that it was resumed", async () => {
    await using ledger = await createTestLedger();
    const die = deadly(ledger);
    const { run } = await ledger.run(flow(async () => die.withOptions({ durableStart: true })("done")));
    const resumed = await ledger.resume(run);
    expect(resumed.run.history.map(({ name }) => name)).toEqual([
      "Pending",
      "Running",
      "Crashed",
      "Resuming",
      "Completed",
    ]);
    expect(resumed.run).toMatchObject({ runCount: 2, epoch: 2, ownerId: null });
    const [record] = await ledger.taskRuns(run);
    expect(record?.history.map(({ name }) => name)).toEqual(["Pending", "Running", "Retrying", "Completed"]);
    expect(record?.attempt).toBe(2);
  });

  test("may die as often as it likes", async () => {
    await using ledger = await createTestLedger();
    const { ran, double } = noting();
    let deaths = 0;
    const mortal = task({ name: "mortal" }, async (n: number) => {
      if (deaths === n) return n;
      deaths++;
      await ledger.crash();
      return never;
    });
    const long = flow({ name: "long" }, async () => {
      const values: number[] = [];
      for (let step = 1; step <= 4; step++) values.push(await double(step), await mortal(step));
      return values;
    });
    const { run } = await ledger.run(long);
    let last = await ledger.resume(run);
    while (last.run.state.type === "CRASHED") last = await ledger.resume(run);
    expect(last.value).toEqual([2, 1, 4, 2, 6, 3, 8, 4]);
    expect(ran).toEqual([1, 2, 3, 4]);
    expect(last.run.runCount).toBe(5);
  });

  test("is not resumed when it has completed", async () => {
    await using ledger = await createTestLedger();
    const { run } = await ledger.run(flow(async () => 1));
    await expect(ledger.resume(run)).rejects.toMatchObject({ code: "RUN_NOT_RESUMABLE" });
    await expect(ledger.retry(run)).rejects.toMatchObject({ code: "RUN_NOT_RESUMABLE" });
  });

  test("is resumed with the parameters as they were recorded", async () => {
    await using ledger = await createTestLedger();
    const die = deadly(ledger);
    const given = { since: new Date(5), ids: new Set([1n]) };
    const seen: unknown[] = [];
    const dated = flow({ name: "dated" }, async (parameters: typeof given) => {
      seen.push(parameters);
      await die();
    });
    const { run } = await ledger.run(dated, given);
    await ledger.resume(run);
    expect(seen).toEqual([given, given]);
  });
});

describe("calls are matched", () => {
  test("in order, where they are equal", async () => {
    await using ledger = await createTestLedger();
    let count = 0;
    const next = task({ name: "next" }, async () => ++count);
    const die = deadly(ledger);
    const counting = flow(async () => {
      const values = [await next(), await next(), await next()];
      await die();
      return [...values, await next()];
    });
    const { run } = await ledger.run(counting);
    expect((await ledger.resume(run)).value).toEqual([1, 2, 3, 4]);
  });

  test("by their inputs, where a Promise.all comes in another order", async () => {
    await using ledger = await createTestLedger();
    const { ran, double } = noting();
    const die = deadly(ledger);
    let order = [1, 2, 3];
    const together = flow(async () => {
      const values = await Promise.all(order.map((n) => double(n)));
      await die();
      return values;
    });
    const { run } = await ledger.run(together);
    order = [3, 1, 2];
    expect((await ledger.resume(run)).value).toEqual([6, 2, 4]);
    expect(ran).toEqual([1, 2, 3]);
  });

  test("whichever of them had ended: half of a Promise.all runs again", async () => {
    await using ledger = await createTestLedger();
    const ran: number[] = [];
    let isFirst = true;
    const slow = task({ name: "slow" }, async (n: number) => {
      ran.push(n);
      await sleep(n * 1000);
      if (n === 3 && isFirst) {
        isFirst = false;
        await ledger.crash();
      }
      return n;
    });
    const { run } = await ledger.run(flow(async () => Promise.all([5, 1, 3, 2, 4].map((n) => slow(n)))));
    expect((await ledger.resume(run)).value).toEqual([5, 1, 3, 2, 4]);
    expect(ran.slice(0, 5)).toEqual([5, 1, 3, 2, 4]);
    expect(new Set(ran.slice(5))).toEqual(new Set([3, 4, 5]));
    expect(ran).toHaveLength(8);
  });

  test("by the key that was given, whatever the inputs are now", async () => {
    await using ledger = await createTestLedger();
    const ran: string[] = [];
    const load = task({ name: "load", key: (name: string) => name }, async (name: string, at: number) => {
      ran.push(name);
      return at;
    });
    const die = deadly(ledger);
    let clock = 100;
    const stamped = flow(async () => {
      const at = await load("orders", clock++);
      await die();
      return at;
    });
    const { run } = await ledger.run(stamped);
    expect((await ledger.resume(run)).value).toBe(100);
    expect(ran).toEqual(["orders"]);
  });

  test("of a map, item by item", async () => {
    await using ledger = await createTestLedger();
    const ran: number[] = [];
    let isFirst = true;
    const item = task({ name: "item" }, async (n: number) => {
      ran.push(n);
      if (n === 3 && isFirst) {
        isFirst = false;
        await sleep("1m");
        await ledger.crash();
      }
      return n * n;
    });
    const mapped = flow(async () => Promise.all(item.map([1, 2, 3, 4])));
    const { run } = await ledger.run(mapped);
    expect((await ledger.resume(run)).value).toEqual([1, 4, 9, 16]);
    expect(ran).toEqual([1, 2, 3, 4, 3]);
  });

  test("through futures that others take as inputs", async () => {
    await using ledger = await createTestLedger();
    const { ran, double } = noting();
    const die = deadly(ledger);
    const chained = flow(async () => {
      const one = double.submit(1);
      const two = double.submit(one);
      await two;
      await die(two);
      return double(two);
    });
    const { run } = await ledger.run(chained);
    expect((await ledger.resume(run)).value).toBe(8);
    expect(ran).toEqual([1, 2, 4]);
  });

  test("in the bodies of tasks, one by one", async () => {
    await using ledger = await createTestLedger();
    const { ran, double } = noting();
    const die = deadly(ledger);
    let outerRuns = 0;
    const outer = task({ name: "outer" }, async () => {
      outerRuns++;
      const inner = await double(1);
      await die();
      return inner + (await double(2));
    });
    const { run } = await ledger.run(flow(async () => outer()));
    expect((await ledger.resume(run)).value).toBe(6);
    expect(ran).toEqual([1, 2]);
    expect(outerRuns).toBe(2);
  });
});

describe("durable steps", () => {
  test("give a resumed run the same time, numbers and ids", async () => {
    await using ledger = await createTestLedger();
    const die = deadly(ledger);
    const seen: unknown[][] = [];
    const { run } = await ledger.run(
      flow(async () => {
        const values = [await now(), await random(), await uuid(), await random()];
        seen.push(values);
        await die();
        return values;
      }),
    );
    await ledger.clock.advance("1d");
    await ledger.resume(run);
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[0]?.[0]).toEqual(new Date("2026-01-01T00:00:00Z"));
    expect(seen[0]?.[1]).not.toBe(seen[0]?.[3]);
  });

  test("wait only for the rest of a sleep", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const slept = flow({ name: "slept" }, async () => {
      await sleep("10h");
      return "awake";
    });
    const { id, ended } = await ledger.start(slept);
    await ledger.clock.advance("4h");
    await ledger.crash();
    await ended;
    await ledger.clock.advance("5h");
    const resumed = ledger.resume(id);
    await ledger.untilState(id, "RUNNING");
    await ledger.clock.advance("59m");
    expect((await ledger.read(id)).state.name).toBe("Resuming");
    await ledger.clock.advance("1m");
    expect(await resumed).toMatchObject({ value: "awake" });
    expect(Math.round((ledger.clock.now() - Date.UTC(2026, 0, 1)) / 1000)).toBe(10 * 3600);
  });
});

test("a call that a dead process left unfinished, and that the code does not make again, ends with the run", async () => {
  await using ledger = await createTestLedger();
  const begun = Promise.withResolvers<void>();
  let isFirst = true;
  const unfinished = task({ name: "unfinished", durableStart: true }, async () => {
    begun.resolve();
    return never;
  });
  const changed = flow({ name: "changed" }, async () => {
    if (!isFirst) return "done";
    const future = unfinished.submit();
    await begun.promise;
    isFirst = false;
    await ledger.crash();
    return future;
  });
  const { run } = await ledger.run(changed);
  const [left] = await ledger.taskRuns(run, "unfinished");
  expect(left?.state.type).toBe("RUNNING");
  const { value } = await ledger.resume(run, { flow: changed });
  expect(value).toBe("done");
  const [ended] = await ledger.taskRuns(run, "unfinished");
  expect(ended?.history.map(({ name }) => name)).toEqual(["Pending", "Running", "Cancelled"]);
});
