/** The key of a result: the SHA-256 of its bytes, in hex. */

import { MillraceError } from "../contract/errors.ts";
import { crypto } from "../kit/sha256.ts";

/** Bytes that are hashed, read or written in one turn of the event loop. */
export const chunkBytes = 2 ** 20;

/** Counts and hashes what passes. */
export interface ContentHash {
  add(chunk: Uint8Array): void;
  /** Ends it. */
  finish(): { readonly sha256: string; readonly sizeBytes: number };
}

export function createContentHash(): ContentHash {
  const hash = crypto().createHash("sha256");
  let sizeBytes = 0;
  return {
    add(chunk) {
      hash.update(chunk);
      sizeBytes += chunk.byteLength;
    },
    finish: () => ({ sha256: hash.digest("hex"), sizeBytes }),
  };
}

/** The key itself, if a storage of content by hash can have written it. @throws MillraceError RESULT_MISSING */
export function checkKey(key: string, store: string): string {
  if (/^[0-9a-f]{64}$/.test(key)) return key;
  throw new MillraceError("RESULT_MISSING", { key, store });
}

/** The chunks as they come, and an error after the last if they are not the content of the key. */
export async function* verified(
  chunks: AsyncIterable<Uint8Array>,
  { key, store }: { readonly key: string; readonly store: string },
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createContentHash();
  for await (const chunk of chunks) {
    hash.add(chunk);
    yield chunk;
  }
  const { sha256, sizeBytes } = hash.finish();
  if (sha256 === key) return;
  throw new MillraceError("RESULT_DAMAGED", { key, store, reason: `its ${sizeBytes} bytes have the hash ${sha256}` });
}

/** Bytes in parts of at most `chunkBytes`, without copying them. */
export function* inChunks(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.byteLength; start += chunkBytes) yield bytes.subarray(start, start + chunkBytes);
}

/** All chunks as one array of bytes. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}
