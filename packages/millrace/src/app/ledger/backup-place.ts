/** Where a backup is put: under a name of its own until it is whole, so that what has the name can be restored. */

import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { MillraceError } from "../../contract/errors.ts";
import { shortId } from "../../kit/ids.ts";
import { makeHomeFolder } from "../home-folder.ts";

export interface BackupPlace {
  /** Where it is at the end. */
  readonly path: string;
  /** Where it is made; beside `path`, so that it can be renamed. */
  readonly draft: string;
}

/**
 * @param target a path, or a folder that is there, in which it gets a name by the time
 * @throws LEDGER_EXISTS where something has the name
 */
export function choosePlace(
  target: string,
  { name, replaces, isFolder }: { readonly name: string; readonly replaces: boolean; readonly isFolder: boolean },
): BackupPlace {
  const found = statSync(target, { throwIfNoEntry: false });
  const isInside = !isFolder && (found?.isDirectory() === true || /[\\/]$/.test(target));
  const path = resolve(isInside ? join(target, name) : target);
  if (existsSync(path) && !replaces) {
    const what = statSync(path).isDirectory() ? "a folder" : "a file";
    throw new MillraceError("LEDGER_EXISTS", { what, location: path, advice: "Give another name, or --force." });
  }
  makeHomeFolder(dirname(path));
  return { path, draft: `${path}.${shortId()}.tmp` };
}

/** Makes what was made outlive a loss of power, and gives it its name, over what had it. */
export async function putInPlace({ path, draft }: BackupPlace): Promise<void> {
  if (statSync(draft).isDirectory() && existsSync(path)) {
    // A folder that has something in it is not replaced by renaming.
    const old = `${path}.${shortId()}.old`;
    renameSync(path, old);
    renameSync(draft, path);
    rmSync(old, { recursive: true, force: true });
  } else {
    renameSync(draft, path);
  }
  await syncToDisk(dirname(path));
}

/** A file or a folder. */
export async function syncToDisk(path: string): Promise<void> {
  // Windows syncs no folders.
  if (process.platform === "win32" && statSync(path).isDirectory()) return;
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A time as part of a file's name: 2026-11-26T16-46-37Z. */
export function toStamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replaceAll(":", "-")}Z`;
}
