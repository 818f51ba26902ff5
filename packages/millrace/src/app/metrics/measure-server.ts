/** What is measured when the metrics of a server are read, beside what is counted as it happens. */

import type { ServerMetrics } from "../../contract/metrics.ts";
import { stateTypes } from "../../contract/states.ts";
import type { LoopStatus } from "../../contract/wire/server-description.ts";
import { type LedgerToMeasure, measureLedger } from "./measure-ledger.ts";
import { measureProcess } from "./measure-process.ts";

export function measureServer(
  metrics: ServerMetrics,
  options: LedgerToMeasure & { readonly version: string; readonly readLoops: () => readonly LoopStatus[] },
): { stop(): void } {
  const { clock, version, readLoops } = options;
  // A rate needs a beginning.
  for (const type of stateTypes) {
    metrics.add("millrace_flow_run_states_total", [type], 0);
    metrics.add("millrace_task_run_states_total", [type], 0);
  }
  measureLoops(metrics, readLoops);
  measureLedger(metrics, options);
  return measureProcess(metrics, { version, startedAt: clock.now() - process.uptime() * 1000 });
}

/** How long their ticks took is told by them. */
function measureLoops(metrics: ServerMetrics, readLoops: () => readonly LoopStatus[]): void {
  metrics.onRead(() => {
    for (const { name, ticks, failures, lagMs } of readLoops()) {
      metrics.set("millrace_loop_ticks_total", [name], ticks);
      metrics.set("millrace_loop_failures_total", [name], failures);
      metrics.set("millrace_loop_lag_seconds", [name], lagMs / 1000);
    }
  });
}
