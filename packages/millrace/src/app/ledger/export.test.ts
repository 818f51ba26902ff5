import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync, copyFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import type { RowSelection } from "../../contract/ledger-rows.ts";
import type { Store } from "../../contract/store.ts";
import { systemClock } from "../../kit/clock.ts";
import { uuidFromHash } from "../../kit/ids.ts";
import { createRandom, pick, randomInt } from "../../kit/random.ts";
import { makePostgresLedger, whyNot } from "../../store/postgres/postgres-ledger.testsuite.ts";
import { writeSampleLedger } from "../../store/suite/sample-ledger.testsuite.ts";
import {
  aLogLine,
  anArtifact,
  anEvent,
  aState,
  aTaskRun,
  aTransition,
  create,
  record,
  startAt,
} from "../../store/suite/samples.testsuite.ts";
import { ledgerPath, openStore } from "../open-store.ts";
import { type Exported, exportLedger } from "./export.ts";
import { type Imported, importLedger, type ImportRequest } from "./import.ts";

interface Place {
  readonly home: string;
  readonly database: string | null;
}

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), "millrace-export-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  return home;
}

const onSqlite = (): Place => ({ home: makeHome(), database: null });

async function onPostgres(): Promise<Place> {
  const ledger = await makePostgresLedger();
  onTestFinished(() => ledger.remove());
  return { home: makeHome(), database: ledger.url };
}

async function use<T>(place: Place, body: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ ...place, durability: "process", poolSize: 2 }, systemClock);
  try {
    return await body(store);
  } finally {
    await store.close();
  }
}

function exportTo(place: Place, target: string, selection: RowSelection = {}): Promise<Exported> {
  const settings = { ...place, durability: "process" } as const;
  return exportLedger({ settings, clock: systemClock, target, replaces: true, selection });
}

function importFrom(place: Place, from: string, more: Partial<ImportRequest> = {}): Promise<Imported> {
  const settings = { ...place, durability: "process" } as const;
  return importLedger({ settings, clock: systemClock, from, onConflict: "skip", ...more });
}

/** Lines after the header. */
const contentOf = (path: string): string => readFileSync(path, "utf8").replace(/^.*\n/, "");

/** Something of everything, by a seed. */
async function fill(store: Store, seed: number): Promise<void> {
  const random = createRandom(seed);
  const words = [
    "",
    "x",
    "naïve 🜁",
    "two\nlines",
    '{"a":"\\u0000"}',
    "\u2028 \u2029",
    "'; drop table log --",
    "ends in \r",
  ];
  const word = (): string => pick(random, words);
  await writeSampleLedger(store);
  const account = { id: uuidFromHash(`account ${seed}`), revision: 1, createdAt: 1.5, updatedAt: 2.25, name: "ada" };
  await store.access.insertAccount({
    ...account,
    kind: "person",
    role: "admin",
    isDisabled: false,
    passwordHash: "hash",
  });
  for (let runs = 0; runs < 12; runs++) {
    const run = await create(store, {
      name: word(),
      parameters: JSON.stringify({ word: word(), number: random() * 1e300 }),
    });
    const taskRuns = Array.from({ length: randomInt(random, 6) }, () =>
      aTaskRun(run.id, undefined, { taskName: `t${word()}` }),
    );
    const logs = Array.from({ length: randomInt(random, 9) }, () =>
      aLogLine(run.id, word(), { at: startAt + random() * 1e6 }),
    );
    const alone = aTaskRun(null);
    await record(store, {
      taskRuns: [...taskRuns, alone],
      logs: [...logs, aLogLine(null, word(), { taskRunId: alone.id }), aLogLine(null, word())],
      artifacts: [anArtifact(run.id, { description: word() })],
      events: [anEvent({ payload: JSON.stringify(word()) })],
    });
    if (random() < 0.5) {
      const end = aState("COMPLETED", startAt + random() * 1e6, { message: word() });
      await record(store, { transitions: [aTransition(run, end, { endedAt: end.at, releases: true })] });
    }
    if (random() < 0.3) await store.deleteFlowRun(run.id);
  }
}

