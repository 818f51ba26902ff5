/**
 * One flow run that maps a task over many items, and what its process has in memory meanwhile: node --expose-gc
 * map-over-server.ts TASKS. What is there after the garbage has been collected is told at every tenth of them.
 */

import { flow, task } from "millrace";
import "./end-with-parent.ts";

const noop = task({ name: "no-op" }, async (index: number) => {
  if (index % sampleEvery === 0) sample(index);
  return index;
});

const mapAll = flow({ name: "load" }, async ({ tasks }: { readonly tasks: number }) => {
  const values = await Promise.all(noop.map(Array.from({ length: tasks }, (_, index) => index)));
  if (values.length !== tasks || values.at(-1) !== tasks - 1) throw new Error("the values are not those of the calls");
});

export interface MapSample {
  readonly ms: number;
  readonly peakMb: number;
  /** What a task more leaves in memory, after the first tenth, in KB. */
  readonly kbPerTask: number;
  /** The most that was live, in MB. */
  readonly liveMb: number;
}

const tasks = Number(process.argv[2] ?? "1000");
let sampleEvery = Number.POSITIVE_INFINITY;
const live: { readonly index: number; readonly kb: number }[] = [];

function sample(index: number): void {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  live.push({ index, kb: (heapUsed + external) / 1024 });
}

/** The slope of the line that fits best. */
function slopeOf(points: readonly { readonly index: number; readonly kb: number }[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(({ index }) => index)), mean(points.map(({ kb }) => kb))];
  const spread = points.reduce((sum, { index }) => sum + (index - x) ** 2, 0);
  return points.reduce((sum, { index, kb }) => sum + (index - x) * (kb - y), 0) / spread;
}

if (import.meta.main) {
  await mapAll({ tasks: Math.min(tasks, 500) });
  sampleEvery = Math.ceil(tasks / 10);
  live.length = 0;
  const startedAt = performance.now();
  await mapAll({ tasks });
  const ms = performance.now() - startedAt;
  sample(tasks);
  const result: MapSample = {
    ms,
    peakMb: process.resourceUsage().maxRSS / 1024,
    kbPerTask: slopeOf(live.filter(({ index }) => index >= sampleEvery)),
    liveMb: Math.max(...live.map(({ kb }) => kb)) / 1024,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
