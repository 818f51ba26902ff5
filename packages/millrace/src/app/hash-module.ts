/** What the code of a flow is, as a hash: its module, and those of its own that this one imports. */

import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";

/** More modules are not looked at. */
const maxModules = 2000;

/** Texts are read up to so much in all; files beyond that count by their size. In bytes. */
const defaultMaxBytes = 64 * 2 ** 20;

/** How an import may leave out, or change, the end of a file's name: what compilers and loaders take. */
const endings = ["", ".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json", "/index.ts", "/index.js"];

const sourceFile = /\.(?:[cm]?[jt]s|[jt]sx|json)$/;

/**
 * The texts of a module and of all that it names by relative paths, whether it imports them at once or late. Packages, and
 * modules that are named by `#` or by an alias, are not looked at.
 *
 * @param maxBytes texts are read up to so much in all; a file that is longer than what is left counts by its size.
 * Default 64 MiB
 */
export function hashModule(file: string, { maxBytes = defaultMaxBytes }: { readonly maxBytes?: number } = {}): string {
  let leftBytes = maxBytes;
  const textOf = (path: string): string => {
    const sizeBytes = sizeOf(path) ?? 0;
    if (sizeBytes > leftBytes) return `${sizeBytes} bytes`;
    leftBytes -= sizeBytes;
    return readText(path) ?? "";
  };
  const texts = new Map<string, string>();
  const toVisit = [resolve(file)];
  for (let path = toVisit.pop(); path !== undefined && texts.size < maxModules; path = toVisit.pop()) {
    if (texts.has(path)) continue;
    const text = path === resolve(file) ? readFileSync(path, "utf8") : textOf(path);
    texts.set(path, text);
    toVisit.push(...namedIn(text, dirname(path)));
  }
  const hash = createHash("sha256");
  const named = [...texts].map(([path, text]) => [relative(dirname(file), path).replaceAll("\\", "/"), text] as const);
  for (const [name, text] of named.toSorted(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${name}\0${text}\0`);
  return hash.digest("hex");
}

/** A default version: as much of a hash as people read, and as a flow's own code has. */
export function toVersion(contentHash: string): string {
  return contentHash.slice(0, 16);
}

/**
 * The version of a deployment that was given none: a change of a task, or of what it imports, is another version, where a
 * hash of the flow's function would stay as it is.
 */
export function versionOf(
  { version = null }: { readonly version?: string | null },
  { codeHash, contentHash }: { readonly codeHash: string; readonly contentHash: string | null | undefined },
): string | null {
  return version === codeHash && contentHash != null ? toVersion(contentHash) : version;
}

function namedIn(text: string, folder: string): readonly string[] {
  const written = [...text.matchAll(/["'`](\.{1,2}\/[^"'`\n]+)["'`]/g)].map(([, path = ""]) => path);
  return written.flatMap((path) => {
    const base = resolve(folder, path);
    const typed = base.replace(/\.([cm]?)js$/, ".$1ts");
    const found = [typed, ...endings.map((ending) => `${base}${ending}`)].find(
      (each) => sourceFile.test(each) && sizeOf(each) !== null,
    );
    return found === undefined ? [] : [found];
  });
}

/** In bytes; null for what is no file: a pipe would never end. */
function sizeOf(path: string): number | null {
  try {
    const found = statSync(path);
    return found.isFile() ? found.size : null;
  } catch {
    return null;
  }
}

/** Null where it cannot be read. */
function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
