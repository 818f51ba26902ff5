import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { TaskRun } from "../contract/task-run.ts";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { concurrent } from "../sdk/runners.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../testing/test-ledger.ts";

const slow = task({ name: "slow" }, async (n: number) => {
  await sleep("1h", { key: String(n) });
  return n;
});
const add = task({ name: "add" }, async (left: number, right: number) => left + right);

/** Looks until a row of the task is there that says that it waits. */
async function untilShown(ledger: TestLedger, run: string, taskName: string): Promise<readonly TaskRun[]> {
  for (;;) {
    const rows = (await ledger.taskRuns(run, taskName)).filter(({ state }) => state.type === "PENDING");
    if (rows.length > 0) return rows;
    await delay(5);
  }
}

test("a call that waits for its inputs for longer than a second is in the ledger, and says for which", async () => {
  await using ledger = await createTestLedger({ clock: "manual" });
  const adding = flow({ name: "adding" }, async () => add.submit(slow.submit(1), slow.submit(2)));
  const { id, ended } = await ledger.start(adding);
  await ledger.clock.advance("999ms");
  await delay(100);
  expect(await ledger.taskRuns(id, "add")).toEqual([]);
  await ledger.clock.advance("10ms");
  expect(await untilShown(ledger, id, "add")).toMatchObject([
    { state: { name: "Pending", message: "Waits for its inputs: `slow`, `slow`" }, attempt: 0, startedAt: null },
  ]);
  await ledger.clock.advance("1h");
  expect((await ended).value).toBe(3);
  const [row] = await ledger.taskRuns(id, "add");
  expect(row?.history.map(({ name }) => name)).toEqual(["Pending", "Running", "Completed"]);
});

test("of many that wait for their turn the first hundred are shown, and each runs once", async () => {
  await using ledger = await createTestLedger({ clock: "manual" });
  const ran: number[] = [];
  const quick = task({ name: "quick" }, async (n: number) => {
    ran.push(n);
    if (n === 0) await sleep("1h");
    return n;
  });
  const numbers = Array.from({ length: 300 }, (_, n) => n);
  const many = flow({ name: "many", taskRunner: concurrent({ limit: 1 }) }, async () =>
    Promise.all(quick.map(numbers)),
  );
  const { id, ended } = await ledger.start(many);
  await ledger.clock.advance("2s");
  const shown = await untilShown(ledger, id, "quick");
  await delay(100);
  expect(shown).toHaveLength(100);
  expect(shown[0]?.state.message).toBe("Waits for its turn");
  expect(shown.map(({ inputPreview }) => inputPreview)).toEqual(numbers.slice(1, 101).map(String));
  expect(await ledger.taskRuns(id, "quick")).toHaveLength(101);
  await ledger.clock.advance("1h");
  expect((await ended).value).toEqual(numbers);
  expect(ran).toEqual(numbers);
  expect((await ledger.taskRuns(id, "quick")).every(({ state }) => state.type === "COMPLETED")).toBe(true);
});

test("one that is shown and then cancelled ends Cancelled", async () => {
  await using ledger = await createTestLedger({ clock: "manual" });
  const { id, ended } = await ledger.start(
    flow({ name: "one", taskRunner: concurrent({ limit: 1 }) }, async () => Promise.all(slow.map([1, 2]))),
  );
  await ledger.clock.advance("2s");
  await untilShown(ledger, id, "slow");
  await ledger.cancel(id);
  expect((await ended).run.state.type).toBe("CANCELLED");
  expect((await ledger.taskRuns(id, "slow")).map(({ state }) => state.type)).toEqual(["CANCELLED", "CANCELLED"]);
});

test("one that is shown when its process dies goes on with the run", async () => {
  await using ledger = await createTestLedger({ clock: "manual" });
  const adding = flow({ name: "adding" }, async () => add.submit(slow.submit(1), 1));
  const { id } = await ledger.start(adding);
  await ledger.clock.advance("2s");
  await untilShown(ledger, id, "add");
  await ledger.crash();
  const resumed = ledger.resume(id);
  await ledger.untilState(id, "RUNNING");
  await ledger.clock.advance("1h");
  expect((await resumed).value).toBe(2);
  expect(await ledger.taskRuns(id, "add")).toMatchObject([{ state: { type: "COMPLETED" }, attempt: 1 }]);
});

test("one that waits for the cache says so", async () => {
  await using ledger = await createTestLedger({ clock: "manual" });
  const kept = slow.withOptions({ cache: () => "one", isolation: "serializable" });
  const caching = flow({ name: "caching", taskRunner: concurrent({ limit: 2 }) }, async () =>
    Promise.all(kept.map([1, 2, 3])),
  );
  const { id, ended } = await ledger.start(caching);
  await ledger.clock.advance("2s");
  const shown = await untilShown(ledger, id, "slow");
  expect(shown.map(({ state }) => state.message)).toEqual(["Waits for the cache", "Waits for its turn"]);
  await ledger.clock.advance("2h");
  expect((await ended).value).toEqual([1, 1, 1]);
});
