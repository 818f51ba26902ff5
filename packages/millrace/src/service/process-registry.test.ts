import { expect, test } from "vitest";
import type { Store } from "../contract/store.ts";
import { systemClock } from "../kit/clock.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import { createService } from "./create-service.ts";
import { aFlowRun } from "../store/suite/samples.testsuite.ts";
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

test("a run that waits within its process for its next attempt ends with it", async () => {
  const ledger = await makeLedger();
  const store = await ledger.open();
  const service = createService({ store, clock: systemClock, isAlive: () => "dead" });
  const run = await begin(service, await register(service, { startedAt: 1 }));
  const state = { type: "SCHEDULED", name: "AwaitingRetry", details: { scheduledAt: systemClock.now() } } as const;
  await service.proposeFlowRunState({ id: run.id, epoch: run.epoch, state });
  expect(await service.expireProcesses()).toBe(1);
  expect(await service.readFlowRun(run.id)).toMatchObject({ state: { type: "CRASHED" }, ownerId: null });
  await store.close();
  await ledger.remove();
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
