import type { Api } from "../contract/api.ts";
import { withTrace } from "../contract/trace-labels.ts";
import type { TraceCarrier, Tracer } from "../kit/tracing.ts";

/** The same Api, where runs that are asked for are told what trace that is in: the one of the running code, or of the program. */
export function traceSubmissions(
  api: Api,
  trace: { readonly findTracer: () => Tracer | null; readonly readProgramTrace: () => TraceCarrier | null },
): Api {
  return {
    ...api,
    submitRun(submission) {
      const tracer = trace.findTracer();
      const place = tracer?.here() ?? null;
      const carrier = tracer === null || place === null ? trace.readProgramTrace() : tracer.carry(place);
      if (carrier === null) return api.submitRun(submission);
      return api.submitRun({ ...submission, labels: withTrace(submission.labels, carrier) });
    },
  };
}