describe("an export", () => {
  test.for([1, 2, 3])("is the same after it was imported into SQLite and exported again, by seed %i", async (seed) => {
    const [one, two] = [onSqlite(), onSqlite()];
    await use(one, (store) => fill(store, seed));
    const [first, second] = [join(one.home, "1.ndjson"), join(one.home, "2.ndjson")];
    const { rows } = await exportTo(one, first);
    const imported = await importFrom(two, first);
    expect(imported.written).toEqual(rows);
    await exportTo(two, second);
    expect(contentOf(second)).toBe(contentOf(first));
    await use(two, async (store) => expect(await store.check({ depth: "everything" })).toEqual([]));
  });

  test.skipIf(whyNot !== "")(`is the same after it went by PostgreSQL and back to SQLite${whyNot}`, async () => {
    const [one, two, three] = [onSqlite(), await onPostgres(), onSqlite()];
    await use(one, (store) => fill(store, 4));
    const files = ["1", "2", "3"].map((name) => join(one.home, `${name}.ndjson`)) as [string, string, string];
    await exportTo(one, files[0]);
    await importFrom(two, files[0]);
    await exportTo(two, files[1]);
    await importFrom(three, files[1]);
    await exportTo(three, files[2]);
    expect(contentOf(files[1])).toBe(contentOf(files[0]));
    expect(contentOf(files[2])).toBe(contentOf(files[0]));
    await use(two, async (store) => expect(await store.check({ depth: "everything" })).toEqual([]));
  });

  test.skipIf(whyNot !== "")(`has the same tables and columns, whichever database it is of${whyNot}`, async () => {
    const tables = (place: Place) =>
      use(place, async (store) => Object.fromEntries((await store.openRowWriter()).tables));
    expect(await tables(onSqlite())).toEqual(await tables(await onPostgres()));
  });

  test("has every table but sessions, which have their end, API keys, which are made anew, and workspaces, which are ledgers of their own", async () => {
    const place = onSqlite();
    const copied = await use(place, async (store) => [...(await store.openRowWriter()).tables.keys()]);
    const database = new DatabaseSync(ledgerPath(place.home));
    const all = database
      .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
      .all();
    database.close();
    // What the ledger says of its schema is no row of anybody's.
    const own = ["api_key", "session", "workspace", "workspace_member", "ledger_version"];
    expect([...copied, ...own].toSorted()).toEqual(all.map(({ name }) => String(name)).toSorted());
  });

  test("is compressed as its name says, and read whatever it is called", async () => {
    const place = onSqlite();
    await use(place, (store) => writeSampleLedger(store));
    const path = (name: string): string => join(place.home, name);
    await exportTo(place, path("a.ndjson"));
    await exportTo(place, path("a.gz"));
    await exportTo(place, path("a.zst"));
    const plain = contentOf(path("a.ndjson"));
    expect(gunzipSync(readFileSync(path("a.gz"))).toString()).toContain(plain);
    expect(zstdDecompressSync(readFileSync(path("a.zst"))).toString()).toContain(plain);
    for (const name of ["a.gz", "a.zst"]) {
      copyFileSync(path(name), path("renamed"));
      expect((await importFrom(onSqlite(), path("renamed"))).written.flow_run).toBe(2);
    }
    // Windows keeps rights elsewhere.
    expect((statSync(path("a.gz")).mode & 0o777).toString(8)).toBe(process.platform === "win32" ? "666" : "600");
  });

  test("leaves out what it is told to", async () => {
    const place = onSqlite();
    const path = join(place.home, "a.ndjson");
    const [old, young] = await use(place, async (store) => {
      const made = [
        await create(store, { flowName: "old", states: [aState("PENDING", 1000)] }),
        await create(store, { flowName: "young", states: [aState("PENDING", 9000)] }),
      ] as const;
      await create(store, {
        flowName: "child",
        parentRunId: made[0].id,
        rootRunId: made[0].id,
        states: [aState("PENDING", 9000)],
      });
      for (const { id } of made) await record(store, { taskRuns: [aTaskRun(id)], logs: [aLogLine(id, "hello")] });
      await store.writeSecret({ name: "token", sealed: "v1.a.b.c", at: 1 });
      return made;
    });
    const idsOf = (table: string): readonly string[] =>
      contentOf(path)
        .split("\n")
        .filter((line) => line.startsWith(`{"${table}":`))
        .map((line) => Object.values(JSON.parse(line) as Record<string, { id: string; flow_run_id: string }>)[0])
        .map((row) => row?.flow_run_id ?? row?.id ?? "");
    await exportTo(place, path, { since: 5000 });
    expect([idsOf("flow_run"), idsOf("task_run"), idsOf("log")]).toEqual([[young.id], [young.id], [young.id]]);
    await exportTo(place, path, { flowNames: ["old"], withoutLogs: true, withoutSecrets: true });
    expect(idsOf("flow_run")).toHaveLength(2);
    expect([idsOf("task_run"), idsOf("log"), idsOf("secret")]).toEqual([[old.id], [], []]);
  });
});

