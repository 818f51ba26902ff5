/** Where in the user's own code an error came from. */

import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this package's code, src or dist: its frames say nothing to a user. */
const packageFolder = findPackageFolder(fileURLToPath(import.meta.url));

function findPackageFolder(file: string): string {
  const folder = dirname(file);
  return /[\\/](?:src|dist)$/.test(folder) || dirname(folder) === folder ? folder : findPackageFolder(folder);
}

export interface StackFrame {
  /** Null for the top level of a module, and for functions without a name. */
  readonly functionName: string | null;
  /** Relative to the working directory where it lies below it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const framePattern = /^\s*at (?:(?:async )?(.+?) \()?(.+?):(\d+):(\d+)\)?$/;

/** The first frame that is neither Node's, nor a package's, nor ours; null when there is none. */
export function firstOwnFrame(stack: string, options: { readonly cwd: string }): StackFrame | null {
  for (const text of stack.split("\n")) {
    const match = framePattern.exec(text);
    if (match === null) continue;
    const [, name, location = "", line, column] = match;
    const path = toPath(location.replace(/^async /, ""));
    if (path === null || isForeign(path)) continue;
    // `Object.fn` is a function without a name, as a flow or task holds it.
    const isNamed = name !== undefined && !/<anonymous>|^Object\.fn$/.test(name);
    return {
      functionName: isNamed ? name : null,
      file: shorten(path, options.cwd),
      line: Number(line),
      column: Number(column),
    };
  }
  return null;
}

function toPath(location: string): string | null {
  if (!location.startsWith("file:")) return /^(?:node:|\w+:\/\/|native|<)/.test(location) ? null : location;
  try {
    return fileURLToPath(location);
  } catch {
    return null;
  }
}

function isForeign(path: string): boolean {
  return /[\\/]node_modules[\\/]/.test(path) || path.startsWith(packageFolder);
}

function shorten(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short.startsWith("..") || short === "" ? path : short;
}

/** "train.ts:12:9" */
export function frameLocation(frame: StackFrame): string {
  return `${frame.file}:${frame.line}:${frame.column}`;
}
