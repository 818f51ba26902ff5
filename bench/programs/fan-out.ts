/** `fan-out.ts map|all tasks`: no-op tasks that are called at once, in one flow; by `map`, or as calls under `Promise.all`. */

import { context, flow, task } from "millrace";

const noop = task({ name: "no-op" }, async (index: number) => index);

interface Parameters {
  readonly tasks: number;
  readonly kind: "map" | "all";
}

const fanOut = flow({ name: "fan-out" }, async ({ tasks, kind }: Parameters) => {
  const indexes = Array.from({ length: tasks }, (_, index) => index);
  const calls = kind === "map" ? noop.map(indexes) : indexes.map((index) => noop(index));
  const values = await Promise.all(calls);
  if (values.length !== tasks || values.at(-1) !== tasks - 1) throw new Error("the values are not those of the calls");
  return context().flowRun?.id;
});

if (import.meta.main) {
  const kind = process.argv[2] === "map" ? "map" : "all";
  const tasks = Number(process.argv[3]);
  await fanOut({ tasks: Math.min(tasks, 500), kind });
  const startedAt = performance.now();
  const runId = await fanOut({ tasks, kind });
  const ms = performance.now() - startedAt;
  const peakMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ ms, runId, peakMb })}\n`);
}
