import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { listCodeFiles } from "./code-files.ts";

/** More files are not looked at, and of a larger one only its size counts: it is data, not code. */
const maxFiles = 20_000;
const maxFileBytes = 16 * 1024 * 1024;

/**
 * What a folder of code contains, as a hash: names and contents of its files, without those that Git ignores, or, where there
 * is no Git, that are hidden or made.
 */
export function hashFolder(folder: string): string {
  const hash = createHash("sha256");
  for (const { name, path, sizeBytes } of listCodeFiles(folder).slice(0, maxFiles)) {
    hash.update(`${name}\0${sizeBytes}\0`);
    if (sizeBytes <= maxFileBytes) hash.update(readFileSync(path));
  }
  return hash.digest("hex");
}
