import { expect, test } from "vitest";
import type { Store } from "../contract/store.ts";
import { systemClock } from "../kit/clock.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import { createService } from "./create-service.ts";
import { aFlowRun, aState, startAt } from "../store/suite/samples.testsuite.ts";
import { begin, register } from "./suite/api-under-test.testsuite.ts";

test("a run that cannot be ended keeps no other from being ended, and is told", async () => {
  const ledger = await makeLedger();
  const store = await ledger.open();
  let refused: string | undefined;
  const failure = new TypeError("this row is damaged");
  const faulty: Store = {
    ...store,
    record: (batch) =>
      batch.transitions.some(({ id }) => id === refused) ? Promise.reject(failure) : store.record(batch),
  };
  const service = createService({ store: faulty, clock: systemClock, isAlive: () => "dead" });
  const bad = await begin(service, await register(service, { startedAt: 1 }));
  const good = await begin(service, await register(service, { startedAt: 2 }));
  refused = bad.id;
  await expect(service.expireProcesses()).rejects.toBe(failure);
  expect((await service.readFlowRun(good.id))?.state.type).toBe("CRASHED");
  expect((await service.readFlowRun(bad.id))?.state.type).toBe("RUNNING");
  refused = undefined;
  expect(await service.expireProcesses()).toBe(1);
  await store.close();
  await ledger.remove();
});

test("a run between two attempts ends with the process that waits for the next one", async () => {
  await using opened = await openService();
  const { service } = opened;
  const holder = await register(service);
  const details = { scheduledAt: systemClock.now() + 3_600_000 };
  const states = [aState("RUNNING"), aState("SCHEDULED", startAt + 1, { name: "AwaitingRetry", details })];
  const run = await begin(service, holder, { states });
  expect(await service.expireProcesses()).toBe(1);
  expect((await service.readFlowRun(run.id))?.state).toMatchObject({ type: "CRASHED" });
});

test("a run whose state changed in the moment in which its process was ended is ended too", async () => {
  let meanwhile: (() => Promise<unknown>) | null = null;
  await using opened = await openService((store) => ({
    ...store,
    findOwnedRuns: async (...asked) => {
      const found = await store.findOwnedRuns(...asked);
      const act = meanwhile;
      meanwhile = null;
      await act?.();
      return found;
    },
  }));
  const { service, store } = opened;
  const holder = await register(service);
  const run = await begin(service, holder);
  meanwhile = () => service.proposeFlowRunState({ id: run.id, state: { type: "CANCELLING", name: "Cancelling" } });
  // Its guard does not hold, and the process is forgotten; the same look finds the run by its owner.
  await service.expireProcesses();
  expect(await store.findProcesses([holder])).toEqual([]);
  expect((await service.readFlowRun(run.id))?.state).toMatchObject({ type: "CANCELLED" });
});

test("a claim that comes in after its process was ended leaves no run without a lease", async () => {
  await using opened = await openService();
  const { service } = opened;
  const holder = await register(service);
  const run = await begin(service, holder, { states: [aState("PENDING")], ownerId: null });
  await service.endProcess(holder);
  await service.claimFlowRun({ id: run.id, processId: holder, mode: "start" });
  expect(await service.expireProcesses()).toBe(1);
  expect((await service.readFlowRun(run.id))?.state).toMatchObject({ type: "CRASHED" });
});

test("one call ends so many processes and runs, and the next ones the others", async () => {
  const ledger = await makeLedger();
  const store = await ledger.open();
  const service = createService({ store, clock: systemClock, isAlive: () => "dead" });
  const busy = await register(service, { startedAt: 0 });
  const created = Array.from({ length: 620 }, () => aFlowRun({ ownerId: busy }));
  await service.record({ processId: busy, created });
  for (let n = 1; n <= 130; n++) await register(service, { startedAt: n });
  expect(await service.expireProcesses()).toBe(500);
  expect(await store.findProcesses([busy])).toHaveLength(1);
  expect(await service.expireProcesses()).toBe(120);
  expect(await store.findProcesses()).toHaveLength(31);
  expect(await service.expireProcesses()).toBe(0);
  expect(await store.findProcesses()).toEqual([]);
  expect((await store.countFlowRuns({ stateTypes: ["CRASHED"] })).CRASHED).toBe(620);
  await store.close();
  await ledger.remove();
});

async function openService(wrap: (store: Store) => Store = (store) => store) {
  const ledger = await makeLedger();
  const store = await ledger.open();
  const service = createService({ store: wrap(store), clock: systemClock, isAlive: () => "dead" });
  return {
    store,
    service,
    async [Symbol.asyncDispose]() {
      await store.close();
      await ledger.remove();
    },
  };
}
