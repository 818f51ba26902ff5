import { describe, expect, test } from "vitest";
import type { ConcurrencyLimit } from "../contract/objects.ts";
import { endWait, noteWait, waitsOf } from "./slot-waits.ts";

const limit: ConcurrencyLimit = {
  id: "0190b5c8-0000-7000-8000-0000000000aa",
  revision: 1,
  createdAt: 0,
  updatedAt: 0,
  name: "database",
  active: true,
  slots: 1,
  taken: 1,
  takenAt: 0,
  decayPerSecond: 0,
  denied: 0,
};

const holdersOf = (of: ConcurrencyLimit, now: number): readonly string[] =>
  waitsOf(of, now).map(({ holder }) => holder);

describe("who waits for slots of a limit", () => {
  test("is known since they first asked, until they have not asked again in time", () => {
    const first = noteWait(limit, { holder: "flow-run:a", retryAfterMs: 2000, now: 1000 });
    const again = noteWait(first, { holder: "flow-run:a", retryAfterMs: 2000, now: 3000 });
    expect(again.waiting).toEqual([{ holder: "flow-run:a", since: 1000, until: 35_000 }]);
    expect([holdersOf(again, 34_999), holdersOf(again, 35_000)]).toEqual([["flow-run:a"], []]);
    // Who comes back later begins to wait anew.
    expect(noteWait(again, { holder: "flow-run:a", retryAfterMs: 0, now: 40_000 }).waiting?.[0]?.since).toBe(40_000);
  });

  test("waits no more when they are granted", () => {
    const both = ["flow-run:a", "task-run:b"].reduce(
      (of, holder) => noteWait(of, { holder, retryAfterMs: 0, now: 1000 }),
      limit,
    );
    const one = endWait(both, { holder: "flow-run:a", now: 1500 });
    expect(holdersOf(one, 1500)).toEqual(["task-run:b"]);
    expect("waiting" in endWait(one, { holder: "task-run:b", now: 1500 })).toBe(false);
  });

  test("is not told of where they say nothing of who they are", () => {
    expect(noteWait(limit, { retryAfterMs: 0, now: 0 })).toBe(limit);
    expect(endWait(limit, { now: 0 })).toBe(limit);
  });

  test("is kept of the last hundred", () => {
    let many = limit;
    for (let at = 0; at < 150; at++) many = noteWait(many, { holder: `flow-run:${at}`, retryAfterMs: 0, now: at });
    expect(holdersOf(many, 150)).toHaveLength(100);
    expect(holdersOf(many, 150).at(-1)).toBe("flow-run:149");
  });
});
