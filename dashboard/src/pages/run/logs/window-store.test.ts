import type { StoredLogLine } from "millrace/client";
import { expect, test } from "vitest";
import { createWindowStore, type ReadWindow, windowSize } from "./window-store.ts";

const lineOf = (seq: number): StoredLogLine => ({
  seq,
  flowRunId: null,
  taskRunId: null,
  attempt: 1,
  at: seq,
  level: "info",
  logger: "test",
  message: `line ${seq}`,
  fields: null,
});

/** A log of so many lines, and the windows that were asked for. */
function createLog(total: number): { readonly read: ReadWindow<StoredLogLine>; readonly asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    read: async ({ offset, limit }) => {
      asked.push(offset);
      return Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, at) => lineOf(offset + at));
    },
  };
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

test("windows are read once, as they come into view", async () => {
  const log = createLog(1000);
  const store = createWindowStore(log.read);
  store.want([150, 151, 210]);
  await settle();
  expect(store.itemAt(151)?.seq).toBe(151);
  expect(log.asked).toEqual([100, 200]);
  store.want([150, 299]);
  await settle();
  expect(log.asked).toEqual([100, 200]);
});

test("what was asked for and has not begun is forgotten when something else is asked for", async () => {
  const log = createLog(100_000);
  const store = createWindowStore(log.read);
  store.want([0, 1000, 2000, 3000, 4000]);
  store.want([50_000]);
  await settle();
  expect(log.asked).toEqual([0, 1000, 2000, 50_000]);
});

test("lines that came by another way need no reading", async () => {
  const log = createLog(1000);
  const store = createWindowStore(log.read);
  store.put(
    95,
    Array.from({ length: 10 }, (_, at) => lineOf(95 + at)),
  );
  expect([store.itemAt(95)?.seq, store.itemAt(104)?.seq, store.itemAt(94)]).toEqual([95, 104, undefined]);
  store.want([96, 104]);
  await settle();
  expect(log.asked).toEqual([]);
});

test("no more than 200,000 lines are held", async () => {
  const store = createWindowStore(createLog(1_000_000).read);
  for (let place = 0; place < 250_000; place += windowSize) {
    store.put(
      place,
      Array.from({ length: windowSize }, (_, at) => lineOf(place + at)),
    );
  }
  expect(store.held()).toBe(200_000);
  expect(store.itemAt(0)).toBeUndefined();
  expect(store.itemAt(249_999)?.seq).toBe(249_999);
});
