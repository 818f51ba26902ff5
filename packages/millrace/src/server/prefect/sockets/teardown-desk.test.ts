import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Api } from "../../../contract/api.ts";
import { anyTeardownOrder, toTeardownOrder } from "../../../contract/teardown-orders.ts";
import { type Clock, systemClock } from "../../../kit/clock.ts";
import { uuidv7 } from "../../../kit/ids.ts";
import { createService } from "../../../service/create-service.ts";
import { makePostgresLedger, whyNot } from "../../../store/postgres/postgres-ledger.testsuite.ts";
import { makeSqliteLedger } from "../../../store/sqlite/sqlite-ledger.testsuite.ts";
import type { MakeLedger, TestLedger } from "../../../store/suite/ledger.testsuite.ts";
import { aFlowRun, aState } from "../../../store/suite/samples.testsuite.ts";
import { createTeardownDesk, type KnownOrder, type TeardownDesk } from "./teardown-desk.ts";

const workPoolId = uuidv7();

function testDesks(makeLedger: MakeLedger): void {
  let ledger: TestLedger;
  let apis: readonly Api[];
  /** Of two servers. */
  let desks: readonly [TeardownDesk, TeardownDesk];
  let aheadMs = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };

  beforeEach(async () => {
    aheadMs = 0;
    ledger = await makeLedger();
    apis = [await ledger.open(), await ledger.open()].map((store) => createService({ store, clock }));
    const [here, there] = apis.map((api) => createTeardownDesk({ api, clock }));
    desks = [here as TeardownDesk, there as TeardownDesk];
  });
  afterEach(async () => {
    await Promise.all(apis.map((api) => api.close()));
    await ledger.remove();
  });

  async function order(): Promise<KnownOrder> {
    const [api] = apis as [Api];
    const id = uuidv7();
    const end = { ...aState("CANCELLED", clock.now()), details: { transitionId: id } };
    const run = aFlowRun({ ownerId: null, states: [end], workPoolId, extra: { infrastructurePid: "42" } });
    const { created } = await api.record({ processId: "p", created: [run] });
    const made = toTeardownOrder((created[0] as (typeof created)[number]).run, id);
    await api.createObject("configuration", made as NonNullable<typeof made>);
    return (await desks[0].list([workPoolId]))[0] as KnownOrder;
  }

  test("give an order to one of those who want it at the same time", async () => {
    const known = await order();
    const taken = await Promise.all([desks[0].take(known, "one"), desks[1].take(known, "two")]);
    expect(taken.filter((each) => each !== null)).toHaveLength(1);
    expect(await desks[1].list([workPoolId])).toMatchObject([{ deliveries: 1 }]);
  });

  test("give an order that was lost three times to nobody, and its run's log says so once", async () => {
    let known = await order();
    for (const consumer of ["one", "two", "three"]) {
      expect(await desks[0].take(known, consumer)).toMatchObject({ infrastructurePid: "42" });
      aheadMs += 31_000;
      known = (await desks[1].list([workPoolId]))[0] as KnownOrder;
    }
    expect(known.triedBy).toEqual(["one", "two", "three"]);
    expect(await Promise.all(desks.map((desk) => desk.take(known, "four")))).toEqual([null, null]);
    const [api] = apis as [Api];
    expect(await api.count("configuration", anyTeardownOrder)).toBe(0);
    expect((await api.listLogs({ flowRunIds: [known.flowRunId] })).items).toMatchObject([{ level: "warn" }]);
  });

  test("see the orders of a pool, however many older ones wait in another", async () => {
    const [api] = apis as [Api];
    const crowded = uuidv7();
    const orderOf = async (poolId: string): Promise<string> => {
      const run = aFlowRun({ ownerId: null, workPoolId: poolId, extra: { infrastructurePid: "42" } });
      const { created } = await api.record({ processId: "p", created: [run] });
      const made = toTeardownOrder((created[0] as (typeof created)[number]).run, uuidv7());
      return (await api.createObject("configuration", made as NonNullable<typeof made>)).id;
    };
    for (let n = 0; n < 200; n++) await orderOf(crowded);
    const id = await orderOf(workPoolId);
    const listed = await desks[0].list([crowded, workPoolId]);
    expect(listed).toHaveLength(201);
    expect(listed.filter((each) => each.workPoolId === workPoolId)).toMatchObject([{ id }]);
  });

  test("take nothing for an order that is none, and do nothing when its time is over", async () => {
    const [api] = apis as [Api];
    const { id: orderId } = await api.createObject("configuration", { name: `teardown ${workPoolId} x`, value: "tea" });
    expect(await desks[0].list([workPoolId])).toEqual([]);
    expect(await desks[0].settle({ kind: "ack", orderId, token: "t", workPoolId })).toMatchObject({
      status: "not_found",
    });
    const known = await order();
    const operation = { kind: "ack", orderId: known.id, workPoolId } as const;
    expect(await desks[0].settle({ ...operation, token: "t" })).toMatchObject({ status: "not_current" });
    const token = (await desks[0].take(known, "one"))?.token ?? "";
    aheadMs = 31_000;
    expect(await desks[1].settle({ ...operation, token })).toEqual({ status: "expired", reason: "lease_expired" });
    expect(await desks[1].list([workPoolId])).toMatchObject([{ id: known.id, held: null, deliveries: 1 }]);
  });
}

describe("desks in SQLite", () => {
  testDesks(makeSqliteLedger);
});

describe.skipIf(whyNot !== "")(`desks in PostgreSQL${whyNot}`, () => {
  testDesks(makePostgresLedger);
});
