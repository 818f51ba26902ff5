/** The metrics of a server as a whole: what is told is what has happened. */

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createClient } from "../../client/create-client.ts";
import { metricTable } from "../../contract/metrics.ts";
import { systemClock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { createMetrics } from "../../kit/metrics.ts";
import { aFlowRun, aState, aTaskRun } from "../../store/suite/samples.testsuite.ts";
import { readSettings } from "../settings.ts";
import { type RunningServer, startServer, type StartServerOptions } from "../start-server.ts";
import { measureLedger } from "./measure-ledger.ts";

const open: RunningServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function start(env: Readonly<Record<string, string>> = {}, options: Partial<StartServerOptions> = {}) {
  const settings = readSettings({ home: mkdtempSync(join(tmpdir(), "millrace-metrics-")), env });
  const server = await startServer({ settings, port: 0, ...options });
  open.push(server);
  return { url: server.url, client: createClient({ url: server.url }) };
}

async function read(url: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    samples.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

test("a server tells what was recorded, what waits, and how its loops and its process do", async () => {
  const { url, client } = await start();
  const pool = await client.createWorkPool({ name: 'a "pool"\nwith a line', type: "process" });
  const due = aFlowRun({
    ownerId: null,
    workPoolId: pool.id,
    states: [aState("SCHEDULED", 5, { name: "Late", details: { scheduledAt: 5 } })],
  });
  const run = aFlowRun();
  await client.record({ processId: uuidv7(), created: [due, run], taskRuns: [aTaskRun(run.id), aTaskRun(run.id)] });
  await client.record({ processId: uuidv7(), created: [due] });
  await fetch(`${url}/nothing`);
  const metrics = await read(url);
  const of = (name: string): number | undefined => metrics.get(name);
  expect(of('millrace_flow_run_states_total{type="SCHEDULED"}')).toBe(1);
  expect(of('millrace_task_run_states_total{type="COMPLETED"}')).toBe(2);
  expect(of('millrace_flow_runs{type="SCHEDULED"}')).toBe(1);
  expect([of("millrace_late_runs"), of("millrace_due_runs"), of("millrace_ledger_up")]).toEqual([1, 1, 1]);
  expect(of("millrace_oldest_due_seconds")).toBeGreaterThan(1e9);
  expect(of('millrace_pool_due_runs{pool="a \\"pool\\"\\nwith a line"}')).toBe(1);
  expect(of('millrace_http_requests_total{verb="POST",route="/v1/record",status="2xx"}')).toBe(2);
  expect(of('millrace_http_request_seconds_count{verb="POST",route="/v1/record"}')).toBe(2);
  expect(of('millrace_http_requests_total{verb="GET",route="none",status="4xx"}')).toBe(1);
  expect(of("millrace_http_requests_in_flight")).toBe(0);
  expect(of('millrace_loop_ticks_total{loop="the scheduler"}')).toBeGreaterThan(0);
  expect(of('millrace_loop_failures_total{loop="the scheduler"}')).toBe(0);
  expect(of('millrace_loop_tick_seconds_count{loop="the scheduler"}')).toBeGreaterThan(0);
  expect(of("millrace_commit_rows_sum")).toBeGreaterThanOrEqual(5);
  expect(of("millrace_sqlite_log_bytes")).toBeGreaterThan(0);
  expect(of("process_resident_memory_bytes")).toBeGreaterThan(1e7);
  expect(of("nodejs_eventloop_utilization")).toBeGreaterThanOrEqual(0);
  expect(of("nodejs_eventloop_lag_max_seconds")).toBeGreaterThanOrEqual(0);
});

test("figures of the ledger are asked for once in ten seconds, however many read them", async () => {
  const { url, client } = await start();
  await read(url);
  await client.record({ processId: uuidv7(), created: [aFlowRun()] });
  const again = await Promise.all([read(url), read(url)]);
  expect(again.map((metrics) => metrics.get('millrace_flow_runs{type="RUNNING"}'))).toEqual([0, 0]);
  expect(again.map((metrics) => metrics.get('millrace_flow_run_states_total{type="RUNNING"}'))).toEqual([1, 1]);
});

test("a database that does not answer is told so, and the rest is told all the same", async () => {
  const metrics = createMetrics(metricTable);
  const never = (): Promise<never> => Promise.reject(new Error("gone"));
  const api = new Proxy({}, { get: () => never }) as Parameters<typeof measureLedger>[1]["api"];
  const readLoad = () => ({ logBytes: null, connections: { busy: 10, idle: 0, max: 10, waiting: 7 } });
  const store = { describe: never, findProcesses: never, readLoad };
  measureLedger(metrics, { api, store, clock: systemClock });
  const told = new Map((await metrics.read()).map(({ name, series }) => [name, series[0]?.value]));
  expect([told.get("millrace_ledger_up"), told.get("millrace_postgres_waiting")]).toEqual([0, 7]);
});

test("who reads them accepts OpenMetrics, or needs a key, or is told nothing", async () => {
  const { url } = await start();
  const openly = await fetch(`${url}/metrics`, { headers: { accept: "application/openmetrics-text;version=1.0.0" } });
  expect(openly.headers.get("content-type")).toContain("application/openmetrics-text; version=1.0.0");
  expect(await openly.text()).toMatch(/\n# EOF\n$/);
  const plainly = await fetch(`${url}/metrics`);
  expect(plainly.headers.get("content-type")).toContain("text/plain; version=0.0.4");
  const guarded = await start({}, { accessControl: true });
  expect((await fetch(`${guarded.url}/metrics`)).status).toBe(401);
  const silent = await start({ MILLRACE_METRICS: "off" });
  expect((await fetch(`${silent.url}/metrics`)).status).toBe(404);
});

test("what a limit refuses is counted by what it was", async () => {
  const { url } = await start({}, { limits: { maxRequestsOfClient: 0, maxStreamsOfClient: 0 } });
  expect((await fetch(`${url}/v1/version`)).status).toBe(200);
  expect((await fetch(`${url}/v1/secrets`)).status).toBe(429);
  expect((await fetch(`${url}/v1/events/stream`)).status).toBe(429);
  const metrics = await read(url);
  expect(metrics.get('millrace_refused_total{what="request",limit="client"}')).toBe(1);
  expect(metrics.get('millrace_refused_total{what="stream",limit="client"}')).toBe(1);
});