describe.each([
  { name: "SQLite", make: async () => onSqlite(), why: "" },
  { name: "PostgreSQL", make: onPostgres, why: whyNot },
])("an import into $name", ({ make, why }) => {
  test.skipIf(why !== "")(
    `can be done again, and of an older export, and changes nothing that is there${why}`,
    async () => {
      const [source, target] = [onSqlite(), await make()];
      const [early, late, after] = ["early", "late", "after"].map((name) => join(source.home, `${name}.ndjson`)) as [
        string,
        string,
        string,
      ];
      await use(source, (store) => fill(store, 7));
      await exportTo(source, early);
      await use(source, async (store) => {
        const run = await create(store, { name: "newer" });
        await record(store, { logs: [aLogLine(run.id, "newer")] });
      });
      await exportTo(source, late);
      await importFrom(target, early);
      const again = await importFrom(target, early);
      expect(again).toMatchObject({ skipped: again.rows, done: 0 });
      await importFrom(target, late);
      await exportTo(target, after);
      expect(contentOf(after).split("\n").toSorted()).toEqual(
        expect.arrayContaining(
          contentOf(late)
            .split("\n")
            .filter((line) => !line.startsWith('{"end"')),
        ),
      );
      expect(contentOf(after).split("\n")).toHaveLength(contentOf(late).split("\n").length);
      await expect(importFrom(target, late, { onConflict: "fail" })).rejects.toMatchObject({ code: "IMPORT_CONFLICT" });
    },
  );

  test.skipIf(why !== "")(`goes on where it was interrupted, wherever that was${why}`, async () => {
    const [source, target] = [onSqlite(), await make()];
    const [file, after] = [join(source.home, "1.ndjson"), join(source.home, "2.ndjson")];
    await use(source, (store) => fill(store, 8));
    await exportTo(source, file);
    let attempts = 0;
    for (; attempts < 200; attempts++) {
      const cut = new AbortController();
      const onProgress = (): void => cut.abort();
      const outcome = await importFrom(target, file, { signal: cut.signal, onProgress }).catch(
        (error: unknown) => error,
      );
      if (!(outcome instanceof Error)) break;
      expect(outcome.name).toBe("AbortError");
    }
    expect(attempts).toBeGreaterThan(5);
    await exportTo(target, after);
    expect(contentOf(after)).toBe(contentOf(file));
  });
});

describe("a file that is not whole", () => {
  test("is refused wherever it was cut off, and before a ledger is made for it", async () => {
    const source = onSqlite();
    await use(source, (store) => writeSampleLedger(store));
    for (const name of ["a.ndjson", "a.ndjson.gz", "a.ndjson.zst"]) {
      const path = join(source.home, name);
      await exportTo(source, path);
      const { size } = statSync(path);
      const target = onSqlite();
      // The last bytes of zstd are a checksum of its own: without them the content is whole, and ours says so.
      const last = name.endsWith(".zst") ? [] : [size - 2];
      for (const length of [0, 1, 40, Math.floor(size / 3), Math.floor(size / 2), size - 80, ...last]) {
        const cut = join(source.home, "cut");
        copyFileSync(path, cut);
        truncateSync(cut, length);
        await expect(importFrom(target, cut)).rejects.toMatchObject({ code: "EXPORT_INVALID" });
      }
      expect(statSync(join(target.home, "ledger.db"), { throwIfNoEntry: false })).toBeUndefined();
    }
  });

  test("is refused where a letter of it was changed, and where it is of a newer version", async () => {
    const source = onSqlite();
    const path = join(source.home, "a.ndjson");
    await use(source, (store) => writeSampleLedger(store));
    await exportTo(source, path);
    const text = readFileSync(path, "utf8");
    const changes = [
      text.replace('"threshold"', '"thresholt"'),
      text.replace('"version":1', '"version":2'),
      text.replace(/\n.*\n/, "\n"),
      `${text}{"flow":{}}\n`,
      text.replace('{"format"', '{"fromat"'),
    ];
    for (const changed of changes) {
      expect(changed).not.toBe(text);
      writeFileSync(path, changed);
      await expect(importFrom(onSqlite(), path)).rejects.toMatchObject({ code: "EXPORT_INVALID" });
    }
    await expect(importFrom(onSqlite(), join(source.home, "none"))).rejects.toMatchObject({ code: "EXPORT_INVALID" });
  });
});
