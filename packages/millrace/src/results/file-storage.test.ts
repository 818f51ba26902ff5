import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFileStorage } from "./file-storage.ts";
import { noise, testResultStorage } from "./result-storage.testsuite.ts";

let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "millrace-results-")), "results");
});

afterEach(async () => {
  await rm(join(folder, ".."), { recursive: true, force: true });
});

/** Every file under the folder, unfinished ones too. */
async function list(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function damage(key: string): Promise<void> {
  const path = join(folder, key.slice(0, 2), key.slice(2));
  const content = await readFile(path);
  content.writeUInt8(content.readUInt8(7) ^ 1, 7);
  await writeFile(path, content);
}

const countFiles = async (): Promise<number> => (await list().catch(() => [])).length;

testResultStorage(() => ({ storage: createFileStorage({ folder }), count: countFiles, damage }));

test("survives a loss of power when asked to, and is named as asked", async () => {
  const storage = createFileStorage({ folder, name: "results", durability: "power" });
  const { key } = await storage.write(noise(10));
  expect(storage.name).toBe("results");
  expect(await readFile(join(folder, key.slice(0, 2), key.slice(2)))).toEqual(noise(10));
});

test("writes again what a loss of power has cut short", async () => {
  const storage = createFileStorage({ folder });
  const { key } = await storage.write(noise(1000));
  await truncate(join(folder, key.slice(0, 2), key.slice(2)), 500);
  await storage.write(noise(1000));
  expect(await storage.read(key)).toEqual(noise(1000));
});

test("several processes write the same results at once", async () => {
  const module = new URL("file-storage.ts", import.meta.url).href;
  const script = `
    import { createFileStorage } from ${JSON.stringify(module)};
    const storage = createFileStorage({ folder: process.argv[1] });
    const contents = Array.from({ length: 40 }, (_, index) => Buffer.alloc(50_000 * (index % 5), index % 8));
    const stored = await Promise.all(contents.map((content) => storage.write(content)));
    const read = await Promise.all(stored.map(({ key }) => storage.read(key)));
    console.log(JSON.stringify(stored.map(({ key }) => key)), read.every((bytes, index) => contents[index].equals(bytes)));
  `;
  const run = async (): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script, folder]);
    return stdout;
  };
  const [first, ...others] = await Promise.all([run(), run(), run()]);
  expect(first).toMatch(/ true\n$/);
  for (const other of others) expect(other).toBe(first);
  const keys = JSON.parse(first.slice(0, first.indexOf(" "))) as string[];
  expect(await countFiles()).toBe(new Set(keys).size);
});

test("removes what dead processes left unfinished, and nothing newer", async () => {
  const unfinished = join(folder, "unfinished");
  await mkdir(unfinished, { recursive: true });
  await writeFile(join(unfinished, "old"), "half a res");
  await writeFile(join(unfinished, "new"), "half a res");
  const { mtimeMs } = await stat(join(unfinished, "old"));
  const twoDaysAgo = mtimeMs / 1000 - 2 * 24 * 3600;
  await utimes(join(unfinished, "old"), twoDaysAgo, twoDaysAgo);
  await createFileStorage({ folder }).write(noise(10));
  expect(await readdir(unfinished)).toEqual(["new"]);
});

test("says that the folder cannot be made, and uses it once it can", async () => {
  await writeFile(folder, "a file in its place");
  const storage = createFileStorage({ folder });
  await expect(storage.write(noise(10))).rejects.toMatchObject({
    code: "LEDGER_UNWRITABLE",
    data: { location: folder },
  });
  await rm(folder);
  const { key } = await storage.write(noise(10));
  expect(await storage.exists(key)).toBe(true);
});

test("an error of the content's own source stays what it is", async () => {
  const error = Object.assign(new Error("permission denied"), { code: "EACCES", path: join(folder, "..", "source") });
  // oxlint-disable-next-line require-yield
  async function* source(): AsyncGenerator<Uint8Array> {
    throw error;
  }
  await expect(createFileStorage({ folder }).write(source())).rejects.toBe(error);
});

test("what it is asked to read stands in its way", async () => {
  const key = "ab".repeat(32);
  await mkdir(join(folder, key.slice(0, 2), key.slice(2)), { recursive: true });
  await expect(createFileStorage({ folder }).read(key)).rejects.toMatchObject({ code: "EISDIR" });
});
