/** A backup of a whole home, and what is there when it was put back: the ledger, those of its workspaces, and the results. */

import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Store } from "../../contract/store.ts";
import { systemClock } from "../../kit/clock.ts";
import { createFileStorage } from "../../results/file-storage.ts";
import { createService } from "../../service/create-service.ts";
import { makePostgresLedger, whyNot } from "../../store/postgres/postgres-ledger.testsuite.ts";
import { aTaskRun, create, record } from "../../store/suite/samples.testsuite.ts";
import { openStore } from "../open-store.ts";
import { backUpLedger } from "./back-up.ts";
import { resultFile } from "./find-results.ts";
import { restoreLedger } from "./restore.ts";

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), "millrace-home-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  return home;
}

interface Place {
  readonly home: string;
  readonly database: string | null;
}

async function use<T>(place: Place, body: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ ...place, durability: "process" }, systemClock);
  try {
    return await body(store);
  } finally {
    await store.close();
  }
}

/** The names of the flows that have runs, by workspace; "" is the ledger itself. */
function readFlows(place: Place): Promise<Readonly<Record<string, readonly string[]>>> {
  return use(place, async (store) => {
    const found: Record<string, readonly string[]> = {};
    const flowsOf = async (of: Store) =>
      (await of.findFlowRuns({}, "created-asc", { limit: 9 })).items.map(({ flowName }) => flowName);
    found[""] = await flowsOf(store);
    for (const { id, name } of (await store.workspaces.findWorkspaces({ limit: 9 })).items) {
      const beside = await store.openBeside(id);
      found[name] = await flowsOf(beside);
      await beside.close();
    }
    return found;
  });
}

/** A ledger with two workspaces, each with a run; that of "red" has a large result. */
async function fill(place: Place): Promise<{ readonly key: string; readonly idOf: (name: string) => string }> {
  const { key } = await createFileStorage({ folder: join(place.home, "results") }).write(Buffer.from("of red"));
  const ids = new Map<string, string>();
  await use(place, async (store) => {
    await create(store, { flowName: "of all" });
    const api = createService({ store, clock: systemClock });
    for (const name of ["red", "blue"]) {
      const { id } = await api.createWorkspace({ name });
      ids.set(name, id);
      const beside = await store.openBeside(id);
      const run = await create(beside, { flowName: `of ${name}` });
      const result = { storage: "stored", store: "file", key, sizeBytes: 6, serializer: "json" } as const;
      if (name === "red") await record(beside, { taskRuns: [aTaskRun(run.id, undefined, { result })] });
      await beside.close();
    }
  });
  return { key, idOf: (name) => ids.get(name) ?? "" };
}

/** Something that the backup has not. */
async function goOn(place: Place, id: string): Promise<void> {
  await use(place, async (store) => {
    await create(store, { flowName: "later" });
    const beside = await store.openBeside(id);
    await create(beside, { flowName: "later" });
    await beside.close();
  });
}

const all = { "": ["of all"], red: ["of red"], blue: ["of blue"] };
const options = { clock: systemClock, replaces: false, withSecretsKey: false };

describe("of SQLite", () => {
  test("is put back in another home, and over the one that went on", async () => {
    const place = { home: makeHome(), database: null };
    const { key, idOf } = await fill(place);
    const settings = { ...place, secretsKey: null };
    const target = join(makeHome(), "monday");
    const backup = await backUpLedger({ ...options, settings, target, withWorkspaces: true, withResults: true });
    expect(backup).toMatchObject({ workspacesLeftOut: 0, results: { files: 1, missingCount: 0 } });
    expect(backup.workspaces?.map(({ rows }) => rows.flow_run)).toEqual([1, 1]);

    const elsewhere = { home: join(makeHome(), "new"), database: null };
    const restored = await restoreLedger({ ...options, settings: elsewhere, from: target, keepsKeys: false });
    expect(restored).toMatchObject({ workspaces: 2, results: 1, before: null });
    expect(await readFlows(elsewhere)).toEqual(all);
    expect(existsSync(resultFile(join(elsewhere.home, "results"), key))).toBe(true);

    await goOn(place, idOf("red"));
    await expect(restoreLedger({ ...options, settings, from: target, keepsKeys: false })).rejects.toMatchObject({
      code: "LEDGER_EXISTS",
    });
    expect((await readFlows(place)).red).toEqual(["of red", "later"]);
    await restoreLedger({ ...options, settings, from: target, replaces: true, keepsKeys: false });
    expect(await readFlows(place)).toEqual(all);
    const kept = readdirSync(join(place.home, "workspaces", idOf("red")));
    expect(kept.filter((name) => name.startsWith("ledger.db.before-restore-"))).toHaveLength(1);
    expect(kept.filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("says what a backup of the ledger alone has left out", async () => {
    const place = { home: makeHome(), database: null };
    await fill(place);
    const settings = { ...place, secretsKey: null };
    const alone = { ...options, settings, withResults: false };
    expect(await backUpLedger({ ...alone, target: join(place.home, "a.db") })).toMatchObject({
      workspaces: null,
      workspacesLeftOut: 2,
    });
  });

  test("changes nothing where one of its ledgers is damaged", async () => {
    const place = { home: makeHome(), database: null };
    const { idOf } = await fill(place);
    const settings = { ...place, secretsKey: null };
    const target = join(makeHome(), "monday");
    await backUpLedger({ ...options, settings, target, withWorkspaces: true, withResults: false });
    truncateSync(join(target, "workspaces", idOf("blue"), "ledger.db"), 100_000);
    await goOn(place, idOf("red"));
    const before = await readFlows(place);
    await expect(
      restoreLedger({ ...options, settings, from: target, replaces: true, keepsKeys: false }),
    ).rejects.toMatchObject({ code: "BACKUP_INVALID" });
    expect(await readFlows(place)).toEqual(before);
    expect(readdirSync(place.home).filter((name) => /tmp|restore/.test(name))).toEqual([]);
  });
});

describe.skipIf(whyNot !== "")(`of PostgreSQL${whyNot}`, () => {
  test("is put back over the ledgers that went on, which are kept", async () => {
    const ledger = await makePostgresLedger();
    const place = { home: makeHome(), database: ledger.url };
    const { idOf } = await fill(place);
    onTestFinished(async () => {
      const found = await ledger.query(`select nspname from pg_namespace where starts_with(nspname, '{schema}')`);
      for (const { nspname } of found) await ledger.query(`drop schema ${String(nspname)} cascade`);
      await ledger.remove();
    });
    const settings = { ...place, secretsKey: null };
    const target = join(place.home, "monday");
    const backup = await backUpLedger({ ...options, settings, target, withWorkspaces: true, withResults: true });
    expect(backup).toMatchObject({ workspacesLeftOut: 0, results: { files: 1, missingCount: 0 } });
    expect(backup.workspaces?.map(({ rows }) => rows.flow_run)).toEqual([1, 1]);
    await goOn(place, idOf("red"));
    const restore = { ...options, settings, from: target, keepsKeys: false };
    await expect(restoreLedger(restore)).rejects.toMatchObject({ code: "LEDGER_EXISTS" });
    expect(await restoreLedger({ ...restore, replaces: true })).toMatchObject({ workspaces: 2 });
    expect(await readFlows(place)).toEqual(all);
    const kept = await ledger.query(`select nspname from pg_namespace where nspname like '{schema}%\\_before\\_%'`);
    expect(kept).toHaveLength(3);
  });
});
