import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Clock, systemClock } from "../kit/clock.ts";
import { createFileStorage } from "../results/file-storage.ts";
import { startS3Server } from "../results/s3-server.testsuite.ts";
import { createService } from "../service/create-service.ts";
import { aTaskRun, create, record } from "../store/suite/samples.testsuite.ts";
import { resultFile } from "./ledger/find-results.ts";
import { openStore } from "./open-store.ts";
import { createResultStorages } from "./result-storage.ts";
import { createResultsRetention } from "./results-retention.ts";
import type { S3CredentialsReader } from "./s3-credentials.ts";

const hourMs = 3_600_000;
let aheadMs = 0;
const clock: Clock = {
  ...systemClock,
  now: () => systemClock.now() + aheadMs,
  monotonic: () => systemClock.monotonic() + aheadMs,
};

const readCredentials: S3CredentialsReader = async ({ type, name }) => ({
  accessKeyId: `${type}:${name}`,
  secretAccessKey: "secret",
});

test("results that no run, no task, no cache and no workspace refers to are deleted after their time, in both folders", async () => {
  const home = mkdtempSync(join(tmpdir(), "millrace-results-retention-"));
  const resultStorage = join(home, "elsewhere");
  const settings = {
    home,
    database: null,
    durability: "process",
    resultStorage,
    resultRetentionMs: 24 * hourMs,
  } as const;
  const store = await openStore(settings, clock);
  onTestFinished(async () => {
    await store.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });
  const folders: Readonly<Record<string, string>> = {
    file: join(home, "results"),
    [`folder:${resultStorage}`]: resultStorage,
  };
  const write = async (name: string, text: string) => {
    const { key } = await createFileStorage({ folder: folders[name] ?? "" }).write(Buffer.from(text));
    const result = { storage: "stored", store: name, key, sizeBytes: 9, serializer: "json" } as const;
    return { result, isThere: () => existsSync(resultFile(folders[name] ?? "", key)) };
  };
  const elsewhere = `folder:${resultStorage}`;
  const [gone, kept, cached, red, goneElsewhere, keptElsewhere] = [
    await write("file", "gone"),
    await write("file", "kept"),
    await write("file", "cached"),
    await write("file", "red"),
    await write(elsewhere, "gone"),
    await write(elsewhere, "kept"),
  ];
  const runs = [await create(store), await create(store)];
  const [first, second] = runs.map(({ id }) => id) as [string, string];
  const cache = { key: "k", expiresAt: clock.now() + 60 * hourMs };
  await record(store, {
    taskRuns: [
      aTaskRun(first, undefined, { result: gone.result }),
      aTaskRun(first, undefined, { result: goneElsewhere.result }),
      aTaskRun(first, undefined, { result: cached.result, cache }),
      aTaskRun(second, undefined, { result: kept.result }),
      aTaskRun(second, undefined, { result: keptElsewhere.result }),
    ],
  });
  const workspace = await createService({ store, clock }).createWorkspace({ name: "red" });
  const beside = await store.openBeside(workspace.id);
  const ofRed = await create(beside);
  await record(beside, { taskRuns: [aTaskRun(ofRed.id, undefined, { result: red.result })] });
  await beside.close();
  await store.deleteFlowRun(first);

  const [loop] = createResultsRetention(settings, { store, clock, readCredentials });
  const tickOften = async (): Promise<number> => {
    let deleted = 0;
    for (let time = 0; time < 5; time++) deleted += Number(await loop?.tick());
    return deleted;
  };
  const all = { gone, kept, cached, red, goneElsewhere, keptElsewhere };
  const there = (): readonly string[] =>
    Object.entries(all).flatMap(([name, { isThere }]) => (isThere() ? [name] : []));
  expect(await tickOften()).toBe(0);
  // Old enough, and seen once.
  aheadMs = 25 * hourMs;
  expect(await tickOften()).toBe(0);
  expect(there()).toHaveLength(6);
  // And again; and then the storage behind it.
  for (const hours of [27, 29, 31]) {
    aheadMs = hours * hourMs;
    await tickOften();
  }
  expect(there()).toEqual(["kept", "cached", "red", "keptElsewhere"]);
  // The entry of the cache has expired, and then it is gone for as long again.
  for (let hours = 60; hours < 100; hours += 2) {
    aheadMs = hours * hourMs;
    await tickOften();
  }
  expect(there()).toEqual(["kept", "red", "keptElsewhere"]);
  await loop?.stop?.();
});

