/** `task-times.ts tasks window`: the median cost of a task among the first `window` of a run, and among the last. */

import { flow, task } from "millrace";
import { median } from "../kit/samples.ts";

const noop = task({ name: "no-op" }, async (index: number) => index);

const timed = flow({ name: "timed" }, async ({ tasks }: { tasks: number }) => {
  const times = new Float64Array(tasks);
  for (let index = 0; index < tasks; index += 1) {
    const startedAt = performance.now();
    await noop(index);
    times[index] = (performance.now() - startedAt) * 1000;
  }
  return times;
});

if (import.meta.main) {
  const [tasks = 0, window = 0] = process.argv.slice(2).map(Number);
  // Compiled code in both windows: what is asked is how the cost grows with the run, not how a process warms up.
  await timed({ tasks: Math.min(tasks, 5000) });
  const times = await timed({ tasks });
  const [first, last] = [times.slice(0, window), times.slice(-window)].map((part) => median([...part]));
  process.stdout.write(`${JSON.stringify({ first, last })}\n`);
}
