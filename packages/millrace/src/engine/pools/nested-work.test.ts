import { expect, test } from "vitest";
import { NestedWork } from "./nested-work.ts";

/** The work of a body with the id 1, and how many bodies are told to work beside it. */
function workOfOne(): { readonly work: NestedWork; readonly working: () => number } {
  let told = 0;
  const work = new NestedWork(1, (change) => {
    told += change;
  });
  return { work, working: () => told };
}

test("a body that waits for what it has called does not work", () => {
  const { work, working } = workOfOne();
  work.call(1, 101);
  expect(working()).toBe(-1);
  work.begin(2, true);
  expect(working()).toBe(0);
  work.call(2, 102);
  work.call(2, 103);
  expect(working()).toBe(-1);
  work.settle(102);
  expect(working()).toBe(-1);
  work.settle(103);
  expect(working()).toBe(0);
  work.end(2);
  work.settle(101);
  expect([working(), work.isIdle]).toEqual([0, true]);
});

test("what goes on when the body has ended is counted by itself", () => {
  const { work, working } = workOfOne();
  work.call(1, 101);
  work.begin(2, true);
  work.bodyEnded();
  expect(working()).toBe(1);
  work.begin(3, false);
  expect(working()).toBe(2);
  work.close();
  expect(working()).toBe(0);
});

test("nobody waits for a body that was told to stop, and it is known whether it still runs", () => {
  const { work, working } = workOfOne();
  work.call(1, 101);
  work.begin(2, true);
  work.call(2, 102);
  work.giveUp(2);
  work.settle(101);
  expect([working(), work.hasGivenUp]).toEqual([0, true]);
  work.end(2);
  expect([working(), work.hasGivenUp]).toEqual([0, false]);
  work.settle(102);
  expect([working(), work.isIdle]).toEqual([0, true]);
});

test("a hook is not given up, and counts while it runs", () => {
  const { work, working } = workOfOne();
  work.begin(2, false);
  work.giveUp(2);
  expect([working(), work.hasGivenUp]).toEqual([1, false]);
  work.end(2);
  expect(working()).toBe(0);
});

test("ten thousand that wait cost each other nothing", () => {
  const { work, working } = workOfOne();
  const count = 10_000;
  const idOf = (at: number): number => 10 + at;
  for (let at = 0; at < count; at++) {
    work.call(at === 0 ? 1 : idOf(at - 1), 100_000 + at);
    work.begin(idOf(at), true);
  }
  expect(working()).toBe(0);
  for (let at = count - 1; at >= 0; at--) {
    work.end(idOf(at));
    work.settle(100_000 + at);
  }
  expect([working(), work.isIdle]).toEqual([0, true]);
});
