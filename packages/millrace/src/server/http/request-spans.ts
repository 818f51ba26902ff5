/**
 * A span of each request, where the server's process has a tracer: a part of the trace that comes with it. Names and attributes are
 * those of https://opentelemetry.io/docs/specs/semconv/http/http-spans/. Probes, metrics and streams have none.
 */

import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Span, toTraceCarrier, type Tracer } from "../../kit/tracing.ts";
import { pathOf } from "../access/guard.ts";

const untraced: ReadonlySet<string> = new Set(["/livez", "/readyz", "/metrics", "/v1/events/stream"]);

/** To be added before the hooks whose time is to be in it. */
export function addRequestSpans(app: FastifyInstance, tracer: Tracer): void {
  const spans = new WeakMap<FastifyRequest, Span>();

  app.addHook("onRequest", (request, _, done) => {
    const { method, headers } = request;
    const { url: route } = request.routeOptions;
    if (route !== undefined && untraced.has(route)) return done();
    const carrier = toTraceCarrier(headers.traceparent, headers.tracestate);
    const span = tracer.start({
      name: route === undefined ? method : `${method} ${route}`,
      kind: "server",
      attributes: {
        "http.request.method": method,
        "url.path": pathOf(request),
        "url.scheme": "http",
        "millrace.request.id": request.id,
        ...(route === undefined ? {} : { "http.route": route }),
      },
      parent: carrier === null ? null : tracer.at(carrier),
    });
    spans.set(request, span);
    // A run that is asked for is a part of this.
    headers.traceparent = span.carrier.traceparent;
    span.run(done);
  });

  app.addHook("onResponse", async (request, { statusCode }) => {
    const span = spans.get(request);
    span?.set({ "http.response.status_code": statusCode });
    span?.end(statusCode < 500 ? null : { name: String(statusCode), message: "", isAnswer: true });
  });
}
