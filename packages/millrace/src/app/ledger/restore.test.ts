import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import type { FlowRun } from "../../contract/flow-run.ts";
import type { Store } from "../../contract/store.ts";
import { systemClock } from "../../kit/clock.ts";
import { readProcessIdentity } from "../../kit/process-identity.ts";
import { createAccess } from "../../service/access/create-access.ts";
import { createService } from "../../service/create-service.ts";
import { makePostgresLedger, whyNot } from "../../store/postgres/postgres-ledger.testsuite.ts";
import { create } from "../../store/suite/samples.testsuite.ts";
import { ledgerPath, openStore } from "../open-store.ts";
import { isAlive } from "../process-liveness.ts";
import { readOrCreateKeyFile } from "../vault-key.ts";
import { backUpLedger } from "./back-up.ts";
import { type Restored, restoreLedger, type RestoreRequest } from "./restore.ts";

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), "millrace-restore-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  return home;
}

const openAt = (home: string, database: string | null = null): Promise<Store> =>
  openStore({ home, database, durability: "process" }, systemClock);

function restore(from: string, home: string, more: Partial<RestoreRequest> = {}): Promise<Restored> {
  const settings = { home, database: null };
  return restoreLedger({ settings, clock: systemClock, from, replaces: false, keepsKeys: false, ...more });
}

async function use<T>(store: Promise<Store>, body: (store: Store) => Promise<T>): Promise<T> {
  const opened = await store;
  try {
    return await body(opened);
  } finally {
    await opened.close();
  }
}

async function openAccess(home: string) {
  const store = await openAt(home);
  const api = createService({ store, clock: systemClock });
  return { api, access: createAccess({ access: store.access, clock: systemClock }), close: () => store.close() };
}

/** A home whose ledger has one run, which this process executes, and a backup of it. */
async function makeBackup(
  more: { readonly withSecretsKey?: boolean } = {},
): Promise<{ readonly home: string; readonly path: string; readonly run: FlowRun }> {
  const home = makeHome();
  const run = await use(openAt(home), async (store) => {
    await store.writeProcess({ id: "this", ...readProcessIdentity(), startedAt: 1, leaseExpiresAt: 9e15 });
    return create(store, { ownerId: "this" });
  });
  if (more.withSecretsKey === true) readOrCreateKeyFile(join(home, "secrets.key"));
  const settings = { home, database: null, secretsKey: null };
  const options = { replaces: false, withResults: false, withSecretsKey: false, ...more };
  const { path } = await backUpLedger({ settings, clock: systemClock, target: join(home, "backup"), ...options });
  return { home, path, run };
}

