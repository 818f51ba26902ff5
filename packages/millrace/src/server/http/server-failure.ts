import type { FastifyRequest } from "fastify";
import { toTraceCarrier, traceIdOf } from "../../kit/tracing.ts";

/** What went wrong that is not of the catalogue: a defect. */
export interface ServerFailure {
  /** Of the request; or what else it was in, in words. */
  readonly requestId: string;
  readonly error: unknown;
  /** Of the trace that it was in. */
  readonly traceId?: string | null;
}

/** Null where it is in no trace. */
export function traceIdOfRequest({ headers }: Pick<FastifyRequest, "headers">): string | null {
  const carrier = toTraceCarrier(headers.traceparent);
  return carrier === null ? null : traceIdOf(carrier);
}
