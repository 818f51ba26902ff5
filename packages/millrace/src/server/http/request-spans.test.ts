import { SpanStatusCode, trace } from "@opentelemetry/api";
import { afterEach, expect, test } from "vitest";
import { startOverHttp } from "../../client/over-http.testsuite.ts";
import { systemClock } from "../../kit/clock.ts";
import { findTracer } from "../../kit/open-telemetry.ts";
import { registerSpans } from "../../engine/trace.testsuite.ts";
import { createService } from "../../service/create-service.ts";
import { makeLedger } from "../../store/ledger-under-test.testsuite.ts";
import type { Api } from "../../contract/api.ts";

const spans = registerSpans();
const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

async function start(replaced: Partial<Api>): Promise<string> {
  const ledger = await makeLedger();
  open.push(() => ledger.remove());
  const store = await ledger.open();
  open.push(() => store.close());
  const api = { ...createService({ store, clock: systemClock }), ...replaced };
  const { server, url } = await startOverHttp(api, { server: { tracer: findTracer() } });
  open.push(() => server.close());
  return url;
}

const seen = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId;

test("a request has a span, which what is done for it is in, its body read or not", async () => {
  const within: (string | undefined)[] = [];
  const url = await start({
    listSecrets: async () => (within.push(seen()), []),
    countFlowRuns: async () => (within.push(seen()), {}),
  });
  await fetch(`${url}/v1/secrets?x=1`, { headers: { traceparent, tracestate: "a=b" } });
  const headers = { "content-type": "application/json" };
  await fetch(`${url}/v1/flow-runs/count`, { method: "POST", headers, body: '{"filter":{}}' });
  const first = await spans.find("GET /v1/secrets");
  const second = await spans.find("POST /v1/flow-runs/count");
  expect(within).toEqual([first.spanContext().spanId, second.spanContext().spanId]);
  expect(first.parentSpanContext).toMatchObject({ spanId: "b7ad6b7169203331", isRemote: true });
  expect(first.spanContext().traceState?.serialize()).toBe("a=b");
  expect(second.parentSpanContext).toBeUndefined();
  expect(first.attributes).toMatchObject({
    "http.request.method": "GET",
    "http.route": "/v1/secrets",
    "url.path": "/v1/secrets",
    "http.response.status_code": 200,
  });
  expect(first.status.code).toBe(SpanStatusCode.UNSET);
});

test("an answer that is an error of the server is one of its span; what the client did wrong is none", async () => {
  const url = await start({ listSecrets: () => Promise.reject(new Error("a defect")) });
  spans.take();
  await fetch(`${url}/v1/secrets`);
  await fetch(`${url}/nothing`);
  const failed = await spans.find("GET /v1/secrets");
  expect([failed.status.code, failed.attributes["error.type"], failed.events]).toEqual([
    SpanStatusCode.ERROR,
    "500",
    [],
  ]);
  expect((await spans.find("GET")).status.code).toBe(SpanStatusCode.UNSET);
});

test("probes and metrics have none, and a header that is no trace begins one", async () => {
  const url = await start({});
  spans.take();
  await fetch(`${url}/livez`);
  await fetch(`${url}/readyz`);
  await fetch(`${url}/v1/version`, { headers: { traceparent: `${traceparent}-more` } });
  const found = await spans.find("GET /v1/version");
  expect(found.parentSpanContext).toBeUndefined();
  expect(spans.take()).toHaveLength(1);
});
