/**
 * `runners.ts in-process|threads|processes tasks`: what a task of a trivial body costs under a runner, when the pool is
 * warm: one after another, and all at once. In µs.
 */

import { flow, processes, type TaskRunner, task, threads } from "millrace";

const runners: Readonly<Record<string, TaskRunner | undefined>> = { threads: threads(), processes: processes() };
const kind = process.argv[2] ?? "";

// The pool imports this module and finds the task by its name: each has a definition of its own.
const bodies = {
  "in-process": task({ name: "in-process" }, (index: number) => index),
  threads: task({ name: "in-thread", ...runnerOf("threads") }, (index: number) => index),
  processes: task({ name: "in-process-of-its-own", ...runnerOf("processes") }, (index: number) => index),
};

function runnerOf(name: string): { runner?: TaskRunner } {
  const runner = runners[name];
  return runner === undefined ? {} : { runner };
}

interface Parameters {
  readonly tasks: number;
  readonly isConcurrent: boolean;
}

const run = flow({ name: "runners" }, async ({ tasks, isConcurrent }: Parameters) => {
  const body = bodies[kind as keyof typeof bodies];
  const startedAt = performance.now();
  if (isConcurrent) await Promise.all(Array.from({ length: tasks }, (_, index) => body(index)));
  else for (let index = 0; index < tasks; index += 1) await body(index);
  return ((performance.now() - startedAt) * 1000) / tasks;
});

if (import.meta.main) {
  const tasks = Number(process.argv[3]);
  for (const isConcurrent of [false, true]) await run({ tasks: Math.min(tasks, 1000), isConcurrent });
  const sequential = await run({ tasks, isConcurrent: false });
  const concurrent = await run({ tasks, isConcurrent: true });
  process.stdout.write(`${JSON.stringify({ sequential, concurrent })}\n`);
}
