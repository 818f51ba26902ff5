/** Carrying an old ledger forward while others use it, and while something goes wrong. */

import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { uuidFromHash } from "../../kit/ids.ts";
import { wholeSql } from "../migrations/migration.ts";
import { sqliteMigrations } from "../migrations/sqlite-migrations.ts";
import { aTaskRun, create, record } from "../suite/samples.testsuite.ts";
import { createConnection } from "./connection.ts";
import { migrate } from "./migrate.ts";
import { knownVersion, setVersion } from "./schema-version.ts";
import { makeSqliteLedger } from "./sqlite-ledger.testsuite.ts";
import { createSqliteStore } from "./store.ts";

/** The version before the one whose indexes are built apart. */
const beforeIndexes = 4;

/** No workspace is opened here. */
const alone = {
  openBeside: () => Promise.reject(new Error("no ledger is beside this one")),
  dropBeside: () => Promise.reject(new Error("no ledger is beside this one")),
};

let ledger: Awaited<ReturnType<typeof makeSqliteLedger>>;

beforeEach(async () => {
  ledger = await makeSqliteLedger();
});

afterEach(() => ledger.remove());

/** Makes the ledger as a program of an older version did. */
function makeOld(version: number): void {
  const database = new DatabaseSync(ledger.path);
  database.exec("pragma journal_mode = wal");
  database.function("uuid_of", (text) => uuidFromHash(String(text)));
  for (const step of sqliteMigrations.slice(0, version)) database.exec(wholeSql(step));
  setVersion(database, version);
  database.close();
}

/** A connection to the ledger as it is, as a process has one that was there before. */
function connectAsBefore(busyTimeoutMs = 5000) {
  const database = new DatabaseSync(ledger.path, { timeout: 0 });
  return createConnection({ database, location: ledger.path, clock: systemClock, busyTimeoutMs });
}

function schemaOf(path: string): readonly unknown[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare("select type, name, sql from sqlite_schema order by name").all();
  const version = database.prepare("select v.*, user_version from ledger_version v, pragma_user_version").all();
  database.close();
  return [...rows, ...version];
}

async function expectAsFresh(): Promise<void> {
  const fresh = await makeSqliteLedger();
  const store = await fresh.open();
  await store.close();
  expect(schemaOf(ledger.path)).toEqual(schemaOf(fresh.path));
  await fresh.remove();
}

async function openAndClose(): Promise<void> {
  const store = await ledger.open();
  expect((await store.readSchemaVersion()).version).toBe(knownVersion);
  expect(await store.check()).toEqual([]);
  await store.close();
}

describe("an old ledger in SQLite", () => {
  test("is carried forward once, by one of those that open it at once", async () => {
    makeOld(1);
    const stores = await Promise.all([ledger.open(), ledger.open(), ledger.open()]);
    expect(stores.map(({ schemaVersion }) => schemaVersion)).toEqual([knownVersion, knownVersion, knownVersion]);
    for (const store of stores) await store.close();
    await expectAsFresh();
  });

  test("is read and recorded in by those of before, between two transactions and afterwards", async () => {
    makeOld(beforeIndexes);
    const store = createSqliteStore(connectAsBefore(), alone);
    const run = await create(store);
    const opening = openAndClose();
    // Whoever wants to write comes in between.
    for (let index = 0; index < 20; index++) {
      await record(store, { taskRuns: [aTaskRun(run.id)] });
      expect(await store.readRecords(run.id)).toHaveLength(index + 1);
    }
    await opening;
    await record(store, { taskRuns: [aTaskRun(run.id)] });
    expect(await store.readRecords(run.id)).toHaveLength(21);
    await store.close();
    await expectAsFresh();
  });

  test("tells who waits too long for a step that it is busy, and has nothing of what was refused", async () => {
    makeOld(beforeIndexes);
    const store = createSqliteStore(connectAsBefore(100), alone);
    const run = await create(store);
    const step = connectAsBefore();
    step.database.exec("begin immediate; create table what_takes_long (seq integer primary key) strict");
    expect(await store.readFlowRuns([run.id])).toEqual([run]);
    await expect(record(store, { taskRuns: [aTaskRun(run.id)] })).rejects.toMatchObject({
      code: "LEDGER_BUSY",
      retryable: true,
      data: { waited: "100ms" },
    });
    step.database.exec("rollback");
    step.database.close();
    expect(await store.readRecords(run.id)).toEqual([]);
    await store.close();
  });

  test("goes on where a process was killed", async () => {
    makeOld(beforeIndexes);
    // The second index, the step that it belongs to, and the two that follow.
    for (const point of ["flow_run_unended_child", "user_version = 5", "user_version = 6", "user_version = 7"]) {
      await killedAt(point);
    }
    const database = new DatabaseSync(ledger.path);
    expect(database.prepare("pragma user_version").get()).toEqual({ user_version: 6 });
    database.close();
    await openAndClose();
    await expectAsFresh();
  });

  test("stays as it is where there is no space for it, and says so", async () => {
    makeOld(beforeIndexes);
    const connection = connectAsBefore();
    const { database } = connection;
    const { page_count: pages } = database.prepare("pragma page_count").get() as { page_count: number };
    database.exec(`pragma max_page_count = ${pages + 1}`);
    await expect(migrate(connection, ledger.path)).rejects.toMatchObject({
      code: "LEDGER_FULL",
      data: { location: ledger.path },
    });
    expect(database.prepare("pragma user_version").get()).toEqual({ user_version: beforeIndexes });
    expect(database.prepare("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
    database.exec("pragma max_page_count = 1000000");
    await migrate(connection, ledger.path);
    database.close();
    await expectAsFresh();
  });
});

/** A process that opens the ledger and is killed in place of the statements that have this text. */
async function killedAt(text: string): Promise<void> {
  const script = `
    import { DatabaseSync } from "node:sqlite";
    import { openSqliteStore } from ${JSON.stringify(import.meta.resolve("./open.ts"))};
    import { systemClock } from ${JSON.stringify(import.meta.resolve("../../kit/clock.ts"))};
    const { exec } = DatabaseSync.prototype;
    DatabaseSync.prototype.exec = function (sql) {
      if (sql.includes(${JSON.stringify(text)})) process.kill(process.pid, "SIGKILL");
      return exec.call(this, sql);
    };
    await openSqliteStore({ path: ${JSON.stringify(ledger.path)}, durability: "process", clock: systemClock });`;
  const killed = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], { cwd: tmpdir() });
  await expect(killed).rejects.toMatchObject({ signal: "SIGKILL" });
}
