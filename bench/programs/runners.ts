/**
 * `runners.ts in-process|threads|processes tasks`: what a task of a trivial body costs under a runner, when the pool is
 * warm: one after another, and all at once. In µs.
 */

import { threadId } from "node:worker_threads";
import { flow, processes, type TaskRunner, task, threads } from "millrace";

const runners: Readonly<Record<string, TaskRunner | undefined>> = { threads: threads(), processes: processes() };
const runner = runners[process.argv[2] ?? ""];

const body = task({ name: "body", ...(runner === undefined ? {} : { runner }) }, (_index: number) => place());

/** Where this code runs. */
function place(): string {
  return `process ${process.pid}, thread ${threadId}`;
}

interface Parameters {
  readonly tasks: number;
  readonly isConcurrent: boolean;
}

const run = flow({ name: "runners" }, async ({ tasks, isConcurrent }: Parameters) => {
  const startedAt = performance.now();
  let last: string | undefined;
  if (isConcurrent) last = (await Promise.all(Array.from({ length: tasks }, (_, index) => body(index)))).at(-1);
  else for (let index = 0; index < tasks; index += 1) last = await body(index);
  if ((last === place()) !== (runner === undefined)) throw new Error(`the bodies ran in ${last}`);
  return ((performance.now() - startedAt) * 1000) / tasks;
});

if (import.meta.main) {
  const tasks = Number(process.argv[3]);
  for (const isConcurrent of [false, true]) await run({ tasks: Math.min(tasks, 1000), isConcurrent });
  const sequential = await run({ tasks, isConcurrent: false });
  const concurrent = await run({ tasks, isConcurrent: true });
  process.stdout.write(`${JSON.stringify({ sequential, concurrent })}\n`);
}
