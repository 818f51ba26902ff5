import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createClient } from "../client/create-client.ts";
import { systemClock } from "../kit/clock.ts";
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
  const settings = settingsOf("300ms");
  const store = await openStore(settings, systemClock);
  const leaseEnd = async (): Promise<number> => (await store.findProcesses([processId]))[0]?.leaseExpiresAt ?? 0;
  const renewedAfter = async (time: number): Promise<void> => {
    while ((await leaseEnd()) <= time) await systemClock.sleep(10);
  };
  let server = await startServer({ settings, port: 0 });
  await store.writeProcess({ ...elsewhere, leaseExpiresAt: systemClock.now() + 3_600_000 });
  await store.renewProcess(processId, systemClock.now() + 200);
  const troubles: string[] = [];
  const heartbeat = startHeartbeat({
    location: { apiUrl: server.url },
    processId,
    leaseMs: 300,
    onTrouble: (reason) => troubles.push(reason),
  });
  await renewedAfter(await leaseEnd());
  expect(troubles).toEqual([]);

  const { port } = new URL(server.url);
  await server.close();
  while (troubles.length === 0) await systemClock.sleep(10);
  expect(troubles[0]).toContain("did not answer");
  // Otherwise the server that comes back would find the lease ended, and end the process.
  const farOff = systemClock.now() + 3_600_000;
  await store.renewProcess(processId, farOff);
  server = await startServer({ settings, port: Number(port) });
  while ((await leaseEnd()) === farOff) await systemClock.sleep(10);
  expect(await leaseEnd()).toBeGreaterThan(0);
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
