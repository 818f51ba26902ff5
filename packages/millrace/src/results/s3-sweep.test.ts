import { afterEach, beforeEach, expect, test } from "vitest";
import type { KeptObject } from "../contract/results.ts";
import { type S3Server, startS3Server } from "./s3-server.testsuite.ts";
import { createS3Storage } from "./s3-storage.ts";
import { createS3Sweep } from "./s3-sweep.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const prefix = "run results/";

let server: S3Server;
let now: number;
beforeEach(async () => {
  server = await startS3Server(["results"]);
  now = Date.UTC(2026, 0, 1);
  server.now = () => now;
});
afterEach(() => server[Symbol.asyncDispose]());

const options = () => ({ bucket: "results", prefix, endpoint: server.endpoint, credentials });
const storage = () => createS3Storage(options());
const sweep = (monotonic = () => 0) => createS3Sweep(options(), { clock: { monotonic } });
const write = async (text: string): Promise<string> => (await storage().write(Buffer.from(text))).key;
const walk = async (afterKey?: string): Promise<readonly KeptObject[]> =>
  (await Array.fromAsync(sweep().walk(afterKey))).flat();
const namesOf = (key: string): readonly string[] =>
  [...server.objects.keys()].filter((path) => path.includes(key)).map((path) => path.slice(`results/${prefix}`.length));
const asideForm = /^[0-9a-f]{64}\.swept-[0-9a-f-]{36}$/;

test("goes through all of them in order, whatever is told at once, and on behind one", async () => {
  server.pageSize = 3;
  const keys: string[] = [];
  for (let nth = 0; nth < 20; nth++) keys.push(await write(`content ${nth}`));
  keys.sort();
  for (const key of keys.slice(4, 9))
    await sweep().deleteUntouched((await walk()).find((each) => each.key === key) as never);
  expect((await walk()).map(({ key }) => key)).toEqual(keys);
  expect((await walk(keys[7])).map(({ key }) => key)).toEqual(keys.slice(8));
  expect((await walk())[0]).toMatchObject({ touchedAt: now, cameAt: now });
});

test("what is none of its objects is not told of, and stays", async () => {
  const others = [
    "readme.txt",
    `deeper/${"a".repeat(64)}`,
    `${"a".repeat(64)}.swept-x`,
    "A".repeat(64),
    `${"b".repeat(65)}`,
  ];
  for (const name of others) server.objects.set(`results/${prefix}${name}`, Buffer.from("x"));
  server.objects.set(`results/${"c".repeat(64)}`, Buffer.from("x"));
  const key = await write("a result");
  expect((await walk()).map((each) => each.key)).toEqual([key]);
  // Whatever is asked of it, it deletes nothing that only begins so.
  expect(await sweep().deleteUntouched({ key: "b".repeat(64), sizeBytes: 1, touchedAt: 0, cameAt: 0 })).toBe(false);
  expect(server.objects.size).toBe(others.length + 2);
});

test("one is put aside first, where it can be read and is as young as that, and goes when it is old again", async () => {
  const key = await write("a result");
  const [old] = (await walk()) as [KeptObject];
  now += 1000;
  expect(await sweep().deleteUntouched(old)).toBe(false);
  expect(namesOf(key)).toEqual([expect.stringMatching(asideForm)]);
  expect(await storage().exists(key)).toBe(true);
  expect((await storage().read(key)).toString()).toBe("a result");
  const [aside] = (await walk()) as [KeptObject];
  expect(aside).toMatchObject({ key, cameAt: now, touchedAt: now });
  expect(await sweep().deleteUntouched(aside)).toBe(true);
  expect(namesOf(key)).toEqual([]);
  expect(await sweep().deleteUntouched(aside)).toBe(false);
  await expect(storage().read(key)).rejects.toMatchObject({ code: "RESULT_MISSING" });
});

test("one that was written again since it was found stays where it is", async () => {
  const key = await write("a result");
  const [old] = (await walk()) as [KeptObject];
  now += 1000;
  await write("a result");
  expect(await sweep().deleteUntouched(old)).toBe(false);
  expect(namesOf(key)).toEqual([key]);
});

test("one that is written again in the moment of its deletion is there", async () => {
  const key = await write("a result");
  const [old] = (await walk()) as [KeptObject];
  let isWritten = false;
  server.refuse = (request) => {
    // S3 deletes what has come a moment ago, too.
    if (request === `DELETE results/${prefix}${key}`) isWritten = server.objects.has(`results/${prefix}${key}`);
    return null;
  };
  await Promise.all([sweep().deleteUntouched(old), write("a result")]);
  expect(isWritten).toBe(true);
  expect((await storage().read(key)).toString()).toBe("a result");
});

test("what several put aside at once, or somebody has written beside it, is there until nobody wants it", async () => {
  const key = await write("a result");
  const [old] = (await walk()) as [KeptObject];
  const gone = await Promise.all([sweep().deleteUntouched(old), sweep().deleteUntouched(old)]);
  expect(gone).toEqual([false, false]);
  expect((await storage().read(key)).toString()).toBe("a result");
  now += 1000;
  await write("a result");
  expect(await walk()).toMatchObject([{ key, touchedAt: now }]);
  // As often as it is old again.
  for (const isGone of [false, true]) {
    const [found] = (await walk()) as [KeptObject];
    now += 1000;
    expect(await sweep().deleteUntouched(found)).toBe(isGone);
  }
  expect(namesOf(key)).toEqual([]);
});

test("whoever was stopped between the copy and the deletion for long deletes nothing", async () => {
  const key = await write("a result");
  const [old] = (await walk()) as [KeptObject];
  let looks = 0;
  expect(await sweep(() => looks++ * 3_600_000).deleteUntouched(old)).toBe(false);
  expect(namesOf(key).toSorted()).toEqual([key, expect.stringMatching(asideForm)]);
});

test("deletes with what was put aside of it", async () => {
  const key = await write("a result");
  await sweep().deleteUntouched(((await walk()) as [KeptObject])[0]);
  await write("a result");
  expect(namesOf(key)).toHaveLength(2);
  await storage().delete(key);
  expect(namesOf(key)).toEqual([]);
});
