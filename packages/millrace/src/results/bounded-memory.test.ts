/** Long values take little memory beside themselves. A process of its own says how much it ever had. */

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";

const folder = await mkdtemp(join(tmpdir(), "millrace-memory-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const mebibyte = 2 ** 20;

/** Runs a script with `storage` and `serializer`; what it gives to `tell`. */
async function inProcess<T>(script: string, options: readonly string[] = []): Promise<T> {
  const at = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);
  const program = `
    import { createFileStorage } from ${at("file-storage.ts")};
    import { createJsonSerializer } from ${at("json-serializer.ts")};
    const serializer = createJsonSerializer();
    const storage = createFileStorage({ folder: ${JSON.stringify(folder)} });
    const tell = (facts) => process.stdout.write(JSON.stringify(facts));
    const peakBytes = () => process.resourceUsage().maxRSS * 1024;
    ${script}
  `;
  const { stdout } = await promisify(execFile)(process.execPath, [...options, "--input-type=module", "-e", program]);
  return JSON.parse(stdout) as T;
}

test("a buffer is written and read with little beside it", async () => {
  const sizeBytes = 96 * mebibyte;
  const written = await inProcess<{ key: string; grownBytes: number }>(`
    const value = { pixels: Buffer.alloc(${sizeBytes}, 7), width: 4 };
    const before = peakBytes();
    const { key } = await storage.write(serializer.encodeStream(value));
    tell({ key, grownBytes: peakBytes() - before });
  `);
  // As base64 in one text it would take 128 MiB, and as much again as bytes.
  expect(written.grownBytes).toBeLessThan(sizeBytes / 2);

  const read = await inProcess<{ isWhole: boolean; grownBytes: number }>(`
    const before = peakBytes();
    const { pixels, width } = await serializer.decodeStream(storage.stream(${JSON.stringify(written.key)}));
    const grownBytes = peakBytes() - before;
    tell({ isWhole: width === 4 && pixels.equals(Buffer.alloc(${sizeBytes}, 7)), grownBytes });
  `);
  expect(read.isWhole).toBe(true);
  expect(read.grownBytes).toBeLessThan(sizeBytes * 2);
});

test("a list is written where its text would not fit beside it", async () => {
  // Its notes are one text in memory, and many in the JSON.
  const list = `((note) => Array.from({ length: 300_000 }, (_, id) => ({ id, note })))("x".repeat(300))`;
  const { key, sizeBytes } = await inProcess<{ key: string; sizeBytes: number }>(
    `tell(await storage.write(serializer.encodeStream(${list})));`,
    ["--max-old-space-size=80"],
  );
  expect(sizeBytes).toBeGreaterThan(90 * mebibyte);
  const facts = await inProcess<{ length: number; last: unknown }>(`
    const back = await serializer.decodeStream(storage.stream(${JSON.stringify(key)}));
    tell({ length: back.length, last: back.at(-1) });
  `);
  expect(facts).toEqual({ length: 300_000, last: { id: 299_999, note: "x".repeat(300) } });
});
