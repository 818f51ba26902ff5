import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** More files are not looked at, and of a larger one only its size counts: it is data, not code. */
const maxFiles = 20_000;
const maxFileBytes = 16 * 1024 * 1024;

const ignored: ReadonlySet<string> = new Set(["node_modules", "__pycache__", "dist", "build", "coverage"]);

/** What a folder of code contains, as a hash: names and contents of its files, without those that are made or hidden. */
export function hashFolder(folder: string): string {
  const hash = createHash("sha256");
  let files = 0;
  const visit = (path: string, name: string): void => {
    const entries = readdirSync(path, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (entry.name.startsWith(".") || ignored.has(entry.name)) continue;
      const entryName = `${name}/${entry.name}`;
      const entryPath = join(path, entry.name);
      if (entry.isDirectory()) visit(entryPath, entryName);
      else if (entry.isFile() && files++ < maxFiles) {
        const { size } = statSync(entryPath);
        hash.update(`${entryName}\0${size}\0`);
        if (size <= maxFileBytes) hash.update(readFileSync(entryPath));
      }
    }
  };
  visit(folder, "");
  return hash.digest("hex");
}
