/**
 * Spans by OpenTelemetry, where the program has registered an SDK of it; else there is no tracer, and nothing is loaded. What is
 * registered is in a global of the API package (its `internal/global-utils.ts`), which is looked at before the package is loaded.
 */

import { createRequire } from "node:module";
import type * as Api from "@opentelemetry/api";
import { timeoutSignal, abortable } from "./signal.ts";
import {
  type Span,
  type SpanFailure,
  type SpanStart,
  type TraceCarrier,
  type TracePlace,
  toTraceCarrier,
  type Tracer,
} from "./tracing.ts";

const registry = Symbol.for("opentelemetry.js.api.1");

interface Registered {
  readonly trace?: unknown;
}

let found: Tracer | null = null;
/** It is told once. */
let isMissing = false;

/** Null where no SDK is registered, or the package cannot be loaded from here. Cheap to ask, so that it may be asked late. */
export function findTracer(): Tracer | null {
  if (found !== null || isMissing) return found;
  const { trace } = ((globalThis as Record<symbol, unknown>)[registry] ?? {}) as Registered;
  if (trace === undefined) return null;
  const api = loadApi();
  if (api !== null) found = createTracer(api);
  return found;
}

function loadApi(): typeof Api | null {
  try {
    return createRequire(import.meta.url)("@opentelemetry/api") as typeof Api;
  } catch {
    isMissing = true;
    process.emitWarning(
      "An OpenTelemetry SDK is registered, but Millrace cannot load @opentelemetry/api: install it beside millrace to have spans of runs.",
      { type: "MillraceWarning" },
    );
    return null;
  }
}

/** What a place is here. */
const toPlace = (context: Api.Context): TracePlace => context as unknown as TracePlace;
const toContext = (place: TracePlace): Api.Context => place as unknown as Api.Context;

function createTracer(api: typeof Api): Tracer {
  const { context, trace, ROOT_CONTEXT, SpanKind } = api;
  // A provider that is registered later, or anew, is taken by the API's own proxy.
  const tracer = trace.getTracer("millrace");

  return {
    here() {
      const active = context.active();
      return trace.getSpanContext(active) === undefined ? null : toPlace(active);
    },
    at(carrier) {
      const checked = toTraceCarrier(carrier.traceparent, carrier.tracestate);
      if (checked === null) return null;
      const [, traceId = "", spanId = "", flags = "00"] = checked.traceparent.split("-");
      const { tracestate } = checked;
      const state = tracestate === undefined ? {} : { traceState: api.createTraceState(tracestate) };
      const remote = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true, ...state };
      return toPlace(trace.setSpanContext(ROOT_CONTEXT, remote));
    },
    carry: (place) => toCarrier(trace.getSpanContext(toContext(place)) ?? api.INVALID_SPAN_CONTEXT),
    within: (place, body) => context.with(toContext(place), body),
    start({ name, kind = "internal", attributes, parent }: SpanStart) {
      const around = parent === null ? ROOT_CONTEXT : toContext(parent);
      const spanKind = kind === "server" ? SpanKind.SERVER : SpanKind.INTERNAL;
      const span = tracer.startSpan(name, { kind: spanKind, attributes: toAttributes(attributes) }, around);
      return wrap(api, span, trace.setSpan(around, span));
    },
    async flush(withinMs) {
      using limit = timeoutSignal({ ms: withinMs });
      const flushing = flushProvider(trace.getTracerProvider());
      await abortable(flushing, limit.signal).catch(() => undefined);
    },
  };
}

/** The API has no word for it; every SDK has. */
async function flushProvider(provider: Api.TracerProvider): Promise<void> {
  const { getDelegate } = provider as { readonly getDelegate?: () => unknown };
  const registered = (getDelegate === undefined ? provider : getDelegate.call(provider)) as {
    readonly forceFlush?: () => Promise<void>;
  };
  await registered.forceFlush?.();
}

function wrap(api: typeof Api, span: Api.Span, within: Api.Context): Span {
  let isOpen = true;
  return {
    place: toPlace(within),
    get carrier() {
      return toCarrier(span.spanContext());
    },
    run: (body) => api.context.with(within, body),
    set: (attributes) => void span.setAttributes(toAttributes(attributes)),
    event: (name, attributes = {}) => void span.addEvent(name, toAttributes(attributes)),
    end(failure = null) {
      if (!isOpen) return;
      isOpen = false;
      if (failure !== null) tellFailure(api, span, failure);
      span.end();
    },
  };
}

/** As the conventions have it: https://opentelemetry.io/docs/specs/semconv/exceptions/ */
function tellFailure(api: typeof Api, span: Api.Span, failure: SpanFailure): void {
  const { name, message, stack, code, isAnswer = false } = failure;
  if (!isAnswer) span.recordException({ name, message, ...(stack == null ? {} : { stack }) });
  span.setAttribute("error.type", code ?? name);
  span.setStatus({ code: api.SpanStatusCode.ERROR, message });
}

function toCarrier({ traceId, spanId, traceFlags, traceState }: Api.SpanContext): TraceCarrier {
  const traceparent = `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, "0")}`;
  const tracestate = traceState?.serialize() ?? "";
  return tracestate === "" ? { traceparent } : { traceparent, tracestate };
}

function toAttributes(attributes: SpanStart["attributes"]): Api.Attributes {
  return attributes as Api.Attributes;
}
