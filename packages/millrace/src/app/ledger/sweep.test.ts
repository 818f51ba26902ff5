import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Store } from "../../contract/store.ts";
import { systemClock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { createFileStorage } from "../../results/file-storage.ts";
import { createService } from "../../service/create-service.ts";
import { aTaskRun, create, record } from "../../store/suite/samples.testsuite.ts";
import { openStore } from "../open-store.ts";
import { resultFile } from "./find-results.ts";
import { type Swept, sweepLedger, type SweepRequest } from "./sweep.ts";

const hourMs = 3_600_000;

async function openHome(): Promise<{ readonly home: string; readonly store: Store }> {
  const home = mkdtempSync(join(tmpdir(), "millrace-sweep-"));
  const store = await openStore({ home, database: null, durability: "process" }, systemClock);
  onTestFinished(async () => {
    await store.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });
  return { home, store };
}

/** What is written now is old for it: nobody can say that a file has been where it is for longer than it has. */
const later = { ...systemClock, now: () => systemClock.now() + 2 * hourMs };

function sweep(home: string, more: Partial<SweepRequest> = {}): Promise<Swept> {
  const settings = { home, database: null, durability: "process" } as const;
  return sweepLedger({ settings, clock: later, isDryRun: false, olderThanMs: hourMs, ...more });
}

async function writeOld(home: string, text: string): Promise<string> {
  return (await createFileStorage({ folder: join(home, "results") }).write(Buffer.from(text))).key;
}

const ref = (key: string) => ({ storage: "stored", store: "file", key, sizeBytes: 9, serializer: "json" }) as const;

test("a result that a deleted run alone referred to is deleted, and one that a cache or another run refers to stays", async () => {
  const { home, store } = await openHome();
  const [alone, shared, cached, expired] = [
    await writeOld(home, "alone"),
    await writeOld(home, "shared"),
    await writeOld(home, "cached"),
    await writeOld(home, "expired"),
  ];
  const [first, second] = [await create(store), await create(store)];
  const done = (runId: string, key: string, expiresAt?: number | null) =>
    aTaskRun(runId, undefined, { result: ref(key), ...(expiresAt === undefined ? {} : { cache: { key, expiresAt } }) });
  await record(store, {
    taskRuns: [
      done(first.id, alone),
      done(first.id, shared),
      done(first.id, cached, null),
      done(first.id, expired, 1000),
      done(second.id, shared),
    ],
  });
  expect(await sweep(home)).toMatchObject({ cacheEntries: 1, files: 0, kept: 4 });
  await store.deleteFlowRun(first.id);
  expect(await sweep(home, { isDryRun: true })).toEqual({ cacheEntries: null, files: 2, bytes: 12, kept: 2 });
  expect(await sweep(home)).toEqual({ cacheEntries: 0, files: 2, bytes: 12, kept: 2 });
  const isThere = (key: string): boolean => existsSync(resultFile(join(home, "results"), key));
  expect([alone, shared, cached, expired].map(isThere)).toEqual([false, true, true, false]);
});

test("a result that a run of a workspace refers to stays, of a deleted workspace too until it is purged", async () => {
  const { home, store } = await openHome();
  const key = await writeOld(home, "of red");
  const { id, revision } = await createService({ store, clock: systemClock }).createWorkspace({ name: "red" });
  const red = await store.openBeside(id);
  const run = await create(red);
  await record(red, { taskRuns: [aTaskRun(run.id, undefined, { result: ref(key), cache: { key, expiresAt: 1000 } })] });
  await red.close();
  expect(await sweep(home)).toMatchObject({ cacheEntries: 1, files: 0, kept: 1 });
  await store.workspaces.deleteWorkspace(id, revision);
  await store.dropBeside(id);
  expect(await sweep(home)).toMatchObject({ files: 1 });
});

test("a result stays that a run refers to by another name of the folder", async () => {
  const { home, store } = await openHome();
  const [run, key] = [await create(store), await writeOld(home, "by its path")];
  const result = { ...ref(key), store: `folder:${join(home, "results")}` };
  await record(store, { taskRuns: [aTaskRun(run.id, undefined, { result })] });
  expect(await sweep(home)).toMatchObject({ files: 0, kept: 1 });
});

test("what is young stays, what was copied here too, and what is found to be there already is young again", async () => {
  const { home, store } = await openHome();
  const folder = join(home, "results");
  const key = await writeOld(home, "young");
  utimesSync(resultFile(folder, key), 1000, 1000);
  expect(await sweep(home, { clock: systemClock })).toMatchObject({ files: 0, kept: 1 });

  // As a run does, later, that has the same result: the file is there, and it will refer to it.
  const at = later.now() / 1000;
  utimesSync(resultFile(folder, key), at, at);
  expect(await sweep(home)).toMatchObject({ files: 0, kept: 1 });
  const run = await create(store);
  await record(store, { taskRuns: [aTaskRun(run.id, undefined, { result: ref(key) })] });
  expect((await createFileStorage({ folder }).read(key)).toString()).toBe("young");
});

test("only files of results are touched, and what a sweep that was killed has left is finished by the next", async () => {
  const { home } = await openHome();
  const key = await writeOld(home, "half");
  const folder = join(home, "results");
  writeFileSync(join(folder, "letter.txt"), "a letter");
  writeFileSync(join(folder, key.slice(0, 2), "notes"), "notes");
  renameSync(resultFile(folder, key), `${resultFile(folder, key)}.swept-${uuidv7()}`);
  expect(await sweep(home)).toMatchObject({ files: 1 });
  expect(readdirSync(folder).toSorted()).toEqual([key.slice(0, 2), "letter.txt", "unfinished"]);
  expect(readdirSync(join(folder, key.slice(0, 2)))).toEqual(["notes"]);
});
