/** Content whose hash and size are known and whose parts can be read again, for storages that name it before they send it. */

import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { createContentHash, inChunks } from "./content-hash.ts";

export interface UploadBody {
  readonly sha256: string;
  readonly sizeBytes: number;
  /** The bytes from `start` on, `length` of them, or what is left. */
  read(start: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface GatherOptions {
  readonly signal: AbortSignal | undefined;
  /** A stream that is longer is put into a temporary file. */
  readonly inMemoryBytes: number;
}

/** Takes a stream to its end, or hashes what is there. @throws the signal's reason, and what the stream throws */
export async function gatherBody(
  content: Uint8Array | AsyncIterable<Uint8Array>,
  { signal, inMemoryBytes }: GatherOptions,
): Promise<UploadBody> {
  const hash = createContentHash();
  if (content instanceof Uint8Array) {
    for (const chunk of inChunks(content)) {
      if (chunk.byteOffset > content.byteOffset) await setImmediate(undefined, { signal });
      hash.add(chunk);
    }
    return inMemory(content, hash.finish());
  }
  const held: Uint8Array[] = [];
  let heldBytes = 0;
  let file: FileHandle | null = null;
  try {
    for await (const chunk of content) {
      signal?.throwIfAborted();
      hash.add(chunk);
      held.push(chunk);
      heldBytes += chunk.byteLength;
      if (heldBytes <= inMemoryBytes) continue;
      file ??= await openTemporary();
      await file.appendFile(Buffer.concat(held.splice(0)));
      heldBytes = 0;
    }
    if (file === null) return inMemory(Buffer.concat(held), hash.finish());
    await file.appendFile(Buffer.concat(held));
    return inFile(file, hash.finish());
  } catch (error) {
    await file?.close();
    throw error;
  }
}

type Known = Pick<UploadBody, "sha256" | "sizeBytes">;

function inMemory(bytes: Uint8Array, known: Known): UploadBody {
  return { ...known, read: async (start, length) => bytes.subarray(start, start + length), close: async () => {} };
}

function inFile(file: FileHandle, known: Known): UploadBody {
  return {
    ...known,
    async read(start, length) {
      const part = Buffer.allocUnsafe(Math.min(length, known.sizeBytes - start));
      for (let at = 0; at < part.byteLength; ) {
        const { bytesRead } = await file.read(part, at, part.byteLength - at, start + at);
        if (bytesRead === 0) throw new Error("The temporary file of a result was cut short while it was sent");
        at += bytesRead;
      }
      return part;
    },
    close: () => file.close(),
  };
}

/** A file without a name: nothing is left of it when it is closed, nor when the process dies. */
async function openTemporary(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-"));
  try {
    return await open(join(folder, "result"), "wx+", 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
