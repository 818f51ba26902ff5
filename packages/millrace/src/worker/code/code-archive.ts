/** The code of a folder as one object of a storage: a compressed archive, whose key is the hash of its bytes. */

import { mkdirSync } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip, createGzip } from "node:zlib";
import type { ResultStorage } from "../../contract/results.ts";
import type { CodeCache } from "./code-cache.ts";
import { packTar, type TarFile, unpackTar } from "./tar.ts";

/** The bytes of an archive of these files. */
export function packArchive(files: readonly TarFile[]): AsyncIterable<Uint8Array> {
  const packed = Readable.from(packTar(files));
  const gzip = createGzip({ level: 9 });
  packed.once("error", (error) => gzip.destroy(error));
  return packed.pipe(gzip);
}

/** The folder with the files of an archive, which is fetched once a machine. @throws Error, and what the storage throws */
export function fetchArchive(
  storage: Pick<ResultStorage, "stream">,
  { key, cache }: { readonly key: string; readonly cache: Pick<CodeCache, "get"> },
): Promise<string> {
  return cache.get(`archive-${key.slice(0, 32)}`, async (draft) => {
    mkdirSync(draft, { recursive: true, mode: 0o700 });
    const stored = Readable.from(storage.stream(key));
    const gunzip = createGunzip();
    // What the storage says of damage goes before what the damage does to the archive.
    const failed = new Promise<never>((_, reject) => stored.once("error", reject));
    stored.once("error", (error) => gunzip.destroy(error));
    await Promise.race([unpackTar(stored.pipe(gunzip) as AsyncIterable<Uint8Array>, draft), failed]);
  });
}
