import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { KeptObject } from "../contract/results.ts";
import { uuidv7 } from "../kit/ids.ts";
import { createFileStorage } from "./file-storage.ts";
import { createFileSweep } from "./file-sweep.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-file-sweep-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const sweep = () => createFileSweep(folder);
const storage = () => createFileStorage({ folder });
const pathOf = (key: string): string => join(folder, key.slice(0, 2), key.slice(2));
const write = async (text: string): Promise<string> => (await storage().write(Buffer.from(text))).key;
const walk = async (afterKey?: string): Promise<readonly KeptObject[]> =>
  (await Array.fromAsync(sweep().walk(afterKey))).flat();
const filesOf = (key: string): readonly string[] => readdirSync(join(folder, key.slice(0, 2)));

test("goes through all of them in order, and on behind one", async () => {
  const keys: string[] = [];
  for (let nth = 0; nth < 20; nth++) keys.push(await write(`content ${nth}`));
  keys.sort();
  expect((await walk()).map(({ key }) => key)).toEqual(keys);
  expect((await walk(keys[7])).map(({ key }) => key)).toEqual(keys.slice(8));
  expect((await walk())[0]?.sizeBytes).toBeGreaterThan(8);
  const other = createFileSweep(join(folder, "none"));
  expect(await Array.fromAsync(other.walk())).toEqual([]);
});

test("one that somebody has found to be there meanwhile is there, and one that nobody has touched goes, once", async () => {
  const key = await write("a result");
  const [old] = (await walk()) as [KeptObject];
  utimesSync(pathOf(key), 2000, 2000);
  expect(await sweep().deleteUntouched(old)).toBe(false);
  expect((await storage().read(key)).toString()).toBe("a result");
  const [found] = (await walk()) as [KeptObject];
  // A copy with an old time has come now.
  expect([found.touchedAt, found.cameAt > 2_000_000]).toEqual([2_000_000, true]);
  const gone = await Promise.all([sweep().deleteUntouched(found), sweep().deleteUntouched(found)]);
  expect(gone.filter(Boolean)).toHaveLength(1);
  expect(filesOf(key)).toEqual([]);
  await expect(storage().read(key)).rejects.toMatchObject({ code: "RESULT_MISSING" });
});

test("one that is written again while an older one is aside keeps its time", async () => {
  const key = await write("a result");
  const [old] = (await walk()) as [KeptObject];
  utimesSync(pathOf(key), 2000, 2000);
  const deletion = sweep().deleteUntouched(old);
  // It is put aside by another thread, and this one answers nothing until the same content is there again.
  while (existsSync(pathOf(key)));
  writeFileSync(pathOf(key), "a result");
  expect(await deletion).toBe(false);
  expect(statSync(pathOf(key)).mtimeMs).toBeGreaterThan(2_000_000);
  expect(filesOf(key)).toEqual([key.slice(2)]);
});

test("one that a process has put aside and not deleted can be read and written, and is put back", async () => {
  const key = await write("a result");
  const aside = `${pathOf(key)}.swept-${uuidv7()}`;
  renameSync(pathOf(key), aside);
  expect(await storage().exists(key)).toBe(true);
  expect((await storage().read(key)).toString()).toBe("a result");
  expect((await walk()).map((each) => each.key)).toEqual([key]);
  expect(filesOf(key)).toEqual([key.slice(2)]);

  renameSync(pathOf(key), aside);
  await write("a result");
  expect(filesOf(key)).toHaveLength(2);
  expect(await walk()).toHaveLength(1);
  expect(filesOf(key)).toEqual([key.slice(2)]);
});
