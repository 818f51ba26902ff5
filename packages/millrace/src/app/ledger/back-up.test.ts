import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as letOthers } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Store } from "../../contract/store.ts";
import { systemClock } from "../../kit/clock.ts";
import { createFileStorage } from "../../results/file-storage.ts";
import { makePostgresLedger, whyNot } from "../../store/postgres/postgres-ledger.testsuite.ts";
import { aLogLine, aTaskRun, create, record } from "../../store/suite/samples.testsuite.ts";
import { openStore } from "../open-store.ts";
import { readOrCreateKeyFile } from "../vault-key.ts";
import { type BackupRequest, backUpLedger } from "./back-up.ts";

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), "millrace-backup-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  return home;
}

async function open(home: string, database: string | null = null): Promise<Store> {
  const store = await openStore({ home, database, durability: "process" }, systemClock);
  onTestFinished(() => store.close());
  return store;
}

function requestOf(home: string, more: Partial<BackupRequest> = {}): BackupRequest {
  return {
    settings: { home, database: null, secretsKey: null },
    clock: systemClock,
    target: join(home, "backup.db"),
    replaces: false,
    withResults: false,
    withSecretsKey: false,
    ...more,
  };
}

function ask(path: string, query: string): unknown {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return Object.values(database.prepare(query).get() ?? {})[0];
  } finally {
    database.close();
  }
}

describe("a backup of SQLite", () => {
  test("is of one moment, however much is written while it is made", async () => {
    const home = makeHome();
    const store = await open(home);
    const { id } = await create(store);
    // Each transaction writes as many lines of logs as task runs.
    const batch = () => {
      const taskRuns = Array.from({ length: 40 }, () => aTaskRun(id));
      return { taskRuns, logs: taskRuns.map(() => aLogLine(id, "x".repeat(2000))) };
    };
    for (let times = 0; times < 150; times++) await record(store, batch());
    const another = await open(home);
    let [written, isDone] = [0, false];
    const writing = (async () => {
      while (!isDone) {
        await record(another, batch());
        written++;
        // SQLite works within the call: nobody else would have a turn.
        await letOthers();
      }
    })();
    const seen: number[] = [];
    const backup = await backUpLedger(
      requestOf(home, { onProgress: ({ doneBytes, totalBytes }) => seen.push(doneBytes / totalBytes) }),
    ).finally(() => {
      isDone = true;
    });
    await writing;
    expect(written).toBeGreaterThan(0);
    expect(seen.length).toBeGreaterThan(1);
    // It never began anew.
    expect(seen).toEqual(seen.toSorted((one, other) => one - other));
    const { rows } = backup;
    expect(rows.log).toBe(rows.task_run);
    expect(rows.task_run).toBeGreaterThanOrEqual(150 * 40);
    expect(rows.task_run).toBeLessThanOrEqual((150 + written) * 40);
    expect(ask(backup.path, "select count(*) from task_run")).toBe(rows.task_run);
  });

  test("is one file that only its owner may read, and nothing else", async () => {
    const home = makeHome();
    await create(await open(home));
    const folder = makeHome();
    const { path, sizeBytes, schemaVersion } = await backUpLedger(requestOf(home, { target: folder }));
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^ledger-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.db$/)]);
    expect(statSync(path).size).toBe(sizeBytes);
    expect(ask(path, "pragma user_version")).toBe(schemaVersion);
    // Windows keeps rights elsewhere.
    expect((statSync(path).mode & 0o777).toString(8)).toBe(process.platform === "win32" ? "666" : "600");
  });

  test("replaces nothing unless it is told to, and leaves nothing of one that failed", async () => {
    const home = makeHome();
    await create(await open(home));
    const folder = makeHome();
    const target = join(folder, "backup.db");
    writeFileSync(target, "a letter");
    await expect(backUpLedger(requestOf(home, { target }))).rejects.toMatchObject({ code: "LEDGER_EXISTS" });
    expect(readFileSync(target, "utf8")).toBe("a letter");
    await backUpLedger(requestOf(home, { target, replaces: true }));
    expect(ask(target, "select count(*) from flow_run")).toBe(1);
    await expect(backUpLedger(requestOf(makeHome(), { target: join(folder, "none.db") }))).rejects.toMatchObject({
      code: "BACKUP_FAILED",
      data: { reason: "there is none" },
    });
    const signal = AbortSignal.abort();
    await expect(backUpLedger(requestOf(home, { target: join(folder, "cut.db"), signal }))).rejects.toMatchObject({
      name: "AbortError",
    });
    expect(readdirSync(folder)).toEqual(["backup.db"]);
  });

  test("has the results of the home and the key only where they are asked for, and says what is missing", async () => {
    const home = makeHome();
    const store = await open(home);
    const run = await create(store);
    const results = createFileStorage({ folder: join(home, "results") });
    const kept = await results.write(Buffer.from("kept"));
    const lost = await results.write(Buffer.from("lost"));
    await results.write(Buffer.from("of nobody"));
    await results.delete(lost.key);
    const ref = (key: string, store = "file") =>
      ({ storage: "stored", store, key, sizeBytes: 4, serializer: "json" }) as const;
    const refs = [ref(kept.key), ref(kept.key), ref(lost.key), ref("model", "s3://bucket/results")];
    await record(store, { taskRuns: refs.map((result) => aTaskRun(run.id, undefined, { result })) });
    readOrCreateKeyFile(join(home, "secrets.key"));

    const without = await backUpLedger(requestOf(home, { target: join(home, "one"), withResults: true }));
    expect(without).toMatchObject({ hasSecretsKey: false });
    expect(without.results).toEqual({ files: 1, bytes: 4, missing: [lost.key], missingCount: 1, elsewhere: 1 });
    expect(existsSync(join(without.path, "secrets.key"))).toBe(false);
    const copied = createFileStorage({ folder: join(without.path, "results") });
    expect((await copied.read(kept.key)).toString()).toBe("kept");

    const target = join(home, "two");
    expect(await backUpLedger(requestOf(home, { target, withSecretsKey: true }))).toMatchObject({
      hasSecretsKey: true,
    });
    expect(readdirSync(target).toSorted()).toEqual(["ledger.db", "secrets.key"]);
    await backUpLedger(requestOf(home, { target, withResults: true, replaces: true }));
    expect(readdirSync(target).toSorted()).toEqual(["ledger.db", "results"]);
  });
});

