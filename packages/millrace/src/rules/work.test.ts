import { describe, expect, test } from "vitest";
import { createRandom } from "../kit/random.ts";
import { freePriority, freeSlots, makeRoom } from "./work.ts";

test("the first free priority is taken", () => {
  expect(freePriority([])).toBe(1);
  expect(freePriority([1, 2, 4])).toBe(3);
  expect(freePriority([2, 3])).toBe(1);
});

describe("making room for a queue's priority", () => {
  const queues = [
    { id: "a", priority: 1 },
    { id: "b", priority: 2 },
    { id: "c", priority: 4 },
  ];

  test("moves those behind it back, up to the next gap", () => {
    expect(makeRoom(queues, { id: "d", priority: 1 })).toEqual([
      { id: "a", priority: 2 },
      { id: "b", priority: 3 },
    ]);
    expect(makeRoom(queues, { id: "d", priority: 3 })).toEqual([]);
    expect(makeRoom(queues, { id: "c", priority: 2 })).toEqual([{ id: "b", priority: 3 }]);
  });

  test("keeps priorities apart and the order of the others, whatever they are", () => {
    const random = createRandom("priorities");
    const below = (limit: number) => Math.floor(random() * limit);
    for (let round = 0; round < 500; round++) {
      const taken = [...new Set(Array.from({ length: below(8) }, () => 1 + below(12)))];
      const others = taken.map((priority, index) => ({ id: `q${index}`, priority }));
      const given = { id: "given", priority: 1 + below(12) };
      const moved = new Map(makeRoom(others, given).map(({ id, priority }) => [id, priority]));
      const after = others.map(({ id, priority }) => ({ id, priority: moved.get(id) ?? priority }));
      expect(new Set([...after, given].map(({ priority }) => priority)).size).toBe(others.length + 1);
      const order = (all: readonly { id: string; priority: number }[]) =>
        all.toSorted((a, b) => a.priority - b.priority).map(({ id }) => id);
      expect(order(after)).toEqual(order(others));
    }
  });
});

test("slots are what the limit leaves", () => {
  expect(freeSlots({ limit: null, active: 7 })).toBe(Number.POSITIVE_INFINITY);
  expect(freeSlots({ limit: 3, active: 1 })).toBe(2);
  expect(freeSlots({ limit: 1, active: 4 })).toBe(0);
});
