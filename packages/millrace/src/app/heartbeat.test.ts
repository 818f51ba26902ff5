import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../contract/store.ts";
import { systemClock } from "../kit/clock.ts";
import { createVirtualClock } from "../kit/virtual-clock.ts";
import { leaseGoneCode, startHeartbeat } from "./heartbeat.ts";
import { makePostgresLedger, type TestPostgresLedger, whyNot } from "../store/postgres/postgres-ledger.testsuite.ts";
import { ledgerPath, openStore, type StoreLocation } from "./open-store.ts";

const processId = "0199a000-0000-7000-8000-000000000001";
const leaseMs = 300;

let location: StoreLocation;
let store: Store;

/** A ledger that knows the process, whose lease has never been renewed. */
async function openLedger(database: string | null): Promise<void> {
  location = { home: mkdtempSync(join(tmpdir(), "millrace-heartbeat-")), database, durability: "process" };
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
}

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

const module = new URL("./open-store.ts", import.meta.url).href;

/**
 * A thread that says when it is there; and once `flags[0]` says that the main thread waits, wakes it when the lease has been
 * renewed at least twice since.
 */
const observe = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { location, processId, leaseMs, flags, module } = workerData;
  import(module).then(async ({ openStore }) => {
    const clock = { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
    const store = await openStore(location, clock);
    const leaseEnd = async () => (await store.findProcesses([processId]))[0].leaseExpiresAt;
    parentPort.postMessage("ready");
    while (Atomics.load(flags, 0) === 0) await clock.sleep(5);
    const start = await leaseEnd();
    while ((await leaseEnd()) <= start + leaseMs) await clock.sleep(20);
    Atomics.store(flags, 1, 1);
    Atomics.notify(flags, 1);
    await store.close();
  });
`;

async function renewsWhileBlocked(): Promise<void> {
  const heartbeat = startHeartbeat({ location, processId, leaseMs });
  await renewedAfter(0);
  const flags = new Int32Array(new SharedArrayBuffer(8));
  const observer = new Worker(observe, { eval: true, workerData: { location, processId, leaseMs, flags, module } });
  await once(observer, "message");
  Atomics.store(flags, 0, 1);
  // From here on this thread does nothing. It may be woken before it waits, on a busy machine.
  expect(Atomics.wait(flags, 1, 0, 15_000)).not.toBe("timed-out");
  await once(observer, "exit");
  await heartbeat.stop();
}

describe("a heartbeat", () => {
  beforeEach(() => openLedger(null));
  afterEach(() => store.close());

  test("renews the lease while the event loop is blocked", renewsWhileBlocked);

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

  test("that is held renews nothing before it is told to begin", async () => {
    const heartbeat = startHeartbeat({ location, processId, leaseMs, isHeld: true });
    await systemClock.sleep(2 * leaseMs);
    expect(await leaseEnd()).toBe(0);
    heartbeat.begin();
    await renewedAfter(0);
    await heartbeat.stop();
    await startHeartbeat({ location, processId, leaseMs, isHeld: true }).stop();
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
    // Long enough that a busy machine is no trouble.
    const longMs = 3 * leaseMs;
    const heartbeat = startHeartbeat({
      location,
      processId,
      leaseMs: longMs,
      onTrouble: (reason) => troubles.push(reason),
    });
    await renewedAfter(0);
    troubles.length = 0;
    const other = new DatabaseSync(ledgerPath(location.home));
    other.exec("begin immediate");
    while (troubles.length === 0) await systemClock.sleep(20);
    await systemClock.sleep(longMs);
    other.exec("rollback");
    other.close();
    await renewedAfter(systemClock.now() + longMs / 2);
    expect(troubles).toEqual([expect.stringMatching(/locked|answer/)]);
    await heartbeat.stop();
  });

  test("starts another thread when one is ended", async () => {
    const clock = createVirtualClock();
    const first = nextWorker();
    const heartbeat = startHeartbeat({ location, processId, leaseMs, clock });
    const end = await renewedAfter(0);
    await (await first).terminate();
    const second = nextWorker();
    await clock.advance(leaseMs / 3);
    expect(await second).not.toBe(await first);
    await renewedAfter(end + leaseMs);
    await heartbeat.stop();
  });

  test("ends its thread when the ledger does not know the process any more", async () => {
    const worker = nextWorker();
    startHeartbeat({ location, processId, leaseMs });
    const exit = worker.then((thread) => once(thread, "exit"));
    await renewedAfter(0);
    await store.deleteProcess(processId);
    expect(await exit).toEqual([leaseGoneCode]);
  });

  test("goes on when the ledger knows the process again", async () => {
    const gone = Promise.withResolvers<void>();
    const heartbeat = startHeartbeat({ location, processId, leaseMs, onGone: gone.resolve });
    await renewedAfter(0);
    const [known] = await store.findProcesses([processId]);
    await store.deleteProcess(processId);
    await gone.promise;
    if (known !== undefined) await store.writeProcess({ ...known, leaseExpiresAt: 0 });
    heartbeat.begin();
    expect(await renewedAfter(0)).toBeGreaterThan(0);
    await heartbeat.stop();
  });

  test("stops though its database takes the connection and never answers", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const silent = { ...location, database: `postgres://me@127.0.0.1:${port}/runs` };
    const trouble = Promise.withResolvers<string>();
    const heartbeat = startHeartbeat({ location: silent, processId, leaseMs, onTrouble: trouble.resolve });
    expect(await trouble.promise).toBe("the database did not answer within 100 ms");
    await heartbeat.stop();
    server.close();
  });

  test("does not keep its process", async () => {
    const source = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
    const code = `
      import { systemClock } from ${source("../kit/clock.ts")};
      import { startHeartbeat } from ${source("./heartbeat.ts")};
      import { openStore } from ${source("./open-store.ts")};
      const { location, processId, leaseMs } = ${JSON.stringify({ location, processId, leaseMs })};
      const store = await openStore(location, systemClock);
      startHeartbeat({ location, processId, leaseMs });
      while ((await store.findProcesses([processId]))[0].leaseExpiresAt === 0) await systemClock.sleep(20);
    `;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", code], { stdio: "inherit" });
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(await leaseEnd()).toBeGreaterThan(0);
  });
});

describe.skipIf(whyNot !== "")(`a heartbeat on PostgreSQL${whyNot}`, () => {
  let ledger: TestPostgresLedger;

  beforeEach(async () => {
    ledger = await makePostgresLedger();
    await openLedger(ledger.url);
  });
  afterEach(async () => {
    await store.close();
    await ledger.remove();
  });

  test("renews the lease while the event loop is blocked", renewsWhileBlocked);

  test("goes on after its connection was cut", async () => {
    const name = `heartbeat-${ledger.schema}`;
    const own = new URL(ledger.url);
    own.searchParams.set("application_name", name);
    const heartbeat = startHeartbeat({ location: { ...location, database: own.href }, processId, leaseMs });
    let end = await renewedAfter(0);
    for (let cut = 0; cut < 3; cut++) {
      const closed = await ledger.query(
        "select pg_terminate_backend(pid) as done from pg_stat_activity where application_name = $1",
        [name],
      );
      expect(closed).not.toHaveLength(0);
      end = await renewedAfter(end + leaseMs);
    }
    await heartbeat.stop();
  });
});
