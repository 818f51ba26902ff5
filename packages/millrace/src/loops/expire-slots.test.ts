import { expect, test } from "vitest";
import { systemClock } from "../kit/clock.ts";
import { createService } from "../service/create-service.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import { createExpireSlotsLoop } from "./expire-slots.ts";

test("all leases that have ended are found in one tick, each by one of the servers", async () => {
  const ledger = await makeLedger();
  const stores = [await ledger.open(), await ledger.open()] as const;
  const apis = stores.map((store) => createService({ store, clock: systemClock }));
  const [api] = apis as [(typeof apis)[number]];
  const expiresAt = systemClock.now() - 1;
  const limit = await api.createObject("concurrency-limit", {
    name: "database",
    active: true,
    slots: 500,
    taken: 450,
    takenAt: expiresAt,
    decayPerSecond: 0,
    denied: 0,
  });
  for (let index = 0; index < 450; index++) {
    await api.createObject("slot-lease", { expiresAt, holder: "", limitIds: [limit.id], slots: 1 });
  }
  const counts = await Promise.all(apis.map((each) => createExpireSlotsLoop({ api: each }).tick()));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(450);
  expect((await api.readObject("concurrency-limit", limit.id))?.taken).toBe(0);
  expect(await createExpireSlotsLoop({ api }).tick()).toBe(0);
  await Promise.all(stores.map((store) => store.close()));
  await ledger.remove();
});
