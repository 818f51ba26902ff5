import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../contract/store.ts";
import { systemClock } from "../kit/clock.ts";
import { createVirtualClock } from "../kit/virtual-clock.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { ledgerPath, openStore, type StoreLocation } from "./open-store.ts";

const processId = "0199a000-0000-7000-8000-000000000001";
const leaseMs = 300;

let location: StoreLocation;
let store: Store;

beforeEach(async () => {
  location = { home: mkdtempSync(join(tmpdir(), "millrace-heartbeat-")), database: null, durability: "process" };
  store = await openStore(location, systemClock);
  await store.writeProcess({
    id: processId,
    host: "here",
    bootId: null,
    pid: process.pid,
    startToken: null,
    startedAt: 0,
    leaseExpiresAt: 0,
  });
});

afterEach(() => store.close());

async function leaseEnd(): Promise<number> {
  const [found] = await store.findProcesses([processId]);
  return found?.leaseExpiresAt ?? Number.NaN;
}

/** Resolves when the lease ends after this time. */
async function renewedAfter(time: number): Promise<number> {
  for (;;) {
    const end = await leaseEnd();
    if (end > time) return end;
    await systemClock.sleep(20);
  }
}

/** The next thread that is started. */
async function nextWorker(): Promise<Worker> {
  const [worker] = (await once(process, "worker")) as [Worker];
  return worker;
}

describe("a heartbeat", () => {
  test("renews the lease while the event loop is blocked", async () => {
    const heartbeat = startHeartbeat({ location, processId, leaseMs });
    const start = await renewedAfter(0);
    // From here to the end of the loop, nothing but this runs in this thread.
    const reader = new DatabaseSync(ledgerPath(location.home), { readOnly: true });
    const select = reader.prepare("select max(lease_expires_at) as lease_end from process");
    const pause = new Int32Array(new SharedArrayBuffer(4));
    let end = start;
    for (let look = 0; look < 150 && end <= start + 2 * leaseMs; look++) {
      Atomics.wait(pause, 0, 0, 100);
      end = Number(select.get()?.lease_end);
    }
    reader.close();
    expect(end).toBeGreaterThan(start + 2 * leaseMs);
    await heartbeat.stop();
  });

  test("stops when it is told to, also before it has begun", async () => {
    const heartbeat = startHeartbeat({ location, processId, leaseMs });
    await renewedAfter(0);
    await heartbeat.stop();
    const end = await leaseEnd();
    await systemClock.sleep(leaseMs);
    expect(await leaseEnd()).toBe(end);
    await startHeartbeat({ location, processId, leaseMs, startDelayMs: 60_000 }).stop();
    await startHeartbeat({ location, processId, leaseMs }).stop();
  });

  test("starts its thread after a delay", async () => {
    const clock = createVirtualClock();
    const started: unknown[] = [];
    const onWorker = (worker: unknown): void => void started.push(worker);
    process.on("worker", onWorker);
    const heartbeat = startHeartbeat({ location, processId, leaseMs, startDelayMs: 1000, clock });
    await clock.advance(999);
    expect(started).toHaveLength(0);
    await clock.advance(1);
    await renewedAfter(0);
    expect(started).toHaveLength(1);
    process.off("worker", onWorker);
    await heartbeat.stop();
  });

  test("goes on after the ledger was locked for long, and tells of it once", async () => {
    const troubles: string[] = [];
    const heartbeat = startHeartbeat({ location, processId, leaseMs, onTrouble: (reason) => troubles.push(reason) });
    await renewedAfter(0);
    const other = new DatabaseSync(ledgerPath(location.home));
    other.exec("begin immediate");
    while (troubles.length === 0) await systemClock.sleep(20);
    await systemClock.sleep(leaseMs);
    other.exec("rollback");
    other.close();
    await renewedAfter(systemClock.now());
    expect(troubles).toEqual([expect.stringMatching(/locked|answer/)]);
    await heartbeat.stop();
  });

  test("starts another thread when one is ended", async () => {
    const clock = createVirtualClock();
    const first = nextWorker();
    const heartbeat = startHeartbeat({ location, processId, leaseMs, clock });
    await (await first).terminate();
    const second = nextWorker();
    await clock.advance(leaseMs / 3);
    expect(await second).not.toBe(await first);
    await renewedAfter(0);
    await heartbeat.stop();
  });

  test("ends its thread when the ledger does not know the process any more", async () => {
    const worker = nextWorker();
    startHeartbeat({ location, processId, leaseMs });
    const exit = worker.then((thread) => once(thread, "exit"));
    await renewedAfter(0);
    await store.deleteProcess(processId);
    expect(await exit).toEqual([0]);
  });

  test("does not keep its process", async () => {
    const code = `
      import { startHeartbeat } from ${JSON.stringify(new URL("./heartbeat.ts", import.meta.url).href)};
      startHeartbeat(${JSON.stringify({ location, processId, leaseMs })});
      await new Promise((resolve) => setTimeout(resolve, 300));
    `;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", code], { stdio: "inherit" });
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(await leaseEnd()).toBeGreaterThan(0);
  });
});
