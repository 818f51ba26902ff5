/**
 * Results in a folder, by content: `<folder>/ab/cdef…`, named by SHA-256. A file is written under a temporary name and
 * then renamed, so that what stands under its final name is whole, whoever writes it and however often.
 */

import { type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MillraceError } from "../contract/errors.ts";
import type { ResultStorage, StoredObject } from "../contract/results.ts";
import { systemClock } from "../kit/clock.ts";
import { hashBytes } from "../kit/digest.ts";
import { uuidv7 } from "../kit/ids.ts";
import { late } from "../kit/late.ts";
import { createNameSync, sync, syncNamesAbove } from "./durable-names.ts";
import { checkKey, chunkBytes, collect, createContentHash, inChunks, verified } from "./content-hash.ts";
import { findAside } from "./file-sweep.ts";

export interface FileStorageOptions {
  /** Made when the first result is written. */
  readonly folder: string;
  /** What references to its results call it. Default "file". */
  readonly name?: string;
  /**
   * What a result that `write` has returned survives: the death of the process, or a loss of power too, which costs two
   * waits for the disk a result. Default "process".
   */
  readonly durability?: "process" | "power";
}

/** Unfinished files of dead processes are removed after a day. In ms. */
const abandonedAfterMs = 24 * 3_600_000;

/**
 * Keeps results in a folder. Equal content is kept once; several processes may use the folder. Reading checks the hash:
 * `read` before it returns, `stream` after its last chunk.
 *
 * Rejects with MillraceError: RESULT_MISSING, RESULT_DAMAGED, LEDGER_FULL, LEDGER_UNWRITABLE.
 */
export function createFileStorage(options: FileStorageOptions): ResultStorage {
  const { folder, name = "file", durability = "process" } = options;
  const unfinished = join(folder, "unfinished");
  const pathOf = (key: string): string => join(folder, key.slice(0, 2), key.slice(2));
  const prepare = late(async () => {
    const firstMade = await sweep(unfinished);
    if (durability === "power") await syncNamesAbove(folder, firstMade);
  });
  const syncName = createNameSync(folder);

  const write = async (
    content: Uint8Array | AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<StoredObject> => {
    signal?.throwIfAborted();
    if (content instanceof Uint8Array && content.byteLength <= chunkBytes) {
      const sha256 = hashBytes(content);
      const stored = { key: sha256, sizeBytes: content.byteLength, sha256 };
      const path = pathOf(sha256);
      if ((await isKept(path, stored.sizeBytes)) && (await keepYoung(path))) {
        if (durability === "power") await keepFromPowerLoss(path);
        return stored;
      }
    }
    await prepare();
    const temporary = join(unfinished, uuidv7());
    try {
      const { sha256, sizeBytes } = await writeFile(temporary, { content, signal, durability });
      await moveTo(pathOf(sha256), { from: temporary, sizeBytes });
      if (durability === "power") await syncName(pathOf(sha256));
      return { key: sha256, sizeBytes, sha256 };
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  };

  /** What another has written: it may be about to wait for the disk still, or was not to. */
  async function keepFromPowerLoss(path: string): Promise<void> {
    await prepare();
    await sync(path);
    await syncName(path);
  }

  const stream = (key: string): AsyncIterable<Uint8Array> =>
    verified(readChunks(pathOf(checkKey(key, name)), { key, store: name }), { key, store: name });

  return {
    name,
    async write(content, { signal } = {}) {
      try {
        return await write(content, signal);
      } catch (error) {
        throw toStorageError(error, folder);
      }
    },
    read: async (key) => collect(stream(key)),
    stream,
    async exists(key) {
      const path = pathOf(checkKey(key, name));
      return (await sizeOf(path)) !== null || (await findAside(path)) !== null;
    },
    async delete(key) {
      await rm(pathOf(checkKey(key, name)), { force: true });
    },
  };
}

/** A file of another size is what a loss of power left: it is written again. */
async function isKept(path: string, sizeBytes: number): Promise<boolean> {
  return (await sizeOf(path)) === sizeBytes;
}

/**
 * Who deletes files that nothing refers to leaves young ones alone: something may be about to refer to them, as to this one now.
 * False when it has just been deleted.
 */
async function keepYoung(path: string): Promise<boolean> {
  const now = new Date(systemClock.now());
  try {
    await utimes(path, now, now);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    // A file system that is read-only keeps what it has.
    return true;
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

interface WriteOptions {
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal | undefined;
  readonly durability: "process" | "power";
}

async function writeFile(path: string, { content, signal, durability }: WriteOptions) {
  const hash = createContentHash();
  const file = await open(path, "wx");
  try {
    for await (const chunk of content instanceof Uint8Array ? inChunks(content) : content) {
      signal?.throwIfAborted();
      hash.add(chunk);
      await writeAll(file, chunk);
    }
    if (durability === "power") await file.sync();
  } finally {
    await file.close();
  }
  return hash.finish();
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.byteLength; ) at += (await file.write(chunk, at)).bytesWritten;
}

interface MoveOptions {
  readonly from: string;
  readonly sizeBytes: number;
}

async function moveTo(path: string, { from, sizeBytes }: MoveOptions): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await rename(from, path);
  } catch (error) {
    // Windows does not replace a file that is being read; what is there is the same.
    if (!(await isKept(path, sizeBytes))) throw error;
    await rm(from, { force: true });
  }
}

async function* readChunks(path: string, missing: { readonly key: string; readonly store: string }) {
  const file = await openExisting(path, missing);
  try {
    const { size } = await file.stat();
    for (let at = 0; at < size; ) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, size - at));
      const { bytesRead } = await file.read(chunk, 0, chunk.byteLength, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function openExisting(path: string, missing: { readonly key: string; readonly store: string }) {
  const found =
    (await openOrNull(path)) ?? (await openOrNull((await findAside(path)) ?? path)) ?? (await openOrNull(path));
  if (found === null) throw new MillraceError("RESULT_MISSING", { ...missing });
  return found;
}

async function openOrNull(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** Makes the folder of unfinished files, and removes what dead processes left there. Returns the first folder that was made. */
async function sweep(unfinished: string): Promise<string | undefined> {
  const firstMade = await mkdir(unfinished, { recursive: true });
  const before = systemClock.now() - abandonedAfterMs;
  for (const name of await readdir(unfinished)) {
    const path = join(unfinished, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && found.mtimeMs < before) await rm(path, { force: true });
  }
  return firstMade;
}

/** What the folder refuses, as an error of the catalogue. An error of the content's own stream stays as it is. */
function toStorageError(cause: unknown, location: string): unknown {
  const code = codeOf(cause);
  if (code === "ENOSPC" || code === "EDQUOT") return new MillraceError("LEDGER_FULL", { location }, { cause });
  const { path, message } = cause as NodeJS.ErrnoException;
  const isRefused = typeof code === "string" && refusals.has(code) && path?.startsWith(location) === true;
  return isRefused ? new MillraceError("LEDGER_UNWRITABLE", { location, reason: message }, { cause }) : cause;
}

const refusals: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"]);

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
