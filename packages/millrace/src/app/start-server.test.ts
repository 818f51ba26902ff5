import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createClient } from "../client/create-client.ts";
import { systemClock } from "../kit/clock.ts";
import { createDeferred } from "../kit/deferred.ts";
import { aFlowRun } from "../store/suite/samples.testsuite.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { openStore } from "./open-store.ts";
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
    location: { apiUrl: server.url },
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
