import { expect, test } from "vitest";
import { systemClock } from "./clock.ts";
import { createLetOthers, lettingOthers } from "./let-others.ts";

/** Holds up the event loop. */
function work(forMs: number): void {
  const until = performance.now() + forMs;
  while (performance.now() < until);
}

/** Does steps one after the other, each of 2 ms; in which turn of the event loop each was. */
async function turnsOf(steps: number, letOthers: () => Promise<void>, turn: () => number): Promise<number[]> {
  const turns: number[] = [];
  for (let step = 0; step < steps; step++) {
    await letOthers();
    turns.push(turn());
    work(2);
  }
  return turns;
}

function countTurns(): { readonly turn: () => number; readonly end: () => void } {
  let turn = 0;
  let isOver = false;
  const next = (): void => {
    turn++;
    if (!isOver) setImmediate(next);
  };
  setImmediate(next);
  return { turn: () => turn, end: () => void (isOver = true) };
}

/** The most steps that fell into one turn. */
function mostInOne(turns: readonly number[]): number {
  return Math.max(
    ...Map.groupBy(turns, (turn) => turn)
      .values()
      .map(({ length }) => length),
  );
}

test("lets the event loop go once a turn has lasted for a while", async () => {
  const { turn, end } = countTurns();
  const turns = await turnsOf(30, createLetOthers(systemClock), turn);
  end();
  expect(mostInOne(turns)).toBeLessThanOrEqual(3);
});

test("several workers share a turn, and none is left behind", async () => {
  const { turn, end } = countTurns();
  const letOthers = createLetOthers(systemClock);
  const workers = await Promise.all(Array.from({ length: 5 }, () => turnsOf(10, letOthers, turn)));
  end();
  // Those that begin in one turn have one step each before any has to wait.
  const later = workers.flat().filter((each) => each > (workers[0]?.[0] ?? 0));
  expect(mostInOne(later)).toBeLessThanOrEqual(3);
  expect(workers.map(({ length }) => length)).toEqual([10, 10, 10, 10, 10]);
});

test("without it, all steps are in one turn", async () => {
  const { turn, end } = countTurns();
  const turns = await turnsOf(10, async () => undefined, turn);
  end();
  expect(new Set(turns).size).toBe(1);
});

test("methods let others go first, and are called on what they belong to; nested ones too", async () => {
  let asked = 0;
  const counter = {
    by: 2,
    at: 0,
    async add(n: number) {
      this.at += n * this.by;
      return this.at;
    },
    inner: { fail: async () => Promise.reject(new Error("no")) },
  };
  const slow = lettingOthers(counter, async () => void asked++);
  expect(await slow.add(3)).toBe(6);
  expect(slow.by).toBe(2);
  await expect(slow.inner.fail()).rejects.toThrow("no");
  expect(asked).toBe(2);
});
