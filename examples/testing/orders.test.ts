/**
 * Testing a flow: its runs go to a throw-away ledger, its waits take no time, its tasks are replaced where they would reach
 * the world. The assertions work in every test runner; this one is vitest.
 *
 *   npx vitest run examples/testing
 */

import {
  assertCompleted,
  assertFailed,
  assertHistory,
  assertTaskCount,
  createTestLedger,
  plan,
  replay,
  withTask,
} from "millrace/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { billOrders, fetchOrders, type Order, sendBill, total } from "./orders.ts";

const orders: readonly Order[] = [
  { customer: "ada", amount: 300 },
  { customer: "bo", amount: 50 },
  { customer: "ada", amount: 400 },
];

describe("total", () => {
  it("is an ordinary function: no ledger is needed to test it", () => {
    expect([...total.fn(orders)]).toEqual([
      ["ada", 700],
      ["bo", 50],
    ]);
  });
});

describe("bill-orders", () => {
  let standIns = new DisposableStack();
  beforeEach(() => {
    standIns = new DisposableStack();
    standIns.use(withTask(fetchOrders, () => orders));
    standIns.use(withTask(sendBill, (_customer, amount) => amount));
  });
  afterEach(() => standIns.dispose());

  it("bills each customer once, a day later", async () => {
    await using ledger = await createTestLedger({ start: new Date("2026-11-22T08:00:00Z") });
    const ended = await ledger.run(billOrders, { day: "2026-11-22" });
    assertCompleted(ended);
    expect(ended.value).toBe(750);
    await assertTaskCount(ledger, ended, "send-bill", 2);
    expect(new Date(ledger.clock.now()).toISOString()).toMatch(/^2026-11-23T08:00/);
  });

  it("tries again when the orders cannot be had, for more than an hour", async () => {
    await using ledger = await createTestLedger();
    let attempts = 0;
    const flaky = (): readonly Order[] => {
      if (++attempts < 4) throw new Error("503");
      return orders;
    };
    const ended = await withTask(fetchOrders, flaky, () => ledger.run(billOrders, { day: "2026-11-22" }));
    assertCompleted(ended);
    const [fetched] = await ledger.taskRuns(ended, "fetch-orders");
    expect(fetched?.attempt).toBe(4);
  });

  it("asks before it sends a large bill, and does not send what is refused", async () => {
    await using ledger = await createTestLedger();
    const { id, ended } = await ledger.start(billOrders, { day: "2026-11-22", limit: 500 });
    await ledger.untilState(id, "Paused");
    await ledger.answer(id, { approved: false });
    const { run, value } = await ended;
    expect(value).toBe(50);
    assertHistory(run, ["Pending", "Running", "Paused", "Running", "Completed"]);
  });

  it("fails when nobody answers within a week", async () => {
    await using ledger = await createTestLedger();
    const { id, ended } = await ledger.start(billOrders, { day: "2026-11-22", limit: 500 });
    await ledger.untilState(id, "Paused");
    await ledger.clock.advance("8d");
    const expired = await ended;
    assertFailed(expired, /nobody answered/);
    expect(expired.error).toMatchObject({ code: "PAUSE_TIMED_OUT" });
  });

  it("sends no bill twice when its process dies", async () => {
    await using ledger = await createTestLedger();
    const sent: string[] = [];
    const sending = async (customer: string, amount: number): Promise<number> => {
      sent.push(customer);
      if (customer === "bo" && sent.length === 2) await ledger.crash();
      return amount;
    };
    await withTask(sendBill, sending, async () => {
      const crashed = await ledger.run(billOrders, { day: "2026-11-22" });
      const resumed = await ledger.resume(crashed);
      assertCompleted(resumed);
      expect(resumed.value).toBe(750);
    });
    expect(sent).toEqual(["ada", "bo", "bo"]);
  });

  it("can be planned without running anything", async () => {
    const { calls } = await plan(billOrders, { day: "2026-11-22" });
    expect(calls.map(({ name }) => name)).toEqual(["fetch-orders", "total", "sleep"]);
  });

  it("still does what it did when this run was recorded", async () => {
    await using ledger = await createTestLedger();
    const recording = await ledger.export(await ledger.run(billOrders, { day: "2026-11-22" }));
    const { summary } = await replay(recording, billOrders);
    expect(summary).toContain("matches the code");
  });
});
