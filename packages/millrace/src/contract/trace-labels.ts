/**
 * How a trace goes from who asks for a run to whoever executes it: as a label of the run, under the name that Prefect's clients use,
 * so that a trace goes on from Python to TypeScript and back.
 */

import { isTraceparent, type TraceCarrier } from "../kit/tracing.ts";
import type { FlowRunExtra } from "./flow-run.ts";
import type { Labels } from "./objects.ts";

export const traceLabel = "__OTEL_TRACEPARENT";

/** Null where the run has none. */
export function traceOf({ labels }: Pick<FlowRunExtra, "labels">): TraceCarrier | null {
  const traceparent = labels?.[traceLabel];
  return isTraceparent(traceparent) ? { traceparent } : null;
}

/** Labels with where the trace goes on; those that say it already stay as they are. */
export function withTrace(labels: Labels | undefined, carrier: TraceCarrier): Labels {
  return { [traceLabel]: carrier.traceparent, ...labels };
}
