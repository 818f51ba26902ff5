import { expect, test } from "vitest";
import type { Engine } from "./engine.ts";
import type { TaskExecution } from "./task-run.ts";
import { beginWait, failCycles } from "./waits.ts";

/** Calls that count how often somebody looks whether they have ended. */
function makeCalls(count: number): { readonly calls: readonly TaskExecution[]; readonly looks: () => number } {
  let looks = 0;
  const engine = {} as Engine;
  const calls = Array.from({ length: count }, (_, index) => {
    const call = { engine, isStopped: false, work: { runName: String(index) }, caller: { write: () => undefined } };
    Object.defineProperty(call, "hasEnded", { get: () => (looks++, false) });
    return call as unknown as TaskExecution;
  });
  return { calls, looks: () => looks };
}

/** Each waits for the one before it. */
function chain(calls: readonly TaskExecution[]): void {
  for (const [index, call] of calls.entries()) {
    const previous = calls[index - 1];
    if (previous !== undefined) beginWait(call, new Set([previous]));
  }
}

test("the links of a chain are not gone along again with each of them", () => {
  const { calls, looks } = makeCalls(20_000);
  chain(calls);
  expect(looks()).toBe(0);
});

test("a cycle of any length is found, in one look at each, and fails when nothing goes on", async () => {
  const { calls, looks } = makeCalls(20_000);
  chain(calls);
  const [first, last] = [calls[0], calls.at(-1)];
  if (first === undefined || last === undefined) throw new Error("There are calls");
  const { stuck } = beginWait(first, new Set([last]));
  expect(stuck).not.toBeNull();
  expect(looks()).toBeLessThanOrEqual(20_000);
  expect(failCycles(first.engine)).toBe(true);
  await expect(stuck).rejects.toMatchObject({
    code: "FUTURE_CYCLE",
    data: { task: "0", cycle: "0 → 19999 → 19998 → 19997 → 19996 → 19991 more → 4 → 3 → 2 → 1 → 0" },
  });
  expect(failCycles(first.engine)).toBe(false);
});

test("a wait that has ended is no part of a cycle", () => {
  const { calls } = makeCalls(2);
  const [one, other] = calls as [TaskExecution, TaskExecution];
  const wait = beginWait(one, new Set([other]));
  const back = beginWait(other, new Set([one]));
  expect(back.stuck).not.toBeNull();
  wait.end();
  expect(failCycles(one.engine)).toBe(false);
});
