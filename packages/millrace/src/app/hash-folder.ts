import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** More files are not looked at, and of a larger one only its size counts: it is data, not code. */
const maxFiles = 20_000;
const maxFileBytes = 16 * 1024 * 1024;

const ignored: ReadonlySet<string> = new Set(["node_modules", "__pycache__", "dist", "build", "coverage"]);

/**
 * What a folder of code contains, as a hash: names and contents of its files, without those that Git ignores, or, where there
 * is no Git, that are hidden or made.
 */
export function hashFolder(folder: string): string {
  const hash = createHash("sha256");
  const names = namesByGit(folder) ?? namesOnDisk(folder, "");
  for (const name of names.toSorted().slice(0, maxFiles)) {
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile() !== true) continue;
    hash.update(`${name}\0${found.size}\0`);
    if (found.size <= maxFileBytes) hash.update(readFileSync(path));
  }
  return hash.digest("hex");
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
