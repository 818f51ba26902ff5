/** Counts what is recorded where everything is: at the store. */

import { isMillraceError } from "../../contract/errors.ts";
import type { ServerMetrics } from "../../contract/metrics.ts";
import type { Store, StoreBatch, StoreOutcome } from "../../contract/store.ts";
import type { Clock } from "../../kit/clock.ts";

/** The same store, whose batches are counted. */
export function countRecords(
  store: Store,
  { metrics, clock }: { readonly metrics: ServerMetrics; readonly clock: Pick<Clock, "monotonic"> },
): Store {
  async function record(batch: StoreBatch): Promise<StoreOutcome> {
    const begunAt = clock.monotonic();
    try {
      const outcome = await store.record(batch);
      metrics.observe("millrace_commit_seconds", [], (clock.monotonic() - begunAt) / 1000);
      countBatch(metrics, batch, outcome);
      return outcome;
    } catch (error) {
      metrics.add("millrace_commit_failures_total", [isMillraceError(error) ? error.code : "none"]);
      throw error;
    }
  }

  const writeObserved: Store["writeObserved"] = async (runs) => {
    const written = await store.writeObserved(runs);
    runs.forEach(({ told }, index) => {
      if (written[index] !== true) return;
      for (const { type } of told) metrics.add("millrace_task_run_states_total", [type]);
    });
    return written;
  };

  return { ...store, record, writeObserved };
}

function countBatch(metrics: ServerMetrics, batch: StoreBatch, { created, transitions, stale }: StoreOutcome): void {
  const { taskRuns, logs, artifacts, events } = batch;
  batch.created.forEach(({ states }, index) => {
    if (created[index]?.isNew !== true) return;
    for (const { type } of states) metrics.add("millrace_flow_run_states_total", [type]);
  });
  for (const run of transitions) if (run !== null) metrics.add("millrace_flow_run_states_total", [run.state.type]);
  for (const { history, newStates, flowRunId } of taskRuns) {
    if (newStates === 0 || (flowRunId !== null && stale.includes(flowRunId))) continue;
    for (const { type } of history.slice(-newStates)) metrics.add("millrace_task_run_states_total", [type]);
  }
  const rows = [created, transitions, taskRuns, logs, artifacts, events].reduce((sum, each) => sum + each.length, 0);
  metrics.observe("millrace_commit_rows", [], rows);
}
