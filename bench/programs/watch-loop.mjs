/**
 * Imported before a program: how long its event loop was held up at a time, by whatever it did, from SIGUSR2 on. Written as a
 * line of JSON to LOOP_WATCH when the process ends.
 */

import { writeFileSync } from "node:fs";
import { PerformanceObserver } from "node:perf_hooks";

const heldMs = [];
const cpuMs = [];
const collectedMs = [];
let isOver = false;
let before = performance.now();
let cpuBefore = process.threadCpuUsage();

/** Each turn of the loop: what came since the last one was one stretch of work, or nothing to do. */
function turn() {
  const now = performance.now();
  if (now - before > 1) {
    const { user, system } = process.threadCpuUsage(cpuBefore);
    heldMs.push(now - before);
    cpuMs.push((user + system) / 1000);
  }
  before = performance.now();
  cpuBefore = process.threadCpuUsage();
  if (!isOver) setImmediate(turn);
}
turn();

// It would keep the process alive.
process.on("SIGTERM", () => {
  isOver = true;
});

process.on("SIGUSR2", () => {
  for (const samples of [heldMs, cpuMs, collectedMs]) samples.length = 0;
  before = performance.now();
  cpuBefore = process.threadCpuUsage();
});

new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) collectedMs.push(entry.duration);
}).observe({ entryTypes: ["gc"] });

process.on("exit", () => {
  writeFileSync(process.env.LOOP_WATCH ?? "/dev/stdout", JSON.stringify({ heldMs, cpuMs, collectedMs }));
});
