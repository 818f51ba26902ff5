/** The figures that metric triggers watch, of runs that have ended. */

import type { MetricTrigger } from "../../contract/automations.ts";
import type { FlowRun } from "../../contract/flow-run.ts";
import type { StoredEvent } from "../../contract/records.ts";

/** What one run adds to the average; null when it says nothing. */
export function figureOf({ query }: Pick<MetricTrigger, "query">, run: FlowRun): number | null {
  switch (query) {
    case "success-rate":
      return run.state.type === "COMPLETED" ? 1 : 0;
    case "duration":
      return run.startedAt === null || run.endedAt === null ? null : (run.endedAt - run.startedAt) / 1000;
    case "lateness":
      return run.startedAt === null ? null : Math.max(0, run.startedAt - run.expectedAt) / 1000;
  }
}

/** Null when there is none. */
export function average(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The event of a run's last state, as far as the run is described by it. */
export function toEndEvent({ id, state }: FlowRun): StoredEvent {
  return {
    id,
    seq: 0,
    name: `millrace.flow-run.${state.name}`,
    at: state.at,
    flowRunId: id,
    taskRunId: null,
    resource: { id: `millrace.flow-run.${id}` },
    payload: null,
  };
}
