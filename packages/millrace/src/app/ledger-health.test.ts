import { afterEach, beforeEach, expect, test } from "vitest";
import { MillraceError } from "../contract/errors.ts";
import type { Store } from "../contract/store.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import { create } from "../store/suite/samples.testsuite.ts";
import { createLedgerHealth } from "./ledger-health.ts";

let ledger: Awaited<ReturnType<typeof makeLedger>>;
let store: Store;
beforeEach(async () => {
  ledger = await makeLedger();
  store = await ledger.open();
});
afterEach(async () => {
  await store.close();
  await ledger.remove();
});

test("a ledger that can be used is told so", async () => {
  const health = createLedgerHealth(store, "here");
  await create(health.store);
  await expect(health.check()).resolves.toBeUndefined();
});

test("a disk that was full makes it unfit until something can be written again", async () => {
  const full = new MillraceError("LEDGER_FULL", { location: "here" });
  let isFull = true;
  let tries = 0;
  const health = createLedgerHealth(
    {
      ...store,
      record: (batch) => (isFull ? Promise.reject(full) : store.record(batch)),
      tryWriting: () => {
        tries++;
        return isFull ? Promise.reject(full) : store.tryWriting();
      },
    },
    "here",
  );
  await health.check();
  expect(tries).toBe(0);
  await expect(create(health.store)).rejects.toBe(full);
  await expect(health.check()).rejects.toBe(full);
  isFull = false;
  await health.check();
  await health.check();
  expect(tries).toBe(2);
});

test("whatever cannot be written makes it unfit", async () => {
  const full = new MillraceError("LEDGER_FULL", { location: "here" });
  const refuse = (): Promise<never> => Promise.reject(full);
  const slot = createLedgerHealth({ ...store, releaseSlot: refuse, tryWriting: refuse }, "here");
  await expect(slot.store.releaseSlot("database", "somebody")).rejects.toBe(full);
  await expect(slot.check()).rejects.toBe(full);
  const access = { ...store.access, deleteSession: refuse };
  const session = createLedgerHealth({ ...store, access, tryWriting: refuse }, "here");
  await expect(session.store.access.deleteSession("digest")).rejects.toBe(full);
  await expect(session.check()).rejects.toBe(full);
});

test("tables that a later version has changed are none that this one serves", async () => {
  const later = { ...store, readSchemaVersion: async () => store.schemaVersion + 1 };
  await expect(createLedgerHealth(later, "here").check()).rejects.toMatchObject({
    code: "LEDGER_NEWER",
    data: { location: "here", found: store.schemaVersion + 1 },
  });
});
