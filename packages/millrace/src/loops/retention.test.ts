import { describe, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import type { FlowRun, NewFlowRun } from "../contract/flow-run.ts";
import type { AutomationFiring } from "../contract/objects.ts";
import { toTeardownOrder } from "../contract/teardown-orders.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { createService } from "../service/create-service.ts";
import { makePostgresLedger, whyNot } from "../store/postgres/postgres-ledger.testsuite.ts";
import { makeSqliteLedger } from "../store/sqlite/sqlite-ledger.testsuite.ts";
import type { MakeLedger } from "../store/suite/ledger.testsuite.ts";
import { aFlowRun, anEvent, aState, aTransition, create, record } from "../store/suite/samples.testsuite.ts";
import { createAutomationsLoop } from "./automations.ts";
import { createRetentionLoop } from "./retention.ts";

const dayMs = 86_400_000;
const retention = {
  firingRetentionMs: 30 * dayMs,
  workerRetentionMs: 7 * dayMs,
  eventRetentionMs: 3650 * dayMs,
  runRetentionMs: null,
  auditRetentionMs: 90 * dayMs,
};
const noTemplates = { vault: { seal: never, open: never }, onFailure: never };

function never(): never {
  throw new Error("nothing is sealed here, and nothing fails");
}

function testRetention(makeLedger: MakeLedger): void {
  test("deletes firings that were acted on, workers not heard of and orders that nobody came for, after their time and once", async () => {
    const ledger = await makeLedger();
    let aheadMs = 0;
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    const stores = [await ledger.open(), await ledger.open()];
    const apis = stores.map((store) => createService({ store, clock }));
    const [api] = apis as [Api];
    const { id: automationId } = await api.createObject("automation", {
      name: "watch",
      enabled: false,
      tags: [],
      owner: null,
    });
    const fire = async (status: AutomationFiring["status"]): Promise<string> =>
      (await api.createObject("automation-firing", { automationId, status })).id;
    await Promise.all(Array.from({ length: 105 }, (_, n) => fire(n % 2 === 0 ? "done" : "failed")));
    const pending = await fire("pending");
    const pool = await api.createWorkPool({ name: "p", type: "process" });
    for (const name of ["gone", "there"]) await api.heartbeatWorker({ workPoolId: pool.id, name });
    const lost = aFlowRun({ ownerId: null, workPoolId: pool.id, extra: { infrastructurePid: "1" } });
    const { created } = await api.record({ processId: "p", created: [lost] });
    const order = toTeardownOrder((created[0] as (typeof created)[number]).run, uuidv7());
    await api.createObject("configuration", order as NonNullable<typeof order>);
    await api.createObject("configuration", { name: "anything else" });
    const tick = async (): Promise<readonly number[]> =>
      Promise.all(
        stores.map((store, n) => createRetentionLoop({ api: apis[n] ?? api, store, clock, retention }).tick()),
      );
    const sum = (counts: readonly number[]): number => counts.reduce((all, each) => all + each, 0);

    aheadMs = 6 * dayMs;
    await api.heartbeatWorker({ workPoolId: pool.id, name: "there" });
    expect(sum(await tick())).toBe(0);
    aheadMs = 8 * dayMs;
    expect(sum(await tick())).toBe(2);
    expect((await api.listObjects("worker")).items.map(({ name }) => name)).toEqual(["there"]);
    expect((await api.listObjects("configuration")).items.map(({ name }) => name)).toEqual(["anything else"]);
    const recent = await fire("done");
    aheadMs = 29 * dayMs;
    await api.heartbeatWorker({ workPoolId: pool.id, name: "there" });
    expect(sum(await tick())).toBe(0);
    aheadMs = 31 * dayMs;
    expect(sum(await tick())).toBe(105);
    const kept = (await api.listObjects("automation-firing")).items.map(({ id }) => id);
    expect(kept.toSorted()).toEqual([pending, recent].toSorted());
    await Promise.all(apis.map((each) => each.close()));
    await ledger.remove();
  });

  test("deletes events after their time that automations have done with, in batches, and those behind younger ones", async () => {
    const ledger = await makeLedger();
    const store = await ledger.open();
    let aheadMs = 0;
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    const api = createService({ store, clock });
    const begunAfter: number[] = [];
    const deleteEvents: typeof store.deleteEvents = (request) => {
      begunAfter.push(request.afterSeq);
      return store.deleteEvents(request);
    };
    const loop = createRetentionLoop({
      api,
      store: { ...store, deleteEvents },
      clock,
      retention: { ...retention, eventRetentionMs: 7 * dayMs },
    });
    const tell = async (count: number, at: number, name: string): Promise<void> => {
      await record(store, {
        events: Array.from({ length: count }, () => anEvent({ name, at, resource: { id: "sensor" } })),
      });
    };
    const names = async (): Promise<readonly string[]> =>
      (await api.listEvents({ resourceIds: ["sensor"] }, { limit: 10_000 })).items.map(({ name }) => name);
    const evaluate = async (): Promise<void> => {
      const automations = createAutomationsLoop({ api, clock, ...noTemplates });
      await automations.tick();
      await automations.stop();
    };

    const begun = clock.now();
    await tell(1300, begun, "old");
    aheadMs = 8 * dayMs;
    expect(await loop.tick()).toBe(0);
    expect(await names()).toHaveLength(1300);
    await evaluate();
    await tell(600, clock.now(), "young");
    await tell(2, begun, "late");
    await tell(1, clock.now(), "newest");
    await loop.tick();
    // Not over and over through what it has just deleted.
    expect(begunAfter.filter((seq) => seq === 0)).toHaveLength(1);
    // The last of those that automations have done with stays.
    expect((await names()).filter((name) => name === "old").length).toBeLessThanOrEqual(1);
    expect((await names()).filter((name) => name !== "old")).toHaveLength(603);
    await evaluate();
    await loop.tick();
    const left = await names();
    expect([left.length, new Set(left)]).toEqual([601, new Set(["young", "newest"])]);
    aheadMs = 30 * dayMs;
    await loop.tick();
    const newest = (await api.listEvents({}, { limit: 10 })).items;
    expect(newest).toHaveLength(1);
    await tell(1, clock.now(), "after");
    expect((await api.listEvents({ afterSeq: newest[0]?.seq ?? 0 }, {})).items.map(({ name }) => name)).toContain(
      "after",
    );
    await api.close();
    await ledger.remove();
  });

  test("deletes runs after their end where it is told to, with subflows that have ended as well", async () => {
    const ledger = await makeLedger();
    const store = await ledger.open();
    let aheadMs = 0;
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    const api = createService({ store, clock });
    const tick = (runRetentionMs: number | null): Promise<number> =>
      createRetentionLoop({ api, store, clock, retention: { ...retention, runRetentionMs } }).tick();
    const ended = async (more: Partial<NewFlowRun> = {}): Promise<FlowRun> =>
      create(store, { states: [aState("COMPLETED", clock.now())], ...more });
    const going = async (more: Partial<NewFlowRun> = {}): Promise<FlowRun> =>
      create(store, { states: [aState("RUNNING", clock.now())], ...more });
    const ids = async (): Promise<readonly string[]> =>
      (await api.listFlowRuns({}, "created-asc", {})).items.map(({ id }) => id).toSorted();

    const whole = await ended();
    await ended({ parentRunId: whole.id });
    const busy = await ended();
    const child = await going({ parentRunId: busy.id });
    const long = await going();
    aheadMs = 20 * dayMs;
    const recent = await ended();
    const all = await ids();
    expect(await tick(null)).toBe(0);
    aheadMs = 31 * dayMs;
    expect(await tick(null)).toBe(0);
    expect(await ids()).toEqual(all);
    expect(await tick(30 * dayMs)).toBe(1);
    expect(await ids()).toEqual([busy, child, long, recent].map(({ id }) => id).toSorted());
    await api.close();
    await ledger.remove();
  });

  test("leaves a run that was taken up again, and passes by those whose subflows go on, however many", async () => {
    const ledger = await makeLedger();
    const store = await ledger.open();
    const api = createService({ store, clock: systemClock });
    const at = systemClock.now() - 10 * dayMs;
    const ended = [aState("FAILED", at)];
    const again = await create(store, { states: ended });
    const parents = Array.from({ length: 1000 }, () => aFlowRun({ states: ended }));
    const children = parents.map(({ id }) => aFlowRun({ parentRunId: id, states: [aState("RUNNING", at)] }));
    await record(store, { created: [...parents, ...children] });
    const behind = await create(store, { states: [aState("COMPLETED", at + 1)] });
    const takingUp: typeof api.listFlowRuns = async (...asked) => {
      const page = await api.listFlowRuns(...asked);
      const transition = aTransition(again, aState("RUNNING", systemClock.now()), { endedAt: null });
      await record(store, { transitions: [transition] });
      return page;
    };
    const loop = createRetentionLoop({
      api: { ...api, listFlowRuns: takingUp },
      store,
      clock: systemClock,
      retention: { ...retention, runRetentionMs: dayMs },
    });
    expect(await loop.tick()).toBe(0);
    expect(await api.readFlowRun(again.id)).toMatchObject({ state: { type: "RUNNING" } });
    expect(await loop.tick()).toBe(1);
    expect(await api.readFlowRun(behind.id)).toBeNull();
    expect(await api.count("flow-run", { all: [] })).toBe(2001);
    expect(await loop.tick()).toBe(0);
    await api.close();
    await ledger.remove();
  });

  test("goes on behind what cannot be deleted, and says so after all of it", async () => {
    const ledger = await makeLedger();
    const store = await ledger.open();
    let aheadMs = 0;
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    const api = createService({ store, clock });
    const pool = await api.createWorkPool({ name: "p", type: "process" });
    const stuck = await api.heartbeatWorker({ workPoolId: pool.id, name: "stuck" });
    await api.heartbeatWorker({ workPoolId: pool.id, name: "gone" });
    const bad = await create(store, { states: [aState("COMPLETED", clock.now())] });
    await create(store, { states: [aState("COMPLETED", clock.now())] });
    aheadMs = 8 * dayMs;
    const refusing: typeof store.deleteFlowRun = async (id, only) => {
      if (id === bad.id) throw new Error("a damaged run");
      return store.deleteFlowRun(id, only);
    };
    const loop = createRetentionLoop({
      api: {
        ...api,
        deleteObject: async (kind, id) => {
          if (id === stuck.id) throw new Error("a damaged worker");
          return api.deleteObject(kind, id);
        },
      },
      store: { ...store, deleteFlowRun: refusing },
      clock,
      retention: { ...retention, runRetentionMs: dayMs },
    });
    await expect(loop.tick()).rejects.toThrow("a damaged worker");
    expect((await api.listObjects("worker")).items.map(({ name }) => name)).toEqual(["stuck"]);
    expect((await api.listFlowRuns({}, "created-asc", {})).items.map(({ id }) => id)).toEqual([bad.id]);
    await api.deleteObject("worker", stuck.id);
    await expect(loop.tick()).rejects.toThrow("a damaged run");
    await api.close();
    await ledger.remove();
  });

  test("deletes sessions that have ended, and what is old in the audit log, however much", async () => {
    const ledger = await makeLedger();
    const store = await ledger.open();
    let aheadMs = 0;
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    const api = createService({ store, clock });
    const { id: accountId } = await api.createAccount({ name: "ada", kind: "person", role: "admin" });
    const at = clock.now();
    const open = (digest: string, expiresAt: number) =>
      store.access.insertSession({ digest, accountId, createdAt: at, expiresAt });
    await open("short", at + dayMs);
    await open("long", at + 100 * dayMs);
    const entry = {
      at,
      accountId,
      accountName: "ada",
      means: "key",
      keyId: null,
      address: "127.0.0.1",
      action: "deleteFlowRun",
      path: "/",
      outcome: "done",
      status: 200,
      requestId: "r",
    } as const;
    await store.access.insertAuditEntries(Array.from({ length: 700 }, () => entry));
    await store.access.insertAuditEntries([{ ...entry, at: at + 5 * dayMs, requestId: "young" }]);
    const loop = createRetentionLoop({ api, store, clock, retention });
    expect(await loop.tick()).toBe(0);
    aheadMs = 2 * dayMs;
    expect(await loop.tick()).toBe(1);
    expect(await store.access.readSession("long")).not.toBeNull();
    aheadMs = 91 * dayMs;
    expect(await loop.tick()).toBe(700);
    expect((await api.listAuditEntries({})).items.map(({ requestId }) => requestId)).toEqual(["young"]);
    await api.close();
    await ledger.remove();
  });
}

describe("retention in SQLite", () => {
  testRetention(makeSqliteLedger);
});

describe.skipIf(whyNot !== "")(`retention in PostgreSQL${whyNot}`, () => {
  testRetention(makePostgresLedger);
});
