/** Runs that wait for a slot, on two servers: woken in order when one comes back, and not by the clock. */

import { describe, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { StateType } from "../contract/states.ts";
import type { Store } from "../contract/store.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { slotWaitMs } from "../rules/guest-run-transitions.ts";
import { makePostgresLedger, whyNot } from "../store/postgres/postgres-ledger.testsuite.ts";
import { makeSqliteLedger } from "../store/sqlite/sqlite-ledger.testsuite.ts";
import type { MakeLedger } from "../store/suite/ledger.testsuite.ts";
import { aFlowRun, aState } from "../store/suite/samples.testsuite.ts";
import { createService } from "./create-service.ts";

interface Place {
  readonly one: Api;
  readonly other: Api;
  readonly deploymentId: string;
  readonly queueId: string;
  readonly pass: (ms: number) => void;
  readonly submit: (more?: { readonly workQueueName?: string }) => Promise<string>;
  readonly propose: (api: Api, id: string, type: StateType) => Promise<FlowRun | null>;
  /** Those that who serves the deployment finds now. */
  readonly findDue: (api: Api) => Promise<readonly string[]>;
  readonly remove: () => Promise<void>;
}

/** Two services over one ledger, and a deployment that lets so many of its runs go at once. */
async function openPlace(
  makeLedger: MakeLedger,
  options: { readonly slots: number; readonly put?: (store: Store, others: () => Api) => Store },
): Promise<Place> {
  const { slots, put = (store) => store } = options;
  const ledger = await makeLedger();
  let now = 1_800_000_000_000;
  const clock: Clock = { ...systemClock, now: () => now };
  const other: Api = createService({ store: await ledger.open(), clock });
  const one = createService({ store: put(await ledger.open(), () => other), clock });
  const pool = await one.createWorkPool({ name: "p", type: "process" });
  await one.createWorkQueue({ workPoolId: pool.id, name: "low" });
  const { deployment } = await one.saveDeployment({
    flowName: "etl",
    name: "n",
    workPoolId: pool.id,
    workQueueId: pool.defaultQueueId ?? null,
    concurrencyLimit: slots,
  });
  return {
    one,
    other,
    deploymentId: deployment.id,
    queueId: pool.defaultQueueId ?? "",
    pass: (ms) => (now += ms),
    submit: async (more = {}) => {
      now += 1000;
      return (await one.submitRun({ deployment: deployment.id, ...more })).run.id;
    },
    propose: async (api, id, type) => {
      now += 10;
      return (await api.proposeFlowRunState({ id, guest: true, state: { type, name: type } })).run;
    },
    findDue: async (api) =>
      (await api.findDueRunsOfDeployments({ deploymentIds: [deployment.id], before: now })).map(({ id }) => id),
    remove: async () => {
      await one.close();
      await other.close();
      await ledger.remove();
    },
  };
}

const nameOf = async (api: Api, id: string): Promise<string | undefined> => (await api.readFlowRun(id))?.state.name;

function testWaiters(makeLedger: MakeLedger): void {
  test("the next one is due at once, whichever server a slot comes back to", async () => {
    const { one, other, submit, propose, findDue, remove } = await openPlace(makeLedger, { slots: 1 });
    const [first, second, third] = [await submit(), await submit(), await submit()];
    await propose(one, first, "PENDING");
    for (const id of [second, third]) await propose(one, id, "PENDING");
    expect(await nameOf(one, second)).toBe("AwaitingConcurrencySlot");
    expect(await findDue(one)).toEqual([]);
    await propose(other, first, "RUNNING");
    await propose(other, first, "COMPLETED");
    // The first poll finds it, and no time has passed.
    expect(await findDue(one)).toEqual([second]);
    expect((await propose(one, second, "PENDING"))?.state.type).toBe("PENDING");
    await propose(other, second, "CRASHED");
    expect(await findDue(other)).toEqual([third]);
    await remove();
  });

  test("they are woken by the priority of their queues, and then in the order in which they came", async () => {
    const { one, submit, propose, findDue, remove } = await openPlace(makeLedger, { slots: 2 });
    const [a, b] = [await submit(), await submit()];
    const low = { workQueueName: "low" };
    const [early, late, urgent] = [await submit(low), await submit(low), await submit()];
    for (const id of [a, b, late, early, urgent]) await propose(one, id, "PENDING");
    await propose(one, a, "CRASHED");
    expect(await findDue(one)).toEqual([urgent]);
    await propose(one, b, "CRASHED");
    expect((await findDue(one)).toSorted()).toEqual([early, urgent].toSorted());
    await remove();
  });

  test("the urgent one is woken first, however many others have waited for longer", async () => {
    const { one, deploymentId, queueId, submit, propose, findDue, remove } = await openPlace(makeLedger, { slots: 1 });
    const [low] = (await one.listObjects("work-queue", { where: { field: "name", in: ["low"] } })).items;
    const holder = await submit();
    await propose(one, holder, "PENDING");
    const from = 1_700_000_000_000;
    const states = [
      aState("SCHEDULED", from),
      {
        ...aState("SCHEDULED", from + 1),
        name: "AwaitingConcurrencySlot",
        details: { scheduledAt: 1_900_000_000_000 },
      },
    ];
    const common = { flowName: "etl", deploymentId, ownerId: null, states };
    const waiting = Array.from({ length: 250 }, () => aFlowRun({ ...common, workQueueId: low?.id ?? "" }));
    const urgent = aFlowRun({ ...common, workQueueId: queueId });
    await one.record({ processId: "p", created: [...waiting, urgent] });
    await propose(one, holder, "CRASHED");
    expect(await findDue(one)).toEqual([urgent.id]);
    await remove();
  });

  test("of any number of queues none is forgotten", async () => {
    const { one, deploymentId, submit, propose, findDue, remove } = await openPlace(makeLedger, { slots: 1 });
    const holder = await submit();
    await propose(one, holder, "PENDING");
    const waitingSince = (at: number, workQueueId: string) => {
      const details = { scheduledAt: 1_900_000_000_000 };
      const states = [
        { ...aState("SCHEDULED", at), details: { scheduledAt: at } },
        { ...aState("SCHEDULED", at + 1), name: "AwaitingConcurrencySlot", details },
      ];
      return aFlowRun({ flowName: "etl", deploymentId, ownerId: null, states, workQueueId });
    };
    const from = 1_700_000_000_000;
    const others = Array.from({ length: 1000 }, () => uuidv7()).flatMap((queue) => [
      waitingSince(from + 1, queue),
      waitingSince(from + 2, queue),
    ]);
    const first = waitingSince(from, uuidv7());
    await one.record({ processId: "p", created: [...others, first] });
    await propose(one, holder, "CRASHED");
    expect(await findDue(one)).toEqual([first.id]);
    await remove();
  });

  test("one that asks counts those alone that a slot is kept for, and a slot that comes back counts those that wait once", async () => {
    const counted: { readonly field: string; readonly count: number }[] = [];
    const put = (store: Store): Store => ({
      ...store,
      async countBy(subject, field, where) {
        const found = await store.countBy(subject, field, where);
        counted.push({ field, count: found.reduce((sum, { count }) => sum + count, 0) });
        return found;
      },
    });
    const { one, submit, propose, remove } = await openPlace(makeLedger, { slots: 1, put });
    const ids = [await submit(), await submit(), await submit(), await submit()];
    for (const id of ids) await propose(one, id, "PENDING");
    counted.length = 0;
    const newcomer = await submit();
    await propose(one, newcomer, "PENDING");
    expect(await nameOf(one, newcomer)).toBe("AwaitingConcurrencySlot");
    expect(counted).toEqual([{ field: "workQueueId", count: 0 }]);
    counted.length = 0;
    await propose(one, ids[0] ?? "", "CRASHED");
    expect(counted).toEqual([{ field: "workQueueId", count: 4 }]);
    counted.length = 0;
    await propose(one, await submit(), "PENDING");
    // And as that one waits, it looks whether a slot has come back meanwhile.
    expect(counted).toEqual([
      { field: "workQueueId", count: 1 },
      { field: "workQueueId", count: 5 },
    ]);
    await remove();
  });

  test("a newcomer does not take the slot that one was woken for, until that has not asked for long", async () => {
    const { one, other, pass, submit, propose, findDue, remove } = await openPlace(makeLedger, { slots: 1 });
    const [holder, waiter] = [await submit(), await submit()];
    for (const id of [holder, waiter]) await propose(one, id, "PENDING");
    await propose(one, holder, "CRASHED");
    const newcomer = await submit();
    expect((await propose(other, newcomer, "PENDING"))?.state.name).toBe("AwaitingConcurrencySlot");
    expect(await findDue(one)).toEqual([waiter]);
    pass(slotWaitMs);
    expect((await propose(other, newcomer, "PENDING"))?.state.type).toBe("PENDING");
    expect((await propose(one, waiter, "PENDING"))?.state.name).toBe("AwaitingConcurrencySlot");
    await remove();
  });

  test("a slot that comes back between the refusal and the wait wakes the run too", async () => {
    let holder = "";
    let isGivenBack = false;
    const put = (store: Store, others: () => Api): Store => ({
      ...store,
      async record(batch) {
        const waits = batch.transitions.some(({ state }) => state.name === "AwaitingConcurrencySlot");
        if (waits && !isGivenBack) {
          isGivenBack = true;
          await others().proposeFlowRunState({ id: holder, guest: true, state: { type: "CRASHED", name: "Crashed" } });
        }
        return store.record(batch);
      },
    });
    const { one, submit, propose, findDue, remove } = await openPlace(makeLedger, { slots: 1, put });
    holder = await submit();
    await propose(one, holder, "PENDING");
    const waiter = await submit();
    await propose(one, waiter, "PENDING");
    expect(isGivenBack).toBe(true);
    expect(await nameOf(one, waiter)).toBe("AwaitingConcurrencySlot");
    expect(await findDue(one)).toEqual([waiter]);
    await remove();
  });

  test("the slot of a run whose process dies comes back with it, though whoever claimed it is gone too", async () => {
    const { one, other, submit, propose, findDue, remove } = await openPlace(makeLedger, { slots: 1 });
    const [holder, waiter] = [await submit(), await submit()];
    for (const id of [holder, waiter]) await propose(one, id, "PENDING");
    const own = { host: "alder", bootId: null, pid: 4711, startToken: null, startedAt: 0 };
    await one.registerProcess({ id: "process", ...own });
    await one.claimFlowRun({ id: holder, processId: "process", mode: "start" });
    expect(await findDue(one)).toEqual([]);
    await other.endProcess("process");
    expect((await one.readFlowRun(holder))?.state.type).toBe("CRASHED");
    expect(await findDue(one)).toEqual([waiter]);
    expect((await propose(one, waiter, "PENDING"))?.state.type).toBe("PENDING");
    await remove();
  });

  test("deployments that share a limit wait for each other, and a lease that ends by itself wakes too", async () => {
    const { one, other, deploymentId, pass, submit, propose, findDue, remove } = await openPlace(makeLedger, {
      slots: 1,
    });
    const shared = await one.createObject("concurrency-limit", {
      name: "database",
      active: true,
      slots: 1,
      taken: 0,
      takenAt: 0,
      decayPerSecond: 0,
      denied: 0,
    });
    const { deployment: second } = await one.saveDeployment({ flowName: "load", name: "n" });
    for (const id of [deploymentId, second.id]) {
      await one.updateObject("deployment", id, { concurrencyLimitId: shared.id, startGraceMs: 5000 });
    }
    const { run: holder } = await one.submitRun({ deployment: second.id });
    await propose(one, holder.id, "PENDING");
    const waiter = await submit();
    await propose(one, waiter, "PENDING");
    expect(await findDue(one)).toEqual([]);
    pass(5000);
    expect(await other.expireSlots()).toBe(1);
    expect(await findDue(one)).toEqual([waiter]);
    await remove();
  });
}

describe("waiting for a slot in SQLite", () => {
  testWaiters(makeSqliteLedger);
});

describe.skipIf(whyNot !== "")(`waiting for a slot in PostgreSQL${whyNot}`, () => {
  testWaiters(makePostgresLedger);
});
