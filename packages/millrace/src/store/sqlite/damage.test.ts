import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isMillraceError } from "../../contract/errors.ts";
import type { Store } from "../../contract/store.ts";
import type { TaskRun } from "../../contract/task-run.ts";
import { systemClock } from "../../kit/clock.ts";
import { createRandom, type Random } from "../../kit/random.ts";
import { aTaskRun, create, record } from "../suite/samples.testsuite.ts";
import { openSqliteStore } from "./open.ts";
import { checkSqliteVersion } from "./sqlite-version.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-damage-"));
  path = join(folder, "ledger.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const openServer = (at = path): Promise<Store> =>
  openSqliteStore({ path: at, durability: "process", clock: systemClock, isServer: true });

/** A ledger of many pages, closed. */
async function makeLedger(at = path): Promise<string> {
  const store = await openServer(at);
  const { id } = await create(store);
  await record(store, { taskRuns: Array.from({ length: 1500 }, () => aTaskRun(id)) });
  await store.close();
  return id;
}

async function readAll(store: Store): Promise<readonly TaskRun[]> {
  return (await store.findTaskRuns({}, { limit: 10_000 })).items;
}

/** Turns some bits of a page over. */
function flipBits(file: string, random: Random): void {
  const content = readFileSync(file);
  const page = Math.floor((random() * content.length) / 4096) * 4096;
  const flips = 1 + Math.floor(random() * 8);
  for (let times = 0; times < flips; times++) {
    const at = page + Math.floor(random() * 4096);
    content[at] = (content[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  }
  writeFileSync(file, content);
}

describe("a server's ledger", () => {
  test("with flipped bits is refused where its pages do not hold together; what opens is read, or told as damaged", async () => {
    await makeLedger();
    const sound = join(folder, "sound.db");
    copyFileSync(path, sound);
    const random = createRandom(11);
    const found = { refused: 0, told: 0, whole: 0, altered: 0 };
    const whole = await openServer();
    const rows = await readAll(whole);
    await whole.close();
    for (let times = 0; times < 60; times++) {
      copyFileSync(sound, path);
      flipBits(path, random);
      try {
        const store = await openServer();
        try {
          const read = await readAll(store);
          const isSound = (await store.check({ depth: "everything" })).length === 0;
          if (!isSound) found.told++;
          else if (JSON.stringify(read) === JSON.stringify(rows)) found.whole++;
          else found.altered++;
        } finally {
          await store.close();
        }
      } catch (error) {
        // What a flipped bit made of a text may be no JSON: that is told by an error, too.
        if (isMillraceError(error) && error.code !== "LEDGER_CORRUPT") throw error;
        found.refused++;
      }
    }
    expect(found.refused + found.told).toBeGreaterThan(20);
    // SQLite has no checksum over a row: a letter that became another within a text is no damage to it.
    expect(found.altered).toBeLessThan(20);
    expect(found.refused + found.told + found.whole + found.altered).toBe(60);
  });

  test("that was cut off is refused", async () => {
    await makeLedger();
    truncateSync(path, Math.floor(statSync(path).size / 2 / 4096) * 4096);
    await expect(openServer()).rejects.toMatchObject({ code: "LEDGER_CORRUPT" });
  });

  test("with the log of another ledger beside it is refused", async () => {
    await makeLedger();
    const other = join(folder, "other.db");
    await makeLedger(other);
    // Of a process that was killed: nobody has written it back.
    const store = await openServer(other);
    const { id } = await create(store);
    await record(store, { taskRuns: Array.from({ length: 300 }, () => aTaskRun(id)) });
    copyFileSync(`${other}-wal`, `${path}-wal`);
    await store.close();
    await expect(openServer()).rejects.toMatchObject({ code: "LEDGER_CORRUPT" });
  });

  test("is whole where the index of its log is gone", async () => {
    const store = await openServer();
    const { id } = await create(store);
    await record(store, { taskRuns: [aTaskRun(id), aTaskRun(id)] });
    const crashed = join(folder, "crashed.db");
    for (const end of ["", "-wal"]) copyFileSync(path + end, crashed + end);
    await store.close();
    const again = await openServer(crashed);
    expect(await readAll(again)).toHaveLength(2);
    await again.close();
  });

  test("has all that was recorded before the place where its log was cut off", async () => {
    const first = await openServer();
    const { id } = await create(first);
    // Whoever closes it last writes its log back.
    await first.close();
    const store = await openServer();
    const sizes: number[] = [];
    for (let times = 0; times < 20; times++) {
      await record(store, { taskRuns: [aTaskRun(id), aTaskRun(id)] });
      sizes.push(statSync(`${path}-wal`).size);
    }
    const crashed = join(folder, "crashed.db");
    const random = createRandom(3);
    for (let times = 0; times < 20; times++) {
      for (const end of ["", "-wal"]) copyFileSync(path + end, crashed + end);
      const at = Math.floor(random() * (sizes.at(-1) ?? 0));
      truncateSync(`${crashed}-wal`, at);
      const again = await openServer(crashed);
      expect(await again.check({ depth: "everything" })).toEqual([]);
      expect(await readAll(again)).toHaveLength(2 * sizes.filter((size) => size <= at).length);
      await again.close();
      rmSync(crashed);
    }
    await store.close();
  });

  test("takes no more writes once a page was found damaged, and is read on where it can be", async () => {
    const id = await makeLedger();
    const database = new DatabaseSync(path);
    const { root } = database.prepare("select rootpage as root from sqlite_schema where name = 'log'").get() as {
      root: number;
    };
    database.close();
    const content = readFileSync(path);
    content.fill(0xa5, (root - 1) * 4096, root * 4096);
    writeFileSync(path, content);
    await expect(openServer()).rejects.toMatchObject({ code: "LEDGER_CORRUPT" });
    // A flow does not look through all of it when it starts.
    const store = await openSqliteStore({ path, durability: "process", clock: systemClock });
    await record(store, { taskRuns: [aTaskRun(id)] });
    await expect(store.findLogs({ flowRunIds: [id] }, { limit: 9 })).resolves.toMatchObject({ items: [] });
    await expect(store.findLogs({}, { limit: 9 })).rejects.toMatchObject({ code: "LEDGER_CORRUPT" });
    await expect(record(store, { taskRuns: [aTaskRun(id)] })).rejects.toMatchObject({
      code: "LEDGER_CORRUPT",
      fix: expect.stringContaining("millrace ledger restore"),
    });
    expect(await store.readFlowRuns([id])).toHaveLength(1);
    await store.close();
  });
});

test("a SQLite that may damage a log that several processes write is refused", () => {
  for (const version of ["3.51.2", "3.49.1", "2.9", "0"]) {
    expect(() => checkSqliteVersion(version)).toThrow(expect.objectContaining({ code: "SQLITE_TOO_OLD" }));
  }
  for (const version of ["3.51.3", "3.53.4", "3.52.0", "4.0.0"]) checkSqliteVersion(version);
  checkSqliteVersion();
});
