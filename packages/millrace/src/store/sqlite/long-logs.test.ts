import { expect, test } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import type { Store } from "../../contract/store.ts";
import { aLogLine, create, record } from "../suite/samples.testsuite.ts";
import { openSqliteStore } from "./open.ts";

const lines = 24_000;
const needles = [0, 4999, 5000, 17_003, 23_999];

async function openWithLog(): Promise<{ readonly store: Store; readonly id: string }> {
  const store = await openSqliteStore({ path: ":memory:", durability: "process", clock: systemClock });
  const { id } = await create(store);
  const { id: other } = await create(store);
  const hasNeedle = new Set(needles);
  const logs = Array.from({ length: lines }, (_, index) => [
    aLogLine(id, hasNeedle.has(index) ? `a Needle ${index}` : `line ${index}`),
    ...(index % 7 === 0 ? [aLogLine(other, "a needle of another run")] : []),
  ]).flat();
  await record(store, { logs });
  return { store, id };
}

test("a long log is searched in parts, between which others are answered, and finds the same", async () => {
  const { store, id } = await openWithLog();
  let answered = 0;
  let isOver = false;
  const ask = (): void => {
    answered += 1;
    if (!isOver) setImmediate(ask);
  };
  setImmediate(ask);
  const of = { flowRunIds: [id] };
  expect(await store.searchLogs({ of, text: "needle", max: 100 })).toEqual({
    total: lines,
    ordinals: needles,
    isCut: false,
  });
  // Of 24,000 lines a part has at most 20,000, and the first one 5,000.
  expect(answered).toBeGreaterThanOrEqual(2);
  isOver = true;
  expect(await store.searchLogs({ of, text: "needle", max: 3 })).toEqual({
    total: lines,
    ordinals: needles.slice(0, 3),
    isCut: true,
  });
  await store.close();
});

test("however many lines match, each is told by its place", async () => {
  const { store, id } = await openWithLog();
  const messages: string[] = [];
  for (let offset = 0; offset < lines; offset += 8000) {
    const { items } = await store.findLogs({ flowRunIds: [id] }, { offset, limit: 8000 });
    messages.push(...items.map(({ message }) => message));
  }
  expect(messages).toHaveLength(lines);
  // All but a few; one of a hundred, and of a thousand; one.
  for (const text of ["line", "00", "000", "line 23998", "nobody"]) {
    const places = messages.flatMap((message, place) => (message.includes(text) ? [place] : []));
    for (const max of [50_000, 101, 100, 1]) {
      expect(await store.searchLogs({ of: { flowRunIds: [id] }, text, max }), `${text}, ${max}`).toEqual({
        total: lines,
        ordinals: places.slice(0, max),
        isCut: places.length > max,
      });
    }
  }
  await store.close();
});

test("lines with a text are listed part by part, from either end, and from any place on", async () => {
  const { store, id } = await openWithLog();
  const find = async (more: Parameters<Store["findLogs"]>[0], page: Parameters<Store["findLogs"]>[1]) => {
    const { items, next } = await store.findLogs({ flowRunIds: [id], contains: "needle", ...more }, page);
    return { found: items.map(({ message }) => Number(message.slice(9))), next };
  };
  const newest = { sort: { field: "seq", direction: "desc" } } as const;
  expect(await find({}, {})).toEqual({ found: needles, next: null });
  expect(await find(newest, {})).toEqual({ found: needles.toReversed(), next: null });
  expect((await find({}, { offset: 2, limit: 2 })).found).toEqual([5000, 17_003]);
  const first = await find(newest, { limit: 2 });
  expect(first.found).toEqual([23_999, 17_003]);
  expect(await find(newest, { limit: 3, cursor: first.next })).toEqual({ found: [5000, 4999, 0], next: null });
  await store.close();
});