describe("restoring a backup of SQLite", () => {
  test("puts it into a new home, and ends the runs that were under way", async () => {
    const { path, run } = await makeBackup();
    const home = join(makeHome(), "new");
    expect(await restore(path, home)).toMatchObject({ before: null, settled: { processes: 1 } });
    await use(openAt(home), async (store) => {
      const api = createService({ store, clock: systemClock, leaseMs: 30_000, isAlive });
      // The process is alive, and has the run: the one of the other ledger.
      expect(await api.expireProcesses()).toBe(1);
      expect(await store.readFlowRuns([run.id])).toMatchObject([{ state: { type: "CRASHED" } }]);
    });
    expect(readdirSync(home)).toEqual(["ledger.db"]);
  });

  test("leaves a ledger that is there, unless it is told to, and then keeps it", async () => {
    const { path, home, run } = await makeBackup();
    const later = await use(openAt(home), (store) => create(store));
    await expect(restore(path, home)).rejects.toMatchObject({ code: "LEDGER_EXISTS" });
    const { before } = await restore(path, home, { replaces: true });
    await use(openAt(home), async (store) => {
      expect((await store.readFlowRuns([run.id, later.id])).map(({ id }) => id)).toEqual([run.id]);
    });
    const aside = makeHome();
    copyFileSync(before ?? "", ledgerPath(aside));
    await use(openAt(aside), async (store) => expect(await store.readFlowRuns([run.id, later.id])).toHaveLength(2));
  });

  test("makes no key and no session good again that was taken away since", async () => {
    const { home } = await makeBackup();
    const password = "correct horse battery";
    const { api, access, close } = await openAccess(home);
    const { id: accountId } = await api.createAccount({ name: "ada", kind: "person", role: "admin", password });
    const made = await api.createApiKey({ accountId, name: "laptop" });
    const { token = "" } = (await access.signIn({ name: "ada", password, from: "::1" })) ?? {};
    const known = (from: typeof access) =>
      Promise.all([
        from.identify({ kind: "key", text: made.text }, "::1"),
        from.identify({ kind: "session", token }, "::1"),
      ]);
    expect((await known(access)).map((identity) => identity?.account.name)).toEqual(["ada", "ada"]);
    const target = join(home, "with-keys");
    const settings = { home, database: null, secretsKey: null };
    const options = { replaces: false, withResults: false, withSecretsKey: false };
    await backUpLedger({ settings, clock: systemClock, target, ...options });
    await api.deleteApiKey(made.key.id);
    await access.signOut(token);
    await close();
    expect(await restore(target, home, { replaces: true })).toMatchObject({ settled: { sessions: 1, apiKeys: 1 } });
    const again = await openAccess(home);
    expect(await known(again.access)).toEqual([null, null]);
    expect((await again.api.listApiKeys({})).items).toEqual([]);
    await again.close();
  });

  test("is refused while somebody has the ledger open, and changes nothing", async () => {
    const { path, home } = await makeBackup();
    await use(openAt(home), async (store) => {
      await expect(restore(path, home, { replaces: true })).rejects.toMatchObject({ code: "LEDGER_IN_USE" });
      const later = await create(store);
      expect(await store.readFlowRuns([later.id])).toHaveLength(1);
    });
    expect(readdirSync(home).filter((name) => name.includes("restore") || name.endsWith(".tmp"))).toEqual([]);
  });

  test("takes the place of a ledger that is damaged, whose log goes with it", async () => {
    const { path, home, run } = await makeBackup();
    const ledger = ledgerPath(home);
    writeFileSync(ledger, "no database any more, and long enough to be looked at as one".repeat(100));
    writeFileSync(`${ledger}-wal`, "the log of another");
    const { before } = await restore(path, home, { replaces: true });
    expect(readFileSync(before ?? "", "utf8")).toContain("no database any more");
    expect(existsSync(`${ledger}-wal`)).toBe(false);
    await use(openAt(home), async (store) => expect(await store.readFlowRuns([run.id])).toHaveLength(1));
  });

  test("refuses what is cut off, damaged, of another program or of a newer version, and makes nothing of it", async () => {
    const { path } = await makeBackup();
    const folder = makeHome();
    const home = join(folder, "home");
    const bad = join(folder, "bad.db");
    copyFileSync(path, bad);
    truncateSync(bad, 100_000);
    await expect(restore(bad, home)).rejects.toMatchObject({ code: "BACKUP_INVALID" });
    writeFileSync(bad, "a letter to somebody, long enough to be looked at".repeat(100));
    await expect(restore(bad, home)).rejects.toMatchObject({ code: "BACKUP_INVALID" });
    copyFileSync(path, bad);
    const database = new DatabaseSync(bad);
    database.exec("pragma user_version = 99");
    database.close();
    await expect(restore(bad, home)).rejects.toMatchObject({ code: "LEDGER_NEWER" });
    await expect(restore(join(folder, "none"), home)).rejects.toMatchObject({ code: "BACKUP_INVALID" });
    await expect(restore(folder, home)).rejects.toMatchObject({ code: "BACKUP_INVALID" });
    expect(readdirSync(home)).toEqual([]);
  });

  test("carries one of an older schema forward", async () => {
    const fixtures = join(import.meta.dirname, "../../store/migrations/fixtures");
    const old = join(makeHome(), "old.db");
    const database = new DatabaseSync(old);
    database.exec(readFileSync(join(fixtures, "ledger-1.sqlite.sql"), "utf8"));
    database.close();
    const { fromSchemaVersion, schemaVersion } = await restore(old, join(makeHome(), "home"));
    expect(fromSchemaVersion).toBe(1);
    expect(schemaVersion).toBeGreaterThan(1);
  });

  test("brings the results and the key along, and gives up no other key unless it is told to", async () => {
    const { home, path } = await makeBackup({ withSecretsKey: true });
    const key = readFileSync(join(home, "secrets.key"));
    mkdirSync(join(path, "results/ab"), { recursive: true });
    writeFileSync(join(path, "results/ab/cd"), "a result");
    const other = makeHome();
    readOrCreateKeyFile(join(other, "secrets.key"));
    await expect(restore(path, other)).rejects.toMatchObject({ code: "LEDGER_EXISTS" });
    expect(await restore(path, other, { replaces: true })).toMatchObject({ results: 1, hasSecretsKey: true });
    expect(readFileSync(join(other, "secrets.key")).equals(key)).toBe(true);
    expect(readFileSync(join(other, "results/ab/cd"), "utf8")).toBe("a result");
    expect(readdirSync(other).filter((name) => name.startsWith("secrets.key.before-restore-"))).toHaveLength(1);
  });
});

describe.skipIf(whyNot !== "")(`restoring a dump of PostgreSQL${whyNot}`, () => {
  test("puts the schema back as it was, and keeps the one that was there", async () => {
    const ledger = await makePostgresLedger();
    const home = makeHome();
    const settings = { home, database: ledger.url, secretsKey: null };
    const run = await use(openAt(home, ledger.url), (store) => create(store));
    const options = { replaces: false, withResults: false, withSecretsKey: false };
    const { path } = await backUpLedger({ settings, clock: systemClock, target: join(home, "a.dump"), ...options });
    await use(openAt(home, ledger.url), async (store) => {
      await create(store);
      await expect(restore(path, home, { settings, replaces: true })).rejects.toMatchObject({ code: "LEDGER_IN_USE" });
    });
    await expect(restore(path, home, { settings })).rejects.toMatchObject({ code: "LEDGER_EXISTS" });
    const { before } = await restore(path, home, { settings, replaces: true });
    const kept = before?.replace("schema ", "") ?? "";
    onTestFinished(async () => {
      await ledger.query(`drop schema ${kept} cascade`);
      await ledger.remove();
    });
    await use(openAt(home, ledger.url), async (store) => {
      expect((await store.findFlowRuns({}, "created-asc", { limit: 9 })).items.map(({ id }) => id)).toEqual([run.id]);
      // It goes on being written.
      await create(store);
    });
    expect(await ledger.query(`select count(*)::int as runs from ${kept}.flow_run`)).toEqual([{ runs: 2 }]);
  });
});
