import { expect, test } from "vitest";
import { MillraceError } from "../contract/errors.ts";
import { systemClock } from "../kit/clock.ts";
import { createService } from "../service/create-service.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import { createLowSpaceLoop } from "./low-space.ts";

test("a disk that is nearly full is told of once, and again when there was space meanwhile", async () => {
  const ledger = await makeLedger();
  const store = await ledger.open();
  const api = createService({ store, clock: systemClock });
  let freeBytes = 500;
  let isFull = false;
  const recording: typeof api.record = async (batch) => {
    if (isFull) throw new MillraceError("LEDGER_FULL", { location: "here" });
    return api.record(batch);
  };
  const loop = createLowSpaceLoop({
    api: { record: recording },
    clock: systemClock,
    readSpace: async () => ({ freeBytes, totalBytes: 1000 }),
  });
  const told = async (free: number): Promise<readonly string[]> => {
    freeBytes = free;
    await loop.tick();
    const { items } = await api.listEvents({ namePrefixes: ["millrace.ledger."] });
    return items.map(({ name }) => name.replace("millrace.ledger.", ""));
  };
  expect(await told(101)).toEqual([]);
  expect(await told(99)).toEqual(["low-space"]);
  expect(await told(50)).toEqual(["low-space"]);
  // At the border it is not taken back.
  expect(await told(110)).toEqual(["low-space"]);
  expect(await told(500)).toEqual(["low-space", "space-regained"]);
  isFull = true;
  await expect(told(0)).rejects.toMatchObject({ code: "LEDGER_FULL" });
  isFull = false;
  // It could not be told before.
  expect(await told(0)).toEqual(["low-space", "space-regained", "low-space"]);
  await store.close();
  await ledger.remove();
});
