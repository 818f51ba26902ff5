/** How many calls of one body may be under way: more wait, and far more are refused. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import type { LedgerProcess } from "../testing/ledger-process.ts";
import { definitionOf } from "../testing/subjects.ts";
import { openProcesses, type TestProcesses } from "./processes.testsuite.ts";

let processes: TestProcesses;
let opened: LedgerProcess;
beforeEach(async () => {
  processes = await openProcesses();
  opened = await processes.open();
  Object.assign(opened.engine.ports.limits, { bodyCalls: 10, bodyConcurrency: 3 });
});
afterEach(async () => processes[Symbol.asyncDispose]());

const one = task({ name: "one" }, async (n: number) => n);
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

describe("a body that makes more calls than may be under way", () => {
  test("is refused each one beyond, in the same words, and goes on", async () => {
    const many = flow({ name: "many" }, async () => {
      const ends = await Promise.allSettled(numbers(13).map((n) => one(n)));
      const refused = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
      return [refused.length, new Set(refused).size, (refused[0] as Error).message, await one(99)];
    });
    expect(await many()).toEqual([
      3,
      1,
      "A body made more than 10 calls that are under way at once; the last was of `one`.",
      99,
    ]);
  });

  test("by a map is refused the map as a whole", async () => {
    const mapped = flow({ name: "mapped" }, async () => {
      expect(() => one.map(numbers(11))).toThrow(expect.objectContaining({ code: "CALLS_EXCEEDED" }));
      return (await Promise.all(one.map(numbers(10)))).length;
    });
    expect(await mapped()).toBe(10);
  });

  test("counts by body: the tasks that it calls have a count of their own", async () => {
    const outer = task({ name: "outer" }, async (n: number) => (await Promise.all(one.map(numbers(9)))).length + n);
    expect(await flow({ name: "nested" }, async () => Promise.all(outer.map([0, 1, 2])))()).toEqual([9, 10, 11]);
  });
});

test("calls that wait for one which has no turn yet are stalled, and it is told that some wait for their turn", async () => {
  const gate = Promise.withResolvers<void>();
  const wait = task({ name: "wait" }, async (n: number) => (n === 3 ? gate.resolve() : gate.promise));
  const waiting = flow({ name: "waiting" }, async () => Promise.all(numbers(4).map((n) => wait(n))));
  const running = opened.engine.startFlow({ definition: definitionOf(waiting), parameters: {} });
  running.catch(() => undefined);
  await processes.untilQuiet();
  expect(opened.engine.stall()).toBe(true);
  await expect(running).rejects.toThrow(/of which 1 wait for the turn of another \(MILLRACE_BODY_CONCURRENCY/);
});
