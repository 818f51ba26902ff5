import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { takenSlots } from "../contract/concurrency.ts";
import type { ConcurrencyLimit } from "../contract/objects.ts";
import { decideTake, giveBack, settle } from "./slots.ts";

const now = 1_800_000_000_000;

function aLimit(more: Partial<ConcurrencyLimit> = {}): ConcurrencyLimit {
  return {
    id: "0199a000-0000-7000-8000-000000000001",
    revision: 1,
    createdAt: now,
    updatedAt: now,
    name: "database",
    active: true,
    slots: 2,
    taken: 0,
    takenAt: now,
    decayPerSecond: 0,
    denied: 0,
    ...more,
  };
}

describe("slots are taken", () => {
  test("of all limits", () => {
    const [one, two] = [aLimit({ taken: 1 }), aLimit({ name: "disk", slots: 5 })];
    expect(decideTake([one, two], { slots: 1, now })).toEqual({
      granted: true,
      refusal: null,
      changed: [
        { ...one, taken: 2 },
        { ...two, taken: 1 },
      ],
    });
  });

  test("or of none, and those that are full remember how many were asked for", () => {
    const [full, free] = [aLimit({ taken: 2 }), aLimit({ name: "disk" })];
    expect(decideTake([free, full], { slots: 1, now })).toEqual({
      granted: false,
      refusal: { reason: "full", refusedBy: ["database"], retryAfterMs: 1000 },
      changed: [{ ...full, denied: 1 }],
    });
  });

  test("of no limit that is not active", () => {
    const limits = [aLimit({ active: false, taken: 2 })];
    expect(decideTake(limits, { slots: 1, now })).toEqual({ granted: true, refusal: null, changed: [] });
    expect(decideTake([], { slots: 1, now })).toEqual({ granted: true, refusal: null, changed: [] });
  });

  test.each([0, 2])("never of a limit of %i slots that is too small", (slots) => {
    expect(decideTake([aLimit({ slots })], { slots: slots + 1, now })).toEqual({
      granted: false,
      refusal: { reason: "too-many", refusedBy: ["database"], retryAfterMs: null },
      changed: [],
    });
  });

  test("as a rate only where they decay", () => {
    const decaying = aLimit({ name: "mail", decayPerSecond: 0.5 });
    const { refusal } = decideTake([decaying, aLimit()], { slots: 1, mode: "rate-limit", now });
    expect(refusal).toEqual({ reason: "no-decay", refusedBy: ["database"], retryAfterMs: null });
    expect(decideTake([decaying], { slots: 2, mode: "rate-limit", now }).granted).toBe(true);
  });
});

describe("slots decay", () => {
  const full = aLimit({ taken: 2, decayPerSecond: 0.5 });

  test("and one that has in part is taken still", () => {
    expect([0, 1000, 1999, 2000, 3999, 4000, 9000].map((ms) => takenSlots(full, now + ms))).toEqual([
      2, 2, 2, 1, 1, 0, 0,
    ]);
  });

  test("also while others are denied", () => {
    const [denied] = decideTake([full], { slots: 1, now: now + 1500 }).changed;
    expect(decideTake([denied ?? full], { slots: 1, now: now + 2000 }).granted).toBe(true);
  });

  test("and not backwards, for a clock that is behind", () => {
    expect(settle(full, now - 60_000)).toEqual(full);
  });

  test("so it is known when the next is free, after those who were denied before", () => {
    const first = decideTake([full], { slots: 1, now: now + 500 });
    expect(first.refusal?.retryAfterMs).toBe(1500);
    const second = decideTake(first.changed, { slots: 1, now: now + 500 });
    expect(second.refusal?.retryAfterMs).toBe(3500);
  });
});

describe("slots come back", () => {
  test("and never more than were taken", () => {
    expect(giveBack(aLimit({ taken: 2 }), { slots: 1, now }).taken).toBe(1);
    expect(giveBack(aLimit({ taken: 1 }), { slots: 5, now }).taken).toBe(0);
  });

  test("with how long they were held, in a moving average", () => {
    const limit = aLimit({ taken: 2, averageSeconds: 4 });
    expect(giveBack(limit, { slots: 1, heldMs: 8000, now }).averageSeconds).toBe(5);
    expect(giveBack(limit, { slots: 1, now }).averageSeconds).toBe(4);
  });
});

describe("the wait for a slot that somebody holds", () => {
  const wait = (more: Partial<ConcurrencyLimit>): number | null | undefined =>
    decideTake([aLimit({ slots: 1, taken: 1, ...more })], { slots: 1, now }).refusal?.retryAfterMs;

  test("is as long as one is held on average, and longer the more wait", () => {
    expect([wait({}), wait({ averageSeconds: 5 }), wait({ denied: 3 })]).toEqual([2000, 5000, 8000]);
  });

  test("is bounded", () => {
    expect([wait({ averageSeconds: 3600 }), wait({ averageSeconds: 0 }), wait({ denied: 1e6 })]).toEqual([
      30_000, 100, 30_000,
    ]);
  });

  test("forgets those who were denied as fast as slots come free", () => {
    const [denied] = decideTake([aLimit({ taken: 2, denied: 3 })], { slots: 1, now }).changed;
    expect(settle(denied ?? aLimit(), now + 2000).denied).toBe(2);
  });
});

test("whatever is asked and given back, no more is taken than there is", () => {
  const step = fc.record({
    slots: fc.integer({ min: 1, max: 4 }),
    afterMs: fc.integer({ min: -500, max: 3000 }),
    takes: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step), fc.constantFrom(0, 0.3, 1), (steps, decayPerSecond) => {
      let limit = aLimit({ slots: 3, decayPerSecond });
      let at = now;
      for (const { slots, afterMs, takes } of steps) {
        at += afterMs;
        limit = takes
          ? (decideTake([limit], { slots, now: at }).changed[0] ?? limit)
          : giveBack(limit, { slots, now: at });
        expect(limit.taken).toBeGreaterThanOrEqual(0);
        expect(limit.taken).toBeLessThanOrEqual(3 + 1e-6);
        expect(limit.denied).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});
