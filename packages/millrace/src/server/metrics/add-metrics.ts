/** GET /metrics, and what is counted of requests. */

import type { FastifyInstance } from "fastify";
import type { ServerMetrics } from "../../contract/metrics.ts";
import { chooseMetricsFormat, metricsContentTypes, toMetricsText } from "../../kit/metrics-text.ts";
import { serverRoute } from "../access/server-route.ts";

/** What is asked when metrics are read. */
export interface OpenNow {
  readonly requests: () => number;
  readonly streams: () => number;
  readonly sockets: () => number;
}

export function addMetrics(app: FastifyInstance, metrics: ServerMetrics): void {
  // Whoever wonders why the server is full reads them.
  app.get("/metrics", { config: { ...serverRoute("metrics").config, isExempt: true } }, async (request, reply) => {
    const format = chooseMetricsFormat(request.headers.accept);
    return reply.type(metricsContentTypes[format]).send(toMetricsText(await metrics.read(), format));
  });
}

/** To be added before the routes. What a stream takes is not known before it ends, and says nothing of the server. */
export function countRequests(app: FastifyInstance, metrics: ServerMetrics): void {
  app.addHook("onResponse", async (request, { statusCode, elapsedTime }) => {
    const { method } = request;
    const route = request.routeOptions.url ?? "none";
    metrics.add("millrace_http_requests_total", [method, route, statusClass(statusCode)]);
    if (!streams.has(route)) metrics.observe("millrace_http_request_seconds", [method, route], elapsedTime / 1000);
  });
}

const streams: ReadonlySet<string> = new Set(["/v1/events/stream"]);

export function countOpen(metrics: ServerMetrics, open: OpenNow): void {
  metrics.onRead(() => {
    metrics.set("millrace_http_requests_in_flight", [], open.requests());
    metrics.set("millrace_event_streams_open", [], open.streams());
    metrics.set("millrace_sockets_open", [], open.sockets());
  });
}

function statusClass(status: number): string {
  return `${Math.floor(status / 100)}xx`;
}
