/**
 * A folder in the middle of a path is swapped for a link to elsewhere, and back, by a thread that does nothing else, while files are
 * read and written below it a thousand times.
 */

import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { open, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createWithin, openWithin } from "./within-folder.ts";

const times = 1000;
const words = "words of others";

let base: string;
let root: string;
let outside: string;

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "millrace-within-")));
  [root, outside] = [join(base, "root"), join(base, "outside")];
  for (const folder of [join(root, "mid/deep"), join(outside, "deep")]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(root, "mid/deep/file"), "mine");
  writeFileSync(join(outside, "deep/file"), words);
});
afterEach(() => rmSync(base, { recursive: true, force: true, maxRetries: 5 }));

/** Ends when it is told to; then the folder is a folder. */
function startSwapping(): { stop(): Promise<void> } {
  symlinkSync(outside, join(base, "link"));
  const state = new Int32Array(new SharedArrayBuffer(4));
  const swap = `
    const { renameSync, rmSync } = require("node:fs");
    const { workerData: { mid, link, aside, state } } = require("node:worker_threads");
    // Who writes may have made the folder while there was none.
    function rename(from, to) {
      for (;;) {
        try { return renameSync(from, to); } catch {}
        try { rmSync(to, { recursive: true, force: true }); } catch {}
      }
    }
    while (Atomics.load(state, 0) === 0) {
      rename(mid, aside);
      rename(link, mid);
      rename(mid, link);
      rename(aside, mid);
    }`;
  const workerData = { mid: join(root, "mid"), link: join(base, "link"), aside: join(base, "aside"), state };
  const worker = new Worker(swap, { eval: true, workerData });
  const ended = new Promise<void>((resolve, reject) => {
    worker.once("exit", () => resolve());
    worker.once("error", reject);
  });
  return {
    stop() {
      Atomics.store(state, 0, 1);
      return ended;
    },
  };
}

/** How often it told which text; an error is told by its code. @param last a text that is enough */
async function tellOften(read: () => Promise<string>, last?: string): Promise<ReadonlyMap<string, number>> {
  const told = new Map<string, number>();
  const most = last === undefined ? times : 100 * times;
  for (let time = 0; time < most && (last === undefined || !told.has(last)); time++) {
    const text = await read().catch((error: NodeJS.ErrnoException) => error.code ?? error.message);
    told.set(text, (told.get(text) ?? 0) + 1);
  }
  return told;
}

describe.skipIf(process.platform !== "linux")("a folder that is swapped for a link", () => {
  test("is never read through", async () => {
    const swapping = startSwapping();
    const path = join(root, "mid/deep/file");
    const told = await tellOften(async () => {
      await using file = await openWithin(root, path);
      return file === null ? "elsewhere" : await file.readFile("utf8");
    });
    // Where the path is looked at and then opened, it is read before long.
    const naive = await tellOften(async () => {
      if (!(await realpath(path)).startsWith(`${root}/`)) return "elsewhere";
      await using file = await open(path);
      return file.readFile("utf8");
    }, words);
    await swapping.stop();
    expect(told.get(words)).toBeUndefined();
    expect(told.get("mine")).toBeGreaterThan(0);
    expect(told.get("elsewhere")).toBeGreaterThan(0);
    expect(naive.get(words)).toBeGreaterThan(0);
  });

  test("is never written through", async () => {
    const swapping = startSwapping();
    let nth = 0;
    const told = await tellOften(async () => {
      await using file = await createWithin(root, { parts: ["mid", "deep", `new-${nth++}`], mode: 0o644 });
      await file.writeFile("new");
      return "written";
    });
    const naive = await tellOften(async () => {
      const path = join(root, "mid/deep", `naive-${nth++}`);
      mkdirSync(dirname(path), { recursive: true });
      await using file = await open(path, "wx");
      return file.fd > 0 ? "written" : "";
    });
    await swapping.stop();
    const names = readdirSync(join(outside, "deep"));
    expect(names.filter((name) => name.startsWith("new-"))).toEqual([]);
    expect(names.filter((name) => name.startsWith("naive-"))).not.toEqual([]);
    expect(told.get("written")).toBeGreaterThan(0);
    expect(naive.get("written")).toBeGreaterThan(0);
  });
});

test("a new file has its folders made, and nothing is written over", async () => {
  const options = { parts: ["a", "b", "c.ts"], mode: 0o755 };
  await (await createWithin(root, options)).close();
  expect(existsSync(join(root, "a/b/c.ts"))).toBe(true);
  await expect(createWithin(root, options)).rejects.toMatchObject({ code: "EEXIST" });
  await (await createWithin(root, { ...options, parts: ["top"] })).close();
  expect(readdirSync(root).toSorted()).toEqual(["a", "mid", "top"]);
});

test("nothing is made so deep that it cannot be named", async () => {
  const parts = Array.from({ length: 3000 }, () => "a");
  await expect(createWithin(root, { parts, mode: 0o644 })).rejects.toMatchObject({ code: "ENAMETOOLONG" });
});

test("a link on the way to a new file is refused, and so is one in its place", async () => {
  symlinkSync(outside, join(root, "out"));
  symlinkSync(join(outside, "made"), join(root, "last"));
  for (const parts of [["out", "made"], ["out", "new", "made"], ["last"]])
    await expect(createWithin(root, { parts, mode: 0o644 })).rejects.toThrow(/ELOOP|ENOTDIR|EEXIST|is a link/);
  expect(readdirSync(outside)).toEqual(["deep"]);
});

test.skipIf(process.platform === "win32")("a pipe is no file, and is not waited for", async () => {
  execFileSync("mkfifo", [join(root, "pipe")]);
  await expect(openWithin(root, join(root, "pipe"))).rejects.toThrow("it is no file");
  await expect(openWithin(root, join(root, "mid"))).rejects.toThrow("it is no file");
  expect(await openWithin(root, root)).toBeNull();
  const file = await openWithin(root, join(root, "mid/deep/file"));
  expect(await file?.readFile("utf8")).toBe("mine");
  await file?.close();
  expect(readFileSync(join(root, "mid/deep/file"), "utf8")).toBe("mine");
});
