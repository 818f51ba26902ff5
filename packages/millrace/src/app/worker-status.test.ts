import { expect, onTestFinished, test } from "vitest";
import { createVirtualClock } from "../kit/virtual-clock.ts";
import { aFlowRun, aState } from "../store/suite/samples.testsuite.ts";
import { startWorkerStatus, type WorkerStatus } from "./worker-status.ts";

const clock = createVirtualClock();

async function start(): Promise<WorkerStatus> {
  const status = await startWorkerStatus({ host: "127.0.0.1", port: 0, limit: 7, clock });
  onTestFinished(() => status.close());
  return status;
}

async function ask(url: string, init: RequestInit = {}): Promise<readonly [number, string]> {
  const response = await fetch(url, init);
  return [response.status, await response.text()];
}

test("a worker is ready as long as its signs of life are taken, and until it stops", async () => {
  const status = await start();
  const readyz = async () => {
    const [code, text] = await ask(`${status.url}/readyz`);
    const { problems } = JSON.parse(text) as { readonly problems: readonly { readonly reason: string }[] };
    return [code, ...problems.map(({ reason }) => reason)];
  };
  expect(await readyz()).toEqual([503, "it has not been in touch with its ledger yet"]);
  status.noteHeartbeat(10_000);
  expect(await readyz()).toEqual([200]);
  await clock.advance(29_999);
  expect(await readyz()).toEqual([200]);
  await clock.advance(60_001);
  expect(await readyz()).toEqual([503, "its last sign of life was taken 1m 30s ago"]);
  status.noteHeartbeat(10_000);
  expect(await readyz()).toEqual([200]);
  status.announceStop();
  expect(await readyz()).toEqual([503, "it is stopping"]);
  expect(await ask(`${status.url}/livez`)).toEqual([200, '{"status":"alive"}']);
});

test("it counts the runs that it starts and sees to their end, and what goes wrong", async () => {
  const status = await start();
  const run = { ...aFlowRun(), state: aState("COMPLETED") } as never;
  for (let nth = 0; nth < 3; nth++) status.count({ kind: "started", run, infrastructureId: "host:1" });
  status.count({ kind: "ended", run });
  status.count({ kind: "trouble", run: null, what: "secret words" });
  status.follow(() => 2);
  status.noteHeartbeat(10_000);
  const [code, text] = await ask(`${status.url}/metrics`);
  expect(code).toBe(200);
  const told = text.split("\n").filter((line) => line.startsWith("millrace_worker_"));
  expect(told).toEqual([
    "millrace_worker_runs_started_total 3",
    'millrace_worker_runs_ended_total{type="COMPLETED"} 1',
    "millrace_worker_runs_active 2",
    "millrace_worker_run_limit 7",
    "millrace_worker_troubles_total 1",
    `millrace_worker_last_heartbeat_seconds ${clock.now() / 1000}`,
  ]);
  expect(text).toContain("process_resident_memory_bytes");
  expect(text).not.toContain("secret");
  const openMetrics = await ask(`${status.url}/metrics`, { headers: { accept: "application/openmetrics-text" } });
  expect(openMetrics[1]).toMatch(/# EOF\n$/);
});

test("it is read only, knows no other paths, and no pages of elsewhere", async () => {
  const { url } = await start();
  for (const method of ["POST", "PUT", "DELETE", "PATCH"])
    expect((await ask(`${url}/metrics`, { method }))[0]).toBe(405);
  expect((await ask(`${url}/v1/flow-runs`))[0]).toBe(404);
  expect((await ask(`${url}/metrics`, { headers: { origin: "http://evil.example" } }))[0]).toBe(403);
  expect(await ask(`${url}/metrics`, { method: "HEAD" })).toEqual([200, ""]);
});

test("a port that is taken is said to be", async () => {
  const { url } = await start();
  const port = Number(new URL(url).port);
  await expect(startWorkerStatus({ host: "127.0.0.1", port, limit: 1, clock })).rejects.toMatchObject({
    code: "SERVER_ADDRESS_TAKEN",
  });
});
