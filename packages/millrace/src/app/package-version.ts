/** The package that a file belongs to. */

import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

export interface PackageName {
  /** The folder of its package.json. */
  readonly folder: string;
  readonly name: string | null;
  readonly version: string | null;
}

const known = new Map<string, PackageName | null>();

/** The nearest package.json at or above a folder that says a name or a version; null where there is none. Read once. */
export function findPackage(folder: string): PackageName | null {
  const path = resolve(folder);
  let found = known.get(path);
  if (found === undefined) {
    const above = dirname(path);
    found = readPackage(path) ?? (above === path ? null : findPackage(above));
    known.set(path, found);
  }
  return found;
}

/** Null also for one without a name and a version, as libraries put beside their files to say `"type": "module"`. */
function readPackage(folder: string): PackageName | null {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, unknown> | null;
    const name = textOrNull(manifest?.name);
    const version = textOrNull(manifest?.version);
    return name === null && version === null ? null : { folder, name, version };
  } catch {
    // Not there, or damaged: a run does not fail for want of its package's version.
    return null;
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
