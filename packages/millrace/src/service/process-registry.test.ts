import { expect, test } from "vitest";
import type { Store } from "../contract/store.ts";
import { systemClock } from "../kit/clock.ts";
import { makeSqliteLedger } from "../store/sqlite/sqlite-ledger.testsuite.ts";
import { createService } from "./create-service.ts";
import { begin, register } from "./suite/api-under-test.testsuite.ts";

test("a run that cannot be ended keeps no other from being ended, and is told", async () => {
  const ledger = await makeSqliteLedger();
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
