import { describe, expect, test } from "vitest";
import { decideWoken, isPromised, rankWaiters, type Waiter } from "./slot-waiters.ts";

const now = 1_790_000_000_000;
const keptForMs = 30_000;

function aWaiter(id: string, more: { priority?: number; expectedAt?: number; dueAt?: number } = {}): Waiter {
  const { priority = 1, expectedAt = now - 1000, dueAt = now + 20_000 } = more;
  const state = { type: "SCHEDULED", name: "AwaitingConcurrencySlot", at: now } as const;
  return { priority, run: { id, expectedAt, createdAt: expectedAt, dueAt, state } };
}

const woken = (waiters: readonly Waiter[], free: number): readonly string[] =>
  decideWoken({ waiters, free, now, keptForMs }).map(({ id }) => id);

describe("who waits for a slot", () => {
  test("is ranked by priority, then by when it came, then by id", () => {
    const waiters = [
      aWaiter("d", { priority: 2, expectedAt: now - 9000 }),
      aWaiter("c"),
      aWaiter("b"),
      aWaiter("a", { expectedAt: now }),
    ];
    expect(rankWaiters(waiters).map(({ run }) => run.id)).toEqual(["b", "c", "a", "d"]);
  });

  test("is woken as far as there are free slots", () => {
    const waiters = [aWaiter("a"), aWaiter("b"), aWaiter("c")];
    expect(woken(waiters, 0)).toEqual([]);
    expect(woken(waiters, 2)).toEqual(["a", "b"]);
    expect(woken(waiters, 9)).toEqual(["a", "b", "c"]);
  });

  test("is not woken twice, and who was has its slot kept", () => {
    const waiters = [aWaiter("a", { dueAt: now - 100 }), aWaiter("b"), aWaiter("c")];
    expect(woken(waiters, 1)).toEqual([]);
    expect(woken(waiters, 2)).toEqual(["b"]);
  });

  test("keeps nobody waiting once it has not asked for long", () => {
    const late = aWaiter("a", { dueAt: now - keptForMs });
    expect(isPromised(late, { now, keptForMs })).toBe(false);
    expect(woken([late, aWaiter("b")], 1)).toEqual(["b"]);
  });
});
