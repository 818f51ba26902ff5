import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createClient } from "../client/create-client.ts";
import { systemClock } from "../kit/clock.ts";
import { createDeferred } from "../kit/deferred.ts";
import { serverSettings, serverStatus } from "../contract/wire/schemas/server-description.ts";
import { aFlowRun, aState, record } from "../store/suite/samples.testsuite.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { openStore } from "./open-store.ts";
import { describeServerSettings } from "./server-status.ts";
import { readSettings } from "./settings.ts";
import { startServer } from "./start-server.ts";

const settingsOf = (leaseMs: string) =>
  readSettings({ home: mkdtempSync(join(tmpdir(), "millrace-server-")), env: {}, leaseMs });

const processId = "0199a000-0000-7000-8000-000000000001";
/** Not of this host, so that only its lease tells of it. */
const elsewhere = { id: processId, host: "elsewhere", bootId: null, pid: 1, startToken: null, startedAt: 0 };

test("a server ends the runs of processes whose lease is over", async () => {
  const settings = settingsOf("100ms");
  const before = await openStore(settings, systemClock);
  await before.writeProcess({ ...elsewhere, leaseExpiresAt: systemClock.now() - 1 });
  const run = aFlowRun({ ownerId: processId });
  await before.record({ created: [run], transitions: [], taskRuns: [], logs: [], artifacts: [], events: [] });
  await before.close();
  const server = await startServer({ settings, port: 0 });
  const client = createClient({ url: server.url });
  for (;;) {
    if ((await client.readFlowRun(run.id))?.state.type === "CRASHED") break;
    await systemClock.sleep(10);
  }
  expect(await client.renewProcess(processId)).toBe(false);
  await server.close();
});

test("a heartbeat renews over the server, from a thread of its own, also after the server was away", async () => {
  const settings = settingsOf("1h");
  const store = await openStore(settings, systemClock);
  await store.writeProcess({ ...elsewhere, leaseExpiresAt: systemClock.now() + 3_600_000 });
  const leaseEnd = async (): Promise<number | undefined> => (await store.findProcesses([processId]))[0]?.leaseExpiresAt;
  const renewal = async (): Promise<void> => {
    const before = await leaseEnd();
    while ((await leaseEnd()) === before) await systemClock.sleep(10);
    expect(await leaseEnd()).toBeGreaterThan(before ?? Number.NaN);
  };
  let server = await startServer({ settings, port: 0 });
  let isTold = createDeferred<string>();
  const heartbeat = startHeartbeat({
    location: { apiUrl: server.url, apiKey: null },
    processId,
    leaseMs: 600,
    onTrouble: (reason) => isTold.resolve(reason),
  });
  await renewal();

  const { port } = new URL(server.url);
  isTold = createDeferred();
  await server.close();
  expect(await isTold.promise).toContain("did not answer");
  server = await startServer({ settings, port: Number(port) });
  await renewal();
  await heartbeat.stop();
  await server.close();
  await store.close();
});

test("a server that cannot listen gives up the ledger", async () => {
  const settings = settingsOf("30s");
  const server = await startServer({ settings, port: 0 });
  const { port } = new URL(server.url);
  await expect(startServer({ settings, port: Number(port) })).rejects.toMatchObject({
    code: "SERVER_ADDRESS_TAKEN",
    data: { port: Number(port) },
  });
  await server.close();
});

test("a server says how it does, and by which settings", async () => {
  const settings = settingsOf("1h");
  const store = await openStore(settings, systemClock);
  await store.writeProcess({ ...elsewhere, leaseExpiresAt: systemClock.now() + 3_600_000 });
  const due = aFlowRun({ ownerId: null, states: [aState("SCHEDULED", 5, { details: { scheduledAt: 5 } })] });
  await record(store, { created: [due, aFlowRun()] });
  const password = { ...settings, database: "postgres://ada:secret@db.example/work" };
  const server = await startServer({
    settings,
    shownSettings: describeServerSettings(password, { serverPort: 0, serverHost: undefined }),
    port: 0,
  });
  const client = createClient({ url: server.url });
  const status = await client.readServerStatus();
  expect(serverStatus.parse(status)).toEqual(status);
  expect(status).toMatchObject({
    startedAt: expect.any(Number),
    process: { pid: process.pid, node: process.version },
    database: { kind: "sqlite", schemaVersion: store.schemaVersion },
    queue: { due: 1, oldestDueAt: 5 },
    executors: { alive: 1, known: 1 },
  });
  expect(status.readAt).toBeGreaterThanOrEqual(status.startedAt);
  expect(status.events.newestSeq).toBeGreaterThan(0);
  expect(status.loops.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["the pulse", "automations", "the scheduler", "retention"]),
  );
  expect(status.loops.map(({ failures, lastError }) => [failures, lastError])).not.toContainEqual([
    1,
    expect.anything(),
  ]);

  const described = await client.readServerSettings();
  expect(serverSettings.parse(described)).toEqual(described);
  const of = (name: string): unknown => described.settings.find((setting) => setting.name === name);
  expect(of("serverPort")).toMatchObject({ value: 0, from: "option", overruled: [{ value: 4270, from: "default" }] });
  expect(of("serverHost")).toMatchObject({ value: "127.0.0.1", from: "default", variable: "MILLRACE_SERVER_HOST" });
  expect(of("leaseMs")).toMatchObject({ value: 3_600_000, from: "option" });
  expect(JSON.stringify(described)).not.toContain("secret@");
  await server.close();
  await store.close();
});

test("a server that is told nothing of its settings has no page of them", async () => {
  const server = await startServer({ settings: settingsOf("1h"), port: 0 });
  const client = createClient({ url: server.url });
  await expect(client.readServerSettings()).rejects.toMatchObject({ code: "ROUTE_NOT_FOUND" });
  await server.close();
});
