/** The code that each file's deployments were registered with, as it was copied, beside what is there now. */

import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { copyPath } from "./code-copy.ts";
import type { ImportEdge } from "./messages.ts";

/** A file and the modules that it imports, as they were. */
export interface CodeVersion {
  readonly copyFolder: string;
  /** Absolute paths, in order. */
  readonly files: readonly string[];
  readonly hash: string;
  /** All that was copied when it was registered; what runs import late comes later. */
  readonly early: ReadonlySet<string>;
}

/** A file that is no module is not copied; its text is that of the file. */
export function toCodeVersion(
  file: string,
  {
    copyFolder,
    imports,
    early,
  }: { readonly copyFolder: string; readonly imports: readonly ImportEdge[]; readonly early: ReadonlySet<string> },
): CodeVersion {
  const files = [...reach(file, imports)].toSorted();
  const hash = createHash("sha256");
  for (const each of files) {
    const text = readText(copyPath(copyFolder, each)) ?? readText(each) ?? "";
    hash.update(`${each}\0${text.length}\0${text}`);
  }
  return { copyFolder, files, hash: hash.digest("hex"), early };
}

function reach(file: string, imports: readonly ImportEdge[]): ReadonlySet<string> {
  const imported = Map.groupBy(imports, ([from]) => from);
  const found = new Set([file]);
  for (const each of found) for (const [, to] of imported.get(each) ?? []) found.add(to);
  return found;
}

/** All that a folder of copies has: also what runs have imported later. */
export function listCopied(copyFolder: string): readonly string[] {
  const found = globSync("**/*", { cwd: copyFolder, withFileTypes: true });
  return found.filter((each) => each.isFile()).map((each) => toOriginal(copyFolder, join(each.parentPath, each.name)));
}

function toOriginal(copyFolder: string, copy: string): string {
  const path = copy.slice(copyFolder.length);
  return sep === "\\" ? path.replace(/^\\([A-Za-z])\\/, "$1:\\") : path;
}

/** Whether a module that runs have imported late is not as they have seen it any more. */
export function isLateCodeChanged({ copyFolder, early }: CodeVersion): boolean {
  const late = listCopied(copyFolder).filter((file) => !early.has(file));
  return late.some((file) => readText(copyPath(copyFolder, file)) !== readText(file));
}

/** Folders in which these files are, or could be. */
export function foldersOf(files: Iterable<string>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const file of files) {
    let folder = dirname(file);
    // One that was removed with all that is in it comes back in the folder above.
    while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
    folders.add(folder);
  }
  return folders;
}

/** Null for a file that is not there. */
export function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
