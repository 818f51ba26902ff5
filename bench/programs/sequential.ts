/** `sequential.ts tasks`: one no-op task after another, in one flow. */

import { context, flow, task } from "millrace";

const noop = task({ name: "no-op" }, async (index: number) => index);

const sequential = flow({ name: "sequential" }, async ({ tasks }: { tasks: number }) => {
  for (let index = 0; index < tasks; index += 1) await noop(index);
  return context().flowRun?.id;
});

if (import.meta.main) {
  const tasks = Number(process.argv[2]);
  await sequential({ tasks: Math.min(tasks, 1000) });
  const startedAt = performance.now();
  const runId = await sequential({ tasks });
  const ms = performance.now() - startedAt;
  process.stdout.write(`${JSON.stringify({ ms, runId })}\n`);
}
