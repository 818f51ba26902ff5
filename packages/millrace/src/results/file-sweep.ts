/**
 * Goes through a folder of results, and deletes files that nobody wants any more. A file is put aside first: who writes the same
 * content then finds none, and writes it; who has found it before has touched it, and it is put back. Readers find it aside, too,
 * so that a process may die at any step.
 */

import { link, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { KeptObject, SweptStorage } from "../contract/results.ts";
import { uuidv7 } from "../kit/ids.ts";

const folderName = /^[0-9a-f]{2}$/;
const fileName = /^[0-9a-f]{62}$/;
const asideMark = ".swept-";
const asideName = /^([0-9a-f]{62})\.swept-[0-9a-f-]{36}$/;

/** What a file system says that has no links, or none of files of others. */
const withoutLinks: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/** Files that are looked at in one part. */
const partFiles = 200;

export function createFileSweep(folder: string): SweptStorage {
  const pathOf = (key: string): string => join(folder, key.slice(0, 2), key.slice(2));

  /** The names of a folder's results. What a process that died had put aside is put back first. */
  async function namesOf(path: string): Promise<readonly string[]> {
    const names = await namesIn(path);
    const back: string[] = [];
    for (const aside of names.filter((each) => asideName.test(each))) {
      const own = aside.slice(0, aside.indexOf(asideMark));
      if (await putBack(join(path, aside), join(path, own))) back.push(own);
    }
    return [...new Set([...names.filter((each) => fileName.test(each)), ...back])].toSorted();
  }

  return {
    async *walk(afterKey = "") {
      for (const prefix of (await namesIn(folder)).toSorted()) {
        if (!folderName.test(prefix) || prefix < afterKey.slice(0, 2)) continue;
        const keys = (await namesOf(join(folder, prefix))).map((each) => prefix + each).filter((key) => key > afterKey);
        for (let at = 0; at < keys.length; at += partFiles) {
          const part = await Promise.all(keys.slice(at, at + partFiles).map((key) => lookAt(key, pathOf(key))));
          yield part.filter((each) => each !== null);
        }
      }
    },
    async deleteUntouched({ key, touchedAt }) {
      const path = pathOf(key);
      const aside = `${path}${asideMark}${uuidv7()}`;
      try {
        await rename(path, aside);
        if ((await stat(aside)).mtimeMs === touchedAt) {
          await rm(aside);
          return true;
        }
        await putBack(aside, path);
      } catch (error) {
        // Somebody else deletes it, or has put it back.
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
      return false;
    },
  };
}

/** Where a file is that is being deleted, or was when a process died; null where it is not. */
export async function findAside(path: string): Promise<string | null> {
  const start = basename(path) + asideMark;
  const found = (await namesIn(dirname(path))).find((each) => each.startsWith(start) && asideName.test(each));
  return found === undefined ? null : join(dirname(path), found);
}

/** False when it was deleted: the same content is there again, which is younger and stays, or somebody else was at it. */
async function putBack(aside: string, path: string): Promise<boolean> {
  try {
    const isBack = await moveNew(aside, path);
    await rm(aside, { force: true });
    return isBack;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return false;
  }
}

/** False where something is there, which a rename would replace. The old name may stay. */
async function moveNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (!withoutLinks.has(code)) throw error;
  }
  if ((await namesIn(dirname(to))).includes(basename(to))) return false;
  await rename(from, to);
  return true;
}

async function lookAt(key: string, path: string): Promise<KeptObject | null> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) return null;
  return { key, sizeBytes: found.size, touchedAt: found.mtimeMs, cameAt: Math.max(found.mtimeMs, found.ctimeMs) };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw error;
  });
}
