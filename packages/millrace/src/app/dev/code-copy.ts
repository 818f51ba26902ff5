/**
 * Modules as they were: while code is changed under `millrace dev`, a run must load the code that it was registered with,
 * also what it imports late, also after the file has been saved with a mistake in it. What a process imports is copied when
 * it is first imported, and whoever is given the same folder later gets the copy. Only the text is taken from there: URLs,
 * and with them stacks, breakpoints and `import.meta`, are those of the user's own files.
 */

import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { registerHooks } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { shortId } from "../../kit/ids.ts";
import { findPackage } from "../package-version.ts";

export interface CodeCopyOptions {
  readonly folder: string;
  /** Told of each module of the user's that is imported, and of the module that does. */
  readonly onImport?: (from: string, to: string) => void;
}

const moduleFile = /\.(?:[cm]?[jt]s|[jt]sx|json)$/;

/** The folder of this package: its modules are not the user's, though they need not lie in node_modules. */
const ownFolder = findPackage(import.meta.dirname)?.folder ?? import.meta.dirname;

/** Where the copy of a file is. */
export function copyPath(folder: string, file: string): string {
  return join(folder, file.replace(/^([A-Za-z]):/, "$1"));
}

/** Whether a module is the user's own, and may change. */
export function isOwnModule(file: string): boolean {
  return moduleFile.test(file) && !file.includes(`${sep}node_modules${sep}`) && !file.startsWith(ownFolder + sep);
}

/** From now on this thread imports the user's modules by way of the folder. */
export function importByCopies({ folder, onImport = () => undefined }: CodeCopyOptions): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = findCopied(folder, specifier, context.parentURL) ?? nextResolve(specifier, context);
      const [from, to] = [toOwnFile(context.parentURL), toOwnFile(resolved.url)];
      if (from !== null && to !== null) onImport(from, to);
      return resolved;
    },
    load(url, context, nextLoad) {
      const file = toOwnFile(url);
      const copy = file === null ? null : keepCopy(folder, file);
      if (copy === null) return nextLoad(url, context);
      const loaded = nextLoad(pathToFileURL(copy).href, context);
      return { ...loaded, source: loaded.source ?? readFileSync(copy, "utf8"), shortCircuit: true };
    },
  });
}

/** A file may be gone by now. */
function findCopied(
  folder: string,
  specifier: string,
  parentUrl: string | undefined,
): { readonly url: string; readonly shortCircuit: true } | null {
  if (!/^\.\.?\//.test(specifier) || toOwnFile(parentUrl) === null) return null;
  const { href } = new URL(specifier, parentUrl);
  const file = toOwnFile(href);
  return file !== null && existsSync(copyPath(folder, file)) ? { url: href, shortCircuit: true } : null;
}

function toOwnFile(url: string | undefined): string | null {
  if (url === undefined || !url.startsWith("file:")) return null;
  const file = fileURLToPath(url);
  return isOwnModule(file) ? file : null;
}

/** Null where there is neither a copy nor a file. */
function keepCopy(folder: string, file: string): string | null {
  const copy = copyPath(folder, file);
  if (existsSync(copy)) return copy;
  if (!existsSync(file)) return null;
  keepManifest(folder, dirname(file));
  put(file, copy);
  return copy;
}

/** The package.json above a module says of what kind it is. */
function keepManifest(folder: string, ofFolder: string): void {
  const manifest = join(ofFolder, "package.json");
  if (existsSync(manifest)) {
    if (!existsSync(copyPath(folder, manifest))) put(manifest, copyPath(folder, manifest));
  } else if (dirname(ofFolder) !== ofFolder) keepManifest(folder, dirname(ofFolder));
}

/** Whole, or not at all: several processes may do it. */
function put(file: string, copy: string): void {
  mkdirSync(dirname(copy), { recursive: true });
  const partial = `${copy}.${shortId(8)}`;
  copyFileSync(file, partial);
  renameSync(partial, copy);
}
