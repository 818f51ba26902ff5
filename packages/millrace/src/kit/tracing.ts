/** Spans of what runs, in words that name no library: what makes them is given where there is something to make them for. */

/** Where in a trace something is, as `traceparent` and `tracestate` carry it (https://www.w3.org/TR/trace-context/). */
export interface TraceCarrier {
  readonly traceparent: string;
  readonly tracestate?: string;
}

declare const placeBrand: unique symbol;

/** The same within this process; what is in it is the tracer's own. */
export interface TracePlace {
  readonly [placeBrand]: true;
}

export type TraceAttributes = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface SpanStart {
  readonly name: string;
  /** `server` answers a request; all else is internal. Default internal. */
  readonly kind?: "internal" | "server";
  readonly attributes: TraceAttributes;
  /** What it is a part of; null begins a trace. */
  readonly parent: TracePlace | null;
}

/** What went wrong, without secrets. */
export interface SpanFailure {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | null;
  /** A code that is the same whatever the message says. */
  readonly code?: string | null;
  /** Nothing was thrown: an answer says so. Default: something was. */
  readonly isAnswer?: true;
}

export interface Span {
  readonly place: TracePlace;
  readonly carrier: TraceCarrier;
  /** Calls it in the span: spans that it makes, and those of libraries, are parts of it. */
  run<T>(body: () => T): T;
  set(attributes: TraceAttributes): void;
  event(name: string, attributes?: TraceAttributes): void;
  /** With what it failed by, where it did. The first time counts. */
  end(failure?: SpanFailure | null): void;
}

export interface Tracer {
  /** Where the running code is; null outside of all spans. */
  here(): TracePlace | null;
  /** Where somebody else is; null for what is no `traceparent`. */
  at(carrier: TraceCarrier): TracePlace | null;
  /** What tells others of a place. */
  carry(place: TracePlace): TraceCarrier;
  /** Calls it at a place, without a span of its own. */
  within<T>(place: TracePlace, body: () => T): T;
  start(span: SpanStart): Span;
  /** Resolves when what has ended was handed on, or could not be in this time. */
  flush(withinMs: number): Promise<void>;
}

/** How long the end of a process is held up by what is still to be handed on, in ms. */
export const flushWithinMs = 3000;

const form = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;
const maxCarrierLength = 512;

/** Whether a text is a `traceparent`: of version 00, or of a later one that begins as it does. */
export function isTraceparent(text: unknown): text is string {
  return typeof text === "string" && text.length <= maxCarrierLength && form.test(text) && !/^00-.{53}./.test(text);
}

/** The id of the trace, of 32 hexadecimal digits. */
export function traceIdOf({ traceparent }: TraceCarrier): string {
  return traceparent.slice(3, 35);
}

/** What headers of a request carry; null where that is nothing, or no `traceparent`. */
export function toTraceCarrier(traceparent: unknown, tracestate?: unknown): TraceCarrier | null {
  if (!isTraceparent(traceparent)) return null;
  const hasState = typeof tracestate === "string" && tracestate !== "" && tracestate.length <= maxCarrierLength;
  return hasState ? { traceparent, tracestate } : { traceparent };
}
