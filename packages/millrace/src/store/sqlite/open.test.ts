import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { open as openFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { aTaskRun, create, record } from "../suite/samples.testsuite.ts";
import { configure } from "./configure.ts";
import { createConnection } from "./connection.ts";
import { migrate } from "./migrate.ts";
import { openSqliteStore } from "./open.ts";
import { knownVersion } from "./schema-version.ts";
import { createSqliteStore } from "./store.ts";

/** No workspace is opened here. */
const alone = {
  openBeside: () => Promise.reject(new Error("no ledger is beside this one")),
  dropBeside: () => Promise.reject(new Error("no ledger is beside this one")),
};

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-open-"));
  path = join(folder, "ledger.db");
});

afterEach(() => {
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const open = (durability: "process" | "power" = "process") => openSqliteStore({ path, durability, clock: systemClock });

/** Lets another program than ours have the file. */
function change(sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

async function makeLedger(tasks = 1): Promise<void> {
  const store = await open();
  const run = await create(store);
  await record(store, { taskRuns: Array.from({ length: tasks }, () => aTaskRun(run.id)) });
  await store.close();
}

describe("opening a ledger in SQLite", () => {
  test("makes the file, and finds it as it was left", async () => {
    const first = await open();
    const run = await create(first);
    await first.close();
    const second = await open("power");
    expect(await second.readFlowRuns([run.id])).toEqual([run]);
    await second.close();
  });

  test("makes one in memory, which ends with the store", async () => {
    const options = { path: ":memory:", durability: "process", clock: systemClock } as const;
    const store = await openSqliteStore(options);
    const run = await create(store);
    expect(await store.readFlowRuns([run.id])).toEqual([run]);
    await store.close();
    const another = await openSqliteStore(options);
    expect(await another.readFlowRuns([run.id])).toEqual([]);
    await another.close();
  });

  test("refuses one that a newer version has written, and leaves it alone", async () => {
    await makeLedger();
    change("pragma user_version = 99");
    await expect(open()).rejects.toMatchObject({
      code: "LEDGER_NEWER",
      data: { location: path, found: 99, known: knownVersion },
    });
  });

  test("uses one that a newer version has only added to, and leaves its version alone", async () => {
    await makeLedger();
    change(`
      alter table flow_run add column mood text;
      pragma user_version = 99;
      update ledger_version set version = 99, serves = ${knownVersion}`);
    const older = await open();
    const run = await create(older);
    expect(await older.readFlowRuns([run.id])).toEqual([run]);
    expect(await older.readSchemaVersion()).toEqual({ version: 99, serves: knownVersion });
    await older.close();
  });

  test("refuses a database of another program, and leaves it alone", async () => {
    change("create table customer (id)");
    await expect(open()).rejects.toMatchObject({ code: "LEDGER_CORRUPT" });
    const database = new DatabaseSync(path);
    expect(database.prepare("select name from sqlite_schema").all()).toEqual([{ name: "customer" }]);
    database.close();
  });

  test("refuses a file that is no database", async () => {
    writeFileSync(path, "Once upon a time, there was a text that was no database. ".repeat(100));
    await expect(open()).rejects.toMatchObject({ code: "LEDGER_CORRUPT", data: { location: path } });
  });

  test("refuses a file that was cut off", async () => {
    await makeLedger(500);
    truncateSync(path, Math.floor(statSync(path).size / 8192) * 4096);
    await expect(open()).rejects.toMatchObject({ code: "LEDGER_CORRUPT" });
  });

  test("refuses a folder that is not there, and a folder in place of the file", async () => {
    path = join(folder, "none", "ledger.db");
    await expect(open()).rejects.toMatchObject({ code: "LEDGER_UNWRITABLE", data: { location: path } });
    path = folder;
    await expect(open()).rejects.toMatchObject({ code: "LEDGER_UNWRITABLE" });
  });

  test("refuses a folder that cannot be written to", async () => {
    await makeLedger();
    chmodSync(path, 0o444);
    chmodSync(folder, 0o555);
    // The superuser may write everywhere, so somebody else has to try.
    const isSuperuser = process.getuid?.() === 0;
    const script = `
      import { openSqliteStore } from ${JSON.stringify(import.meta.resolve("./open.ts"))};
      import { systemClock } from ${JSON.stringify(import.meta.resolve("../../kit/clock.ts"))};
      const options = { path: ${JSON.stringify(path)}, durability: "process", clock: systemClock };
      console.log(await openSqliteStore(options).then(() => "open", (error) => error.code));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: tmpdir(),
      ...(isSuperuser ? { uid: 65534, gid: 65534 } : {}),
    });
    expect(stdout).toBe("LEDGER_UNWRITABLE\n");
  });

  test.each([
    ["process", 1],
    ["power", 2],
  ] as const)("syncs each commit where power may fail: %s", async (durability, synchronous) => {
    const database = new DatabaseSync(path);
    const connection = createConnection({ database, location: path, clock: systemClock, busyTimeoutMs: 1000 });
    await configure(connection, { durability, isServer: false });
    expect(database.prepare("pragma synchronous").get()).toEqual({ synchronous });
    expect(database.prepare("pragma journal_mode").get()).toEqual({ journal_mode: "wal" });
    database.close();
  });
});

describe("a ledger that breaks while it is open", () => {
  test("that is full says so, and keeps what was recorded", async () => {
    const database = new DatabaseSync(path);
    const connection = createConnection({ database, location: path, clock: systemClock, busyTimeoutMs: 1000 });
    await migrate(connection, path);
    const store = createSqliteStore(connection, alone);
    const run = await create(store);
    database.exec("pragma max_page_count = 100");
    let recorded = 0;
    const fill = async (): Promise<never> => {
      for (;;) {
        await record(store, { taskRuns: [aTaskRun(run.id, undefined, { inputPreview: "x".repeat(5000) })] });
        recorded++;
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: "LEDGER_FULL", retryable: true });
    expect(await store.readRecords(run.id)).toHaveLength(recorded);
    database.exec("pragma max_page_count = 1000");
    await record(store, { taskRuns: [aTaskRun(run.id)] });
    expect(await store.readRecords(run.id)).toHaveLength(recorded + 1);
    expect(await store.check()).toEqual([]);
    await store.close();
  });

  test("whose pages are damaged says so where they are read, and check() finds them", async () => {
    await makeLedger(2000);
    const size = statSync(path).size;
    const database = new DatabaseSync(path);
    // Behind those that every table and index begins with, so that what is damaged is rows.
    const { last } = database.prepare("select max(rootpage) as last from sqlite_schema").get() as { last: number };
    database.close();
    const file = await openFile(path, "r+");
    for (let page = last + 1; page * 4096 < size; page += 7) {
      await file.write(Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096);
    }
    await file.close();
    const store = await open();
    await expect(store.findTaskRuns({}, { limit: 10_000 })).rejects.toMatchObject({ code: "LEDGER_CORRUPT" });
    expect((await store.check()).length).toBeGreaterThan(0);
    await store.close();
  });
});
