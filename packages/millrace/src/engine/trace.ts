/**
 * Spans of flow runs and of the attempts of their tasks. There are none where the program has no tracer; then all of this is a
 * comparison with null. A span is a part of the one around the call: of the caller's own, or of the task's or the flow's. Who gets
 * them is somebody else: secrets are hidden in all that a program can name.
 */

import type { FlowRun, NewFlowRun } from "../contract/flow-run.ts";
import { traceLabel, traceOf } from "../contract/trace-labels.ts";
import type { Span, SpanFailure, TracePlace, Tracer } from "../kit/tracing.ts";
import type { ExecutionContext } from "./context.ts";
import type { EnginePorts } from "./ports.ts";
import { toRecordedError } from "./recorded-errors.ts";
import type { TaskExecution } from "./task-run.ts";

/** The trace that a flow run is in. */
export interface FlowTrace {
  readonly tracer: Tracer;
  readonly span: Span;
}

/** The trace that a call is in. */
export interface CallTrace {
  readonly tracer: Tracer;
  readonly parent: TracePlace | null;
}

type TracedRun = Pick<NewFlowRun, "id" | "name" | "flowName" | "tags" | "deploymentId" | "parentRunId" | "extra">;

/**
 * The span of a flow run. A run that was asked for within a trace, or was executed before, is a part of that one; else it is a part
 * of what is around the call.
 */
export function traceFlow(ports: EnginePorts, run: TracedRun, around: TracePlace | null): FlowTrace | null {
  const tracer = ports.findTracer();
  if (tracer === null) return null;
  const carrier = traceOf(run.extra ?? {});
  const parent =
    (carrier === null ? null : tracer.at(carrier)) ?? around ?? tracer.here() ?? placeOfProgram(ports, tracer);
  const span = tracer.start({
    name: `flow ${run.flowName}`,
    attributes: {
      "millrace.flow.name": run.flowName,
      "millrace.flow_run.id": run.id,
      "millrace.flow_run.name": ports.masker.mask(run.name),
      ...(run.deploymentId == null ? {} : { "millrace.deployment.id": run.deploymentId }),
      ...(run.parentRunId == null ? {} : { "millrace.parent_run.id": run.parentRunId }),
      ...(run.tags === undefined || run.tags.length === 0
        ? {}
        : { "millrace.tags": run.tags.map((tag) => ports.masker.mask(tag)) }),
    },
    parent,
  });
  return { tracer, span };
}

/** What started this program. */
function placeOfProgram({ programTrace }: EnginePorts, tracer: Tracer): TracePlace | null {
  return programTrace === null ? null : tracer.at(programTrace);
}

/** The run as it is recorded: with where its trace goes on. */
export function withTraceOfRun<Run extends NewFlowRun>(run: Run, { span }: FlowTrace): Run {
  const labels = { ...run.extra?.labels, [traceLabel]: span.carrier.traceparent };
  return { ...run, extra: { ...run.extra, labels } };
}

/** How the run has ended, as its record says. */
export function endFlowSpan({ span }: FlowTrace, run: FlowRun, failure: SpanFailure | null): void {
  const { type, name } = run.state;
  span.set({ "millrace.state.type": type, "millrace.state.name": name });
  span.end(type === "FAILED" || type === "CRASHED" ? failure : null);
}

/** Null where there is no tracer. */
export function traceCall(execution: TaskExecution): CallTrace | null {
  const { engine, flow, caller } = execution;
  const tracer = flow === null ? engine.ports.findTracer() : (flow.trace?.tracer ?? null);
  if (tracer === null) return null;
  const parent = tracer.here() ?? spanAround(caller)?.place ?? placeOfProgram(engine.ports, tracer);
  return { tracer, parent };
}

/** Of the task or the flow whose code a context is of. */
export function spanAround({ task, run }: ExecutionContext): Span | null {
  return task?.span ?? run?.trace?.span ?? null;
}

/** The span of one attempt of a task's body. */
export function startAttemptSpan(execution: TaskExecution, { tracer, parent }: CallTrace): Span {
  const { work, id, flow, attempt, engine } = execution;
  const { masker } = engine.ports;
  return tracer.start({
    name: `task ${work.taskName}`,
    attributes: {
      "millrace.task.name": work.taskName,
      "millrace.task_run.id": id,
      "millrace.task_run.name": masker.mask(work.runName),
      "millrace.task_run.attempt": attempt,
      ...(flow === null ? {} : { "millrace.flow_run.id": flow.id }),
      ...(work.tags.length === 0 ? {} : { "millrace.tags": work.tags.map((tag) => masker.mask(tag)) }),
    },
    parent,
  });
}

/** Masked, as it is recorded. */
export function toSpanFailure({ serializer, masker }: EnginePorts, error: unknown): SpanFailure {
  const { name, message, code, stack } = toRecordedError(error, serializer, masker);
  return { name, message, code, stack };
}
