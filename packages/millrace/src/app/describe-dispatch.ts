import { isTerminal } from "../contract/states.ts";
import { formatDuration } from "../kit/duration.ts";
import type { DispatchReport } from "../worker/dispatch-report.ts";

/** A line for people about what a worker, or whoever serves flows, does. */
export function describeDispatch(report: DispatchReport): string {
  switch (report.kind) {
    case "started":
      return `${report.run.flowName} / ${report.run.name}: started (${report.infrastructureId})`;
    case "ended": {
      const { flowName, name, state, startedAt, endedAt } = report.run;
      const took =
        startedAt === null || endedAt === null ? "" : ` after ${formatDuration(Math.round(endedAt - startedAt))}`;
      const why = state.message === undefined ? "" : `: ${state.message}`;
      return `${flowName} / ${name}: ${state.name}${isTerminal(state.type) ? took : ""}${why}`;
    }
    case "trouble":
      return report.run === null ? report.what : `${report.run.flowName} / ${report.run.name}: ${report.what}`;
  }
}
