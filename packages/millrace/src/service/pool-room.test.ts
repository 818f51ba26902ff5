/** Workers that ask and claim at once, each over a connection of its own: no pool and no queue has more under way than it may. */

import { describe, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import type { WorkPool } from "../contract/objects.ts";
import { roomFreedEvent } from "../contract/work.ts";
import { systemClock } from "../kit/clock.ts";
import { makePostgresLedger, whyNot } from "../store/postgres/postgres-ledger.testsuite.ts";
import { makeSqliteLedger } from "../store/sqlite/sqlite-ledger.testsuite.ts";
import type { MakeLedger } from "../store/suite/ledger.testsuite.ts";
import { createService } from "./create-service.ts";

const before = Date.UTC(2040, 0, 1);
const workers = 4;
const poolLimit = 3;
const queueLimit = 2;

async function openAll(
  makeLedger: MakeLedger,
): Promise<{ readonly apis: readonly Api[]; readonly remove: () => Promise<void> }> {
  const ledger = await makeLedger();
  const stores = await Promise.all(Array.from({ length: workers }, () => ledger.open()));
  const apis = stores.map((store) => createService({ store, clock: systemClock }));
  return {
    apis,
    remove: async () => {
      await Promise.all(apis.map((api) => api.close()));
      await ledger.remove();
    },
  };
}

async function claim(api: Api, id: string): Promise<boolean> {
  const state = { type: "PENDING", name: "Pending" } as const;
  return (await api.proposeFlowRunState({ id, state, guest: true })).decision.answer === "ACCEPT";
}

async function end(api: Api, id: string): Promise<void> {
  for (const [type, name] of [
    ["RUNNING", "Running"],
    ["COMPLETED", "Completed"],
  ] as const) {
    await api.proposeFlowRunState({ id, state: { type, name }, guest: true });
  }
}

/** A pool with a limit, whose first queue has one too; runs are due in it and in another. */
async function makePool(api: Api, runs: number): Promise<WorkPool> {
  const pool = await api.createWorkPool({ name: "p", type: "process", concurrencyLimit: poolLimit });
  await api.updateWorkQueue(pool.defaultQueueId ?? "", { concurrencyLimit: queueLimit });
  const { deployment } = await api.saveDeployment({
    flowName: "etl",
    name: "n",
    workPoolId: pool.id,
    workQueueId: pool.defaultQueueId ?? null,
  });
  for (let n = 0; n < runs; n++) {
    await api.submitRun({ deployment: deployment.id, ...(n % 2 === 0 ? {} : { workQueueName: "other" }) });
  }
  return pool;
}

function testRoom(makeLedger: MakeLedger): void {
  test("is never overdrawn by workers that ask and claim at once, and all of it is used", async () => {
    const { apis, remove } = await openAll(makeLedger);
    const [api] = apis as [Api];
    const runs = 18;
    const pool = await makePool(api, runs);
    const counts: number[] = [];
    for (let ended = 0; ended < runs; ) {
      const asked = await Promise.all(apis.map((each) => each.findDueRuns({ workPoolId: pool.id, before })));
      const ids = [...new Set(asked.flat().map(({ id }) => id))];
      // Each worker tries another one first.
      const claims = apis.flatMap((each, index) => ids.map((_, at) => ({ each, id: ids[(at + index) % ids.length] })));
      const taken = await Promise.all(
        claims.map(({ each, id = "" }) => claim(each, id).then((isOurs) => (isOurs ? [id] : []))),
      );
      const where = { field: "stateType", in: ["PENDING", "RUNNING"] };
      const active = (await api.listFlowRuns({ where })).items;
      counts.push(active.length);
      expect(active.filter(({ workQueueId }) => workQueueId === pool.defaultQueueId).length).toBeLessThanOrEqual(
        queueLimit,
      );
      expect(active.map(({ id }) => id).toSorted()).toEqual(taken.flat().toSorted());
      for (const { id } of active) await end(api, id);
      ended += active.length;
    }
    expect(Math.max(...counts)).toBe(poolLimit);
    await remove();
  });

  test("that a run leaves is told of when others wait for it, and then only", async () => {
    const { apis, remove } = await openAll(makeLedger);
    const [api, another] = apis as [Api, Api];
    const told = async (): Promise<number> => (await api.listEvents({ names: [roomFreedEvent] })).items.length;
    const pool = await makePool(api, 6);
    const ids = (await api.findDueRuns({ workPoolId: pool.id, before })).map(({ id }) => id);
    expect(ids).toHaveLength(poolLimit);
    for (const id of ids) expect(await claim(another, id)).toBe(true);
    expect(await api.findDueRuns({ workPoolId: pool.id, before })).toEqual([]);
    expect(await told()).toBe(0);
    await end(another, ids[0] ?? "");
    expect(await told()).toBe(1);
    // One look is enough.
    const next = await api.findDueRuns({ workPoolId: pool.id, before });
    expect(next).toHaveLength(1);
    await api.updateObject("work-pool", pool.id, { paused: true });
    await end(another, ids[1] ?? "");
    expect(await told()).toBe(1);
    await remove();
  });

  test("is not asked for by who sets a state by force", async () => {
    const { apis, remove } = await openAll(makeLedger);
    const [api] = apis as [Api];
    const pool = await makePool(api, 2);
    await api.updateObject("work-pool", pool.id, { concurrencyLimit: 0 });
    const [run] = (await api.listFlowRuns({})).items;
    const id = run?.id ?? "";
    const refused = await api.proposeFlowRunState({ id, state: { type: "PENDING", name: "Pending" }, guest: true });
    expect(refused).toMatchObject({
      decision: { answer: "ABORT", reason: expect.stringContaining("as many runs under way as it may") as string },
      run: { state: { type: "SCHEDULED" } },
    });
    const state = { type: "PENDING", name: "Pending" } as const;
    const forced = await api.proposeFlowRunState({ id, state, guest: true, force: "a person" });
    expect(forced.run?.state.type).toBe("PENDING");
    await remove();
  });
}

describe("room in a pool in SQLite", () => {
  testRoom(makeSqliteLedger);
});

describe.skipIf(whyNot !== "")(`room in a pool in PostgreSQL${whyNot}`, () => {
  testRoom(makePostgresLedger);
});
