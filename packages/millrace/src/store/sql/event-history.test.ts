import { expect, onTestFinished, test } from "vitest";
import { uuidv7 } from "../../kit/ids.ts";
import { makeSqliteLedger } from "../sqlite/sqlite-ledger.testsuite.ts";
import { anEvent, record, startAt } from "../suite/samples.testsuite.ts";

test("a count that has enough ends with the part that it is in", async () => {
  const ledger = await makeSqliteLedger();
  const store = await ledger.open();
  onTestFinished(async () => {
    await store.close();
    await ledger.remove();
  });
  const events = Array.from({ length: 12_000 }, (_, ms) => ({ ...anEvent({ at: startAt + ms }), id: uuidv7() }));
  await record(store, { events });
  const ask = { filter: {}, from: startAt, to: startAt + 12_000, bucketMs: 12_001 };
  const count = async (more: { readonly enough?: number } = {}) =>
    (await store.readEventHistory({ ...ask, ...more }))[0]?.count ?? 0;
  expect([await count(), await count({ enough: 12_000 }), await count({ enough: 20_000 })]).toEqual([
    12_000, 12_000, 12_000,
  ]);
  expect(await count({ enough: 100 })).toBe(5000);
});
