/** The engine over PostgreSQL: what its tests on SQLite show in breadth, once each. */

import { describe, expect, test } from "vitest";
import { inputs } from "../sdk/cache-policy.ts";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { pause } from "../sdk/pause.ts";
import { signal } from "../sdk/signals.ts";
import { task } from "../sdk/task.ts";
import { transaction } from "../sdk/transactions.ts";
import { createTestLedger } from "../testing/create-test-ledger.ts";
import type { TestLedger } from "../testing/test-ledger.ts";

const url = process.env.MILLRACE_TEST_POSTGRES_URL;
const open = (): Promise<TestLedger> => createTestLedger({ database: url as `postgres://${string}` });

describe.skipIf(url === undefined)("over PostgreSQL", () => {
  test("a run is resumed, and what was recorded does not run again", async () => {
    await using ledger = await open();
    const ran: string[] = [];
    const step = task({ name: "step", retries: 1, retryDelay: "1h" }, async (name: string) => {
      ran.push(name);
      return { name };
    });
    let isFirst = true;
    const subject = flow({ name: "subject" }, async () => {
      const items = await Promise.all(step.map(["a", "b", "c"]));
      await sleep("1d");
      const last = await step("d");
      if (isFirst) {
        isFirst = false;
        await ledger.crash();
      }
      return [...items, last];
    });
    const { run } = await ledger.run(subject);
    expect(run.state.name).toBe("Crashed");
    const resumed = await ledger.resume(run);
    expect(resumed.value).toEqual([{ name: "a" }, { name: "b" }, { name: "c" }, { name: "d" }]);
    expect(ran).toEqual(["a", "b", "c", "d"]);
    expect(resumed.run).toMatchObject({ epoch: 2, runCount: 2, state: { name: "Completed" } });
  });

  test("a failed run is retried from its failure", async () => {
    await using ledger = await open();
    let isBroken = true;
    const broken = task({ name: "broken" }, async () => {
      if (isBroken) throw new RangeError("broken");
      return "mended";
    });
    const child = flow({ name: "child" }, async () => broken());
    const { run } = await ledger.run(flow({ name: "parent" }, async () => child()));
    expect(run.error).toMatchObject({ name: "RangeError" });
    isBroken = false;
    expect((await ledger.retry(run)).value).toBe("mended");
  });

  test("results are cached, and keyed transactions commit once", async () => {
    await using ledger = await open();
    let computed = 0;
    const square = task({ name: "square", cache: inputs(), isolation: "serializable" }, async (n: number) => {
      computed++;
      return n * n;
    });
    const load = flow({ name: "load" }, async () =>
      transaction({ key: "day", isolation: "serializable" }, async (tx) => {
        if (tx.committed) return tx.get("value");
        tx.set("value", await square(4));
        return "first";
      }),
    );
    expect((await ledger.run(load)).value).toBe("first");
    expect((await ledger.run(load)).value).toBe(16);
    await ledger.run(flow({ name: "again" }, async () => Promise.all([square(4), square(5), square(5)])));
    expect(computed).toBe(2);
  });

  test("a pause is answered, a signal is sent, and a run is cancelled", async () => {
    await using ledger = await open();
    const go = signal<string>("go");
    const { id, ended } = await ledger.start(
      flow({ name: "asking" }, async () => {
        await pause();
        return go.wait();
      }),
    );
    await ledger.untilState(id, "PAUSED");
    await ledger.answer(id);
    await ledger.untilState(id, "RUNNING");
    await ledger.signal(id, "go", "now");
    expect((await ended).value).toBe("now");
    const stuck = await ledger.start(flow({ name: "stuck" }, async () => new Promise(() => undefined)));
    await ledger.cancel(stuck);
    expect((await stuck.ended).run.state.name).toBe("Cancelled");
  });

  test("concurrency keys hold", async () => {
    await using ledger = await open();
    let [running, most] = [0, 0];
    const one = task({ name: "one", concurrency: { key: "db", limit: 2 } }, async (n: number) => {
      most = Math.max(most, ++running);
      await sleep("1m", { key: String(n) });
      running--;
    });
    await ledger.run(flow(async () => Promise.all(one.map([1, 2, 3, 4, 5]))));
    expect(most).toBe(2);
  });
});