test("a result stays whatever the name of its storage: the folder of the home may have several", async () => {
  const home = mkdtempSync(join(tmpdir(), "millrace-results-retention-"));
  const resultStorage = join(home, "results");
  const settings = { home, database: null, durability: "process", resultStorage, resultRetentionMs: hourMs } as const;
  const store = await openStore(settings, clock);
  onTestFinished(async () => {
    await store.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });
  const write = async (name: string) => {
    const { key } = await createFileStorage({ folder: resultStorage }).write(Buffer.from(name));
    return { result: { storage: "stored", store: name, key, sizeBytes: 9, serializer: "json" } as const, key };
  };
  const run = await create(store);
  const named = await Promise.all(["file", `folder:${resultStorage}`, "shared"].map(write));
  await record(store, { taskRuns: named.map(({ result }) => aTaskRun(run.id, undefined, { result })) });
  const unwanted = await write("unwanted");
  const [loop] = createResultsRetention(settings, { store, clock, readCredentials });
  let deleted = 0;
  for (let hours = 0; hours < 10; hours++) {
    aheadMs += hourMs;
    for (let time = 0; time < 5; time++) deleted += Number(await loop?.tick());
  }
  await loop?.stop?.();
  expect(deleted).toBe(1);
  expect(existsSync(resultFile(resultStorage, unwanted.key))).toBe(false);
  for (const { key } of named) expect(existsSync(resultFile(resultStorage, key))).toBe(true);
});

test("those on S3 too, by the credentials of the block that the setting names", async () => {
  await using server = await startS3Server(["bucket"]);
  server.now = () => clock.now();
  const home = mkdtempSync(join(tmpdir(), "millrace-results-retention-"));
  const address = `s3://bucket/team?endpoint=${encodeURIComponent(server.endpoint)}`;
  const resultStorage = `${address}&credentials=aws-credentials/team`;
  const settings = { home, database: null, durability: "process", resultStorage, resultRetentionMs: hourMs } as const;
  const store = await openStore(settings, clock);
  onTestFinished(async () => {
    await store.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });
  const { storage } = createResultStorages(settings, readCredentials);
  const [kept, unwanted] = [await storage.write(Buffer.from("kept")), await storage.write(Buffer.from("unwanted"))];
  const run = await create(store);
  const result = { storage: "stored", store: storage.name, key: kept.key, sizeBytes: 4, serializer: "json" } as const;
  await record(store, { taskRuns: [aTaskRun(run.id, undefined, { result })] });
  const [loop] = createResultsRetention(settings, { store, clock, readCredentials });
  const there: number[] = [];
  for (let hours = 0; hours < 12; hours++) {
    aheadMs += hourMs;
    for (let time = 0; time < 5; time++) await loop?.tick();
    there.push(server.objects.size);
  }
  await loop?.stop?.();
  expect([...server.objects.keys()]).toEqual([`bucket/team/${kept.key}`]);
  expect(await storage.exists(unwanted.key)).toBe(false);
  // Put aside, it was there for as long again.
  expect(there.slice(0, 3)).toEqual([2, 2, 2]);
  expect([...server.keyIds]).toEqual(["aws-credentials:team"]);
});

test("nothing is deleted where nobody has said after what time", () => {
  const settings = { home: "/nowhere", database: null, durability: "process", resultStorage: null } as const;
  expect(
    createResultsRetention({ ...settings, resultRetentionMs: null }, { store: {} as never, clock, readCredentials }),
  ).toEqual([]);
});