describe.skipIf(whyNot !== "")(`a backup of PostgreSQL${whyNot}`, () => {
  test("is a dump of one moment, with the rows counted in that moment", async () => {
    const ledger = await makePostgresLedger();
    onTestFinished(() => ledger.remove());
    const home = makeHome();
    const store = await open(home, ledger.url);
    const { id } = await create(store);
    await record(store, { taskRuns: [aTaskRun(id), aTaskRun(id)] });
    const settings = { home, database: ledger.url, secretsKey: null };
    const backup = await backUpLedger(requestOf(home, { settings, target: join(home, "backup.dump") }));
    expect(backup).toMatchObject({ database: "postgres", rows: { flow_run: 1, task_run: 2 } });
    expect(readFileSync(backup.path).subarray(0, 5).toString()).toBe("PGDMP");
  });

  test("says what to install, and what does without it, where `pg_dump` is missing", async () => {
    const ledger = await makePostgresLedger();
    onTestFinished(() => ledger.remove());
    const home = makeHome();
    await (await open(home, ledger.url)).close();
    const path = process.env.PATH;
    process.env.PATH = home;
    onTestFinished(() => {
      process.env.PATH = path;
    });
    const settings = { home, database: ledger.url, secretsKey: null };
    await expect(backUpLedger(requestOf(home, { settings }))).rejects.toMatchObject({
      code: "BACKUP_FAILED",
      fix: expect.stringContaining("millrace ledger export"),
    });
  });
});
