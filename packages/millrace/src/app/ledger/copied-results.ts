/** The results that a ledger refers to and its home holds, as files of a backup. */

import { constants, existsSync } from "node:fs";
import { copyFile, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { StoredResult } from "../../contract/store.ts";
import { type ResultFinder, resultFile } from "./find-results.ts";

export interface CopiedResults {
  readonly files: number;
  readonly bytes: number;
  /** Keys of results that the ledger refers to and that are not there: at most the first 100. */
  readonly missing: readonly string[];
  readonly missingCount: number;
  /** References to results that are kept elsewhere, in another folder or on S3: those are not copied. */
  readonly elsewhere: number;
}

const maxMissing = 100;

/** Copied after the ledger: a result is written before the ledger refers to it, so those of the copy are all there. */
export async function copyResults(
  referred: AsyncIterable<readonly StoredResult[]>,
  {
    finder,
    from,
    to,
    signal,
  }: {
    readonly finder: ResultFinder;
    readonly from: string;
    readonly to: string;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<CopiedResults> {
  const seen = new Set<string>();
  /** How often each of those is referred to that the home should have. */
  const lost = new Map<string, number>();
  let [files, bytes, elsewhere] = [0, 0, 0];
  for await (const part of referred) {
    for (const result of part) {
      const { key } = result;
      if (seen.has(key)) continue;
      const place = finder.look(result);
      if (place === "elsewhere") elsewhere++;
      if (place === "lost") lost.set(key, (lost.get(key) ?? 0) + 1);
      if (place !== "home") continue;
      signal?.throwIfAborted();
      seen.add(key);
      const target = resultFile(to, key);
      await copyOne(resultFile(from, key), target);
      files++;
      bytes += (await stat(target)).size;
    }
  }
  const missing = finder.findMissing();
  for (const key of missing) lost.delete(key);
  // What is left is in another folder.
  for (const references of lost.values()) elsewhere += references;
  return { files, bytes, missing: missing.slice(0, maxMissing), missingCount: missing.length, elsewhere };
}

/** What is there is the same: files are named by their content. */
export async function copyOne(source: string, target: string): Promise<void> {
  if (existsSync(target)) return;
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await copyFile(source, target, constants.COPYFILE_FICLONE);
}
