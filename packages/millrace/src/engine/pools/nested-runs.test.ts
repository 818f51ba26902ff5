import { expect, test } from "vitest";
import type { BodyCalls, NestedRun } from "../../contract/pools.ts";
import { brands, type TaskFuture } from "../../contract/runtime.ts";
import { callOf } from "./fixtures/calls.ts";
import { add } from "./fixtures/bodies.ts";
import type { NestMessage, ToWorker } from "./messages.ts";
import { NestedRuns } from "./nested-runs.ts";
import { toSentTask } from "./sent-task.ts";

/** A run that has ended with its number. */
function runOf(number: number): NestedRun {
  const state = { type: "COMPLETED", name: "Completed", at: 0 } as const;
  const future = { [brands.future]: true, taskName: "add", state } as unknown as TaskFuture;
  return { taskRunId: `run-${number}`, future, done: Promise.resolve({ number }), stop: () => undefined };
}

test("of what was called and has ended nothing is kept, and of what was submitted its future", async () => {
  let begun = 0;
  const calls: BodyCalls = {
    begin: () => [runOf(++begun)],
    step: async () => undefined,
    madeBy: () => undefined,
    makerOf: () => undefined,
    madeIn: () => [],
    standInFor: () => null,
  };
  const posted: ToWorker[] = [];
  const runs = new NestedRuns({
    call: callOf(add, [], { calls }),
    id: 1,
    runner: "thread",
    nextId: () => 1,
    post: (message) => void posted.push(message),
    onIdle: () => undefined,
    onGivenUp: () => undefined,
    onObeyed: () => undefined,
  });
  const sent = toSentTask(add[brands.definition], { runner: "thread", waitFor: undefined });
  const nest = (first: number, how: NestMessage["how"]): void =>
    runs.nest({ kind: "nest", id: 1, first, how, task: sent, args: [], keys: [undefined], tags: [] });
  for (let first = 1; first <= 1_000; first++) nest(first, "call");
  expect(runs.size).toBe(1_000);
  nest(1_001, "submit");
  await new Promise((resolve) => setImmediate(resolve));
  expect(posted.filter(({ kind }) => kind === "settled")).toHaveLength(1_001);
  expect(runs.size).toBe(1);
});
