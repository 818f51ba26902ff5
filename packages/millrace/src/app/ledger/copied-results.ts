/** The results that a ledger refers to and its home holds, as files of a backup. */

import { constants, existsSync } from "node:fs";
import { copyFile, mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { StoredResult } from "../../contract/store.ts";

/** What references call the folder `results` of a home. */
export const homeStore = "file";

export interface CopiedResults {
  readonly files: number;
  readonly bytes: number;
  /** Keys of results that the ledger refers to and that are not there: at most the first 100. */
  readonly missing: readonly string[];
  readonly missingCount: number;
  /** Results that are kept elsewhere, in a folder of the settings or on S3: those are not copied. */
  readonly elsewhere: number;
}

const maxMissing = 100;

/** Where a folder of results has the one of this key; see results/file-storage.ts. */
export function resultFile(folder: string, key: string): string {
  return join(folder, key.slice(0, 2), key.slice(2));
}

/** Copied after the ledger: a result is written before the ledger refers to it, so those of the copy are all there. */
export async function copyResults(
  referred: AsyncIterable<readonly StoredResult[]>,
  { from, to, signal }: { readonly from: string; readonly to: string; readonly signal?: AbortSignal | undefined },
): Promise<CopiedResults> {
  const seen = new Set<string>();
  const missing: string[] = [];
  let [files, bytes, missingCount, elsewhere] = [0, 0, 0, 0];
  for await (const part of referred) {
    for (const { store, key } of part) {
      if (store !== homeStore) {
        elsewhere++;
        continue;
      }
      if (seen.has(key)) continue;
      signal?.throwIfAborted();
      seen.add(key);
      const source = resultFile(from, key);
      const target = resultFile(to, key);
      if (!existsSync(source)) {
        missingCount++;
        if (missing.length < maxMissing) missing.push(key);
        continue;
      }
      await copyOne(source, target);
      files++;
      bytes += (await stat(target)).size;
    }
  }
  return { files, bytes, missing, missingCount, elsewhere };
}

/** What is there is the same: files are named by their content. */
export async function copyOne(source: string, target: string): Promise<void> {
  if (existsSync(target)) return;
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await copyFile(source, target, constants.COPYFILE_FICLONE);
}
