/** What every storage of results does. Each one's test runs it. */

import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { ResultStorage } from "../contract/results.ts";

export interface StorageUnderTest {
  readonly storage: ResultStorage;
  /** How many objects it keeps. */
  readonly count: () => Promise<number>;
  /** Changes a byte of what is kept under the key, behind the storage's back. */
  readonly damage: (key: string) => Promise<void>;
}

const mebibyte = 2 ** 20;

export function testResultStorage(open: () => StorageUnderTest | Promise<StorageUnderTest>): void {
  describe("keeps content by its hash", () => {
    const sizes = {
      nothing: 0,
      "one byte": 1,
      "1 MiB": mebibyte,
      "1 MiB and a byte": mebibyte + 1,
      "21 MB": 21_000_000,
    };
    for (const [name, sizeBytes] of Object.entries(sizes)) {
      const content = noise(sizeBytes);
      const sha256 = createHash("sha256").update(content).digest("hex");

      test(`${name}, of bytes`, async () => {
        const { storage } = await open();
        expect(await storage.write(content)).toEqual({ key: sha256, sha256, sizeBytes });
        expect(await storage.exists(sha256)).toBe(true);
        expect(Buffer.compare(await storage.read(sha256), content)).toBe(0);
        expect(Buffer.compare(await gather(storage.stream(sha256)), content)).toBe(0);
      });

      test(`${name}, of a stream`, async () => {
        const { storage } = await open();
        const stored = await storage.write(inUnevenChunks(content));
        expect(stored).toEqual({ key: sha256, sha256, sizeBytes });
        expect(Buffer.compare(await storage.read(sha256), content)).toBe(0);
      });
    }
  });

  test("keeps equal content once, however it comes", async () => {
    const { storage, count } = await open();
    const content = noise(3 * mebibyte);
    const [first, ...others] = await Promise.all([
      storage.write(content),
      storage.write(Buffer.from(content)),
      storage.write(inUnevenChunks(content)),
    ]);
    for (const other of others) expect(other).toEqual(first);
    expect(await storage.write(content)).toEqual(first);
    expect(await count()).toBe(1);
  });

  test("says that a result is missing", async () => {
    const { storage } = await open();
    const key = "0".repeat(64);
    expect(await storage.exists(key)).toBe(false);
    await expect(storage.read(key)).rejects.toMatchObject({
      code: "RESULT_MISSING",
      data: { key, store: storage.name },
    });
    await expect(gather(storage.stream(key))).rejects.toMatchObject({ code: "RESULT_MISSING" });
  });

  test.each(["../secret", "", "A".repeat(64), `${"0".repeat(63)}/`])(
    "takes no key that it did not make: %j",
    async (key) => {
      const { storage } = await open();
      await storage.write(noise(10));
      await expect(storage.read(key)).rejects.toMatchObject({ code: "RESULT_MISSING" });
      await expect(storage.delete(key)).rejects.toMatchObject({ code: "RESULT_MISSING" });
    },
  );

  test.each([100, 3 * mebibyte])("does not hand out damaged content (%i bytes)", async (sizeBytes) => {
    const { storage, damage } = await open();
    const { key } = await storage.write(noise(sizeBytes));
    await damage(key);
    await expect(storage.read(key)).rejects.toMatchObject({ code: "RESULT_DAMAGED", data: { key } });
    await expect(gather(storage.stream(key))).rejects.toMatchObject({ code: "RESULT_DAMAGED" });
  });

  test("deletes, twice if asked", async () => {
    const { storage, count } = await open();
    const { key } = await storage.write(noise(10));
    await storage.delete(key);
    await storage.delete(key);
    expect(await storage.exists(key)).toBe(false);
    expect(await count()).toBe(0);
    expect(await storage.write(noise(10))).toMatchObject({ key });
    expect(await storage.exists(key)).toBe(true);
  });

  test.each([1, 12])(
    "leaves nothing of a stream that fails after %i MiB, and passes its error on",
    async (mebibytes) => {
      const { storage, count } = await open();
      const error = new Error("the source broke");
      await expect(storage.write(failing(mebibytes, error))).rejects.toBe(error);
      expect(await count()).toBe(0);
    },
  );

  test("stops when it is told to", async () => {
    const { storage, count } = await open();
    const reason = new Error("enough");
    await expect(storage.write(noise(10), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const abort = new AbortController();
    async function* endless() {
      for (let chunks = 0; ; chunks++) {
        if (chunks === 10) abort.abort(reason);
        yield noise(mebibyte);
      }
    }
    await expect(storage.write(endless(), { signal: abort.signal })).rejects.toBe(reason);
    expect(await count()).toBe(0);
  });

  test("lets go of a stream that is not read to its end", async () => {
    const { storage } = await open();
    const content = noise(3 * mebibyte);
    const { key } = await storage.write(content);
    for await (const chunk of storage.stream(key)) {
      expect(content.subarray(0, chunk.byteLength).equals(chunk)).toBe(true);
      break;
    }
    expect(Buffer.compare(await storage.read(key), content)).toBe(0);
  });
}

/** Bytes without a pattern, the same for each size. */
export function noise(sizeBytes: number): Buffer {
  const bytes = new Uint32Array(Math.ceil(sizeBytes / 4));
  for (let index = 0, state = sizeBytes + 1; index < bytes.length; index++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    bytes[index] = state;
  }
  return Buffer.from(bytes.buffer, 0, sizeBytes);
}

async function* inUnevenChunks(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0, length = 1; at < content.byteLength; at += length, length = (length * 7 + 3) % 1_500_000) {
    yield content.subarray(at, at + length);
  }
}

async function* failing(mebibytes: number, error: Error): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < mebibytes; sent++) yield noise(mebibyte);
  throw error;
}

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}
