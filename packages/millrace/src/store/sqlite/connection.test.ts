import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../../contract/store.ts";
import { type Clock, systemClock } from "../../kit/clock.ts";
import { createVirtualClock } from "../../kit/virtual-clock.ts";
import type { TestLedger } from "../suite/ledger.testsuite.ts";
import { aTaskRun, create, record } from "../suite/samples.testsuite.ts";
import { knownVersion } from "./schema-version.ts";
import { openSqliteStore } from "./open.ts";
import { makeSqliteLedger } from "./sqlite-ledger.testsuite.ts";

describe("a ledger in SQLite that another process has locked", () => {
  let ledger: TestLedger & { readonly path: string };
  let other: DatabaseSync;
  const stores: Store[] = [];

  async function open(clock: Clock, busyTimeoutMs?: number): Promise<Store> {
    const timeout = busyTimeoutMs === undefined ? {} : { busyTimeoutMs };
    const store = await openSqliteStore({ path: ledger.path, durability: "process", clock, ...timeout });
    stores.push(store);
    return store;
  }

  beforeEach(async () => {
    ledger = await makeSqliteLedger();
    await open(systemClock);
    other = new DatabaseSync(ledger.path);
  });

  afterEach(async () => {
    if (other.isOpen) other.close();
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await ledger.remove();
  });

  test("is waited for, while the event loop goes on", async () => {
    const store = await open(systemClock);
    const run = await create(store);
    other.exec("begin immediate");
    let turns = 0;
    const recording = record(store, { taskRuns: [aTaskRun(run.id)] });
    while (turns < 20) {
      await new Promise((resolve) => void setImmediate(resolve));
      turns++;
    }
    expect(await store.readRecords(run.id)).toEqual([]);
    other.exec("commit");
    expect((await recording).stale).toEqual([]);
    expect(await store.readRecords(run.id)).toHaveLength(1);
  });

  test("is given up after the time that was set, and nothing was written", async () => {
    using clock = createVirtualClock({ autoAdvance: true });
    const store = await open(clock, 500);
    const run = await create(store);
    const begunAt = clock.monotonic();
    other.exec("begin immediate");
    await expect(record(store, { taskRuns: [aTaskRun(run.id)] })).rejects.toMatchObject({
      code: "LEDGER_BUSY",
      retryable: true,
      data: { location: ledger.path, waited: "500ms" },
    });
    expect(clock.monotonic() - begunAt).toBeGreaterThanOrEqual(500);
    expect(clock.monotonic() - begunAt).toBeLessThan(600);
    other.exec("rollback");
    expect(await store.readRecords(run.id)).toEqual([]);
  });

  test("is waited for when it is opened for the first time", async () => {
    const fresh = await makeSqliteLedger();
    const holder = new DatabaseSync(fresh.path);
    holder.exec("begin exclusive; create table t (x)");
    const opening = fresh.open();
    await new Promise((resolve) => void setImmediate(resolve));
    holder.exec("rollback");
    holder.close();
    const store = await opening;
    expect(store.schemaVersion).toBe(knownVersion);
    await store.close();
    await fresh.remove();
  });

  test("can be read meanwhile", async () => {
    const store = await open(systemClock);
    const run = await create(store);
    other.exec("begin immediate; delete from flow_run");
    expect(await store.readFlowRuns([run.id])).toEqual([run]);
    other.exec("rollback");
  });
});
