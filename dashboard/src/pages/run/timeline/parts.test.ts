import { expect, test } from "vitest";
import type { Columns } from "./columns.ts";
import { attemptsOf, partsOf, tellParts } from "./parts.ts";

const open = Number.POSITIVE_INFINITY;

function one(run: { readonly end: number; readonly wait?: number; readonly turns?: readonly number[] }): Columns {
  return {
    starts: Float64Array.of(1000),
    ends: Float64Array.of(run.end),
    waits: Float64Array.of(run.wait ?? 0),
    turns: new Map(run.turns === undefined ? [] : [[0, run.turns]]),
  } as unknown as Columns;
}

test("what ran once is one part, and has nothing to tell", () => {
  expect(partsOf(one({ end: 1500 }), 0, 9000)).toEqual([{ kind: "last", from: 1000, to: 1500 }]);
  expect(partsOf(one({ end: open }), 0, 9000)).toEqual([{ kind: "last", from: 1000, to: 9000 }]);
  expect(tellParts(one({ end: 1500, wait: 3 }), 0, 9000)).toEqual([]);
});

test("it waits to begin, is tried, waits, and is tried again", () => {
  const columns = one({ end: 9000, wait: 400, turns: [1000, 5000] });
  expect(partsOf(columns, 0, 0)).toEqual([
    { kind: "queued", from: 600, to: 1000 },
    { kind: "attempt", from: 1000, to: 2000 },
    { kind: "delay", from: 2000, to: 6000 },
    { kind: "last", from: 6000, to: 9000 },
  ]);
  expect(attemptsOf(columns, 0)).toBe(2);
  expect(tellParts(columns, 0, 0)).toEqual(["waited 400ms to begin", "2 attempts, 4.0s between them"]);
});

test("what waits to be tried again is not running, and what ended meanwhile has ended", () => {
  const waiting = one({ end: open, turns: [1000] });
  expect(partsOf(waiting, 0, 5000).at(-1)).toEqual({ kind: "delay", from: 2000, to: 5000 });
  expect(tellParts(waiting, 0, 5000)).toEqual(["waits to be tried again, for 3.0s"]);
  expect(partsOf(one({ end: 3000, turns: [1000] }), 0, 5000).at(-1)).toEqual({ kind: "last", from: 2000, to: 3000 });
});
