import { describe, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import type { AutomationFiring } from "../contract/objects.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import { createService } from "../service/create-service.ts";
import { makePostgresLedger, whyNot } from "../store/postgres/postgres-ledger.testsuite.ts";
import { makeSqliteLedger } from "../store/sqlite/sqlite-ledger.testsuite.ts";
import type { MakeLedger } from "../store/suite/ledger.testsuite.ts";
import { createRetentionLoop } from "./retention.ts";

const dayMs = 86_400_000;
const retention = { firingRetentionMs: 30 * dayMs, workerRetentionMs: 7 * dayMs };

function testRetention(makeLedger: MakeLedger): void {
  test("deletes firings that were acted on and workers not heard of, after their time, and each once", async () => {
    const ledger = await makeLedger();
    let aheadMs = 0;
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    const apis = [await ledger.open(), await ledger.open()].map((store) => createService({ store, clock }));
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
    const tick = async (): Promise<readonly number[]> =>
      Promise.all(apis.map((each) => createRetentionLoop({ api: each, clock, retention }).tick()));
    const sum = (counts: readonly number[]): number => counts.reduce((all, each) => all + each, 0);

    aheadMs = 6 * dayMs;
    await api.heartbeatWorker({ workPoolId: pool.id, name: "there" });
    expect(sum(await tick())).toBe(0);
    aheadMs = 8 * dayMs;
    expect(sum(await tick())).toBe(1);
    expect((await api.listObjects("worker")).items.map(({ name }) => name)).toEqual(["there"]);
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
}

describe("retention in SQLite", () => {
  testRetention(makeSqliteLedger);
});

describe.skipIf(whyNot !== "")(`retention in PostgreSQL${whyNot}`, () => {
  testRetention(makePostgresLedger);
});
