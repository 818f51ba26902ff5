/** Which files of a folder are its code: those that Git knows or would take, else those that are neither hidden nor made. */

import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const ignored: ReadonlySet<string> = new Set(["node_modules", "__pycache__", "dist", "build", "coverage"]);

export interface CodeFile {
  /** Relative to the folder, with `/`. */
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly isExecutable: boolean;
}

/** In the order of their names. */
export function listCodeFiles(folder: string): readonly CodeFile[] {
  const names = namesByGit(folder) ?? namesOnDisk(folder, "");
  return names.toSorted().flatMap((name) => {
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile() !== true) return [];
    return [{ name, path, sizeBytes: found.size, isExecutable: (found.mode & 0o100) !== 0 }];
  });
}

/** Null where the folder is in no work tree, or there is no Git. */
function namesByGit(folder: string): readonly string[] | null {
  try {
    const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    const printed = execFileSync("git", args, {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 2 ** 26,
    });
    return printed.split("\0").filter((name) => name !== "");
  } catch {
    return null;
  }
}

function namesOnDisk(folder: string, prefix: string): readonly string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".") || ignored.has(entry.name)) return [];
    const name = `${prefix}${entry.name}`;
    return entry.isDirectory() ? namesOnDisk(folder, `${name}/`) : [name];
  });
}
