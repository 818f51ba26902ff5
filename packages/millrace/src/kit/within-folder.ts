/**
 * Files below a folder in which others may write while we look: a path that was looked at may lead elsewhere a moment later, when
 * one of its folders has become a link. So what is opened is asked where it is, and what is made is made by the handles of the
 * folders on its way. Linux tells both by `/proc/self/fd`. Elsewhere the path is looked at again after it was opened: who swaps a
 * folder for a link and back between the two is not seen.
 */

import { closeSync, constants, lstatSync, mkdirSync, openSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";

// Windows has not all of them: then they ask for nothing.
const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Whether folders can be told by their handles. */
const hasHandles = process.platform === "linux" && statSync("/proc/self/fd", { throwIfNoEntry: false }) !== undefined;

/**
 * Null for what is not below the folder. Links that stay below it are followed.
 *
 * @throws what opening a file throws, and an error for what is no file
 */
export async function openWithin(root: string, path: string): Promise<FileHandle | null> {
  const realRoot = await realpath(root);
  const found = await realpath(path);
  if (!isWithin(realRoot, found)) return null;
  // A pipe that nobody writes into would be waited for.
  const file = await open(found, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    if (isWithin(realRoot, placeOf(file.fd, found))) {
      if ((await file.stat()).isFile()) return file;
      throw new Error("it is no file");
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return null;
}

/** Where the open file is. */
function placeOf(fd: number, path: string): string {
  return hasHandles ? readlinkSync(`/proc/self/fd/${fd}`) : realpathSync(path);
}

/**
 * A new file below the folder, with the folders on its way, none of which may be a link.
 *
 * @param parts the names on the way to it; the last one is its own
 * @throws what opening a file throws: EEXIST where there is something, ELOOP or ENOTDIR for a link on the way, ENAMETOOLONG
 */
export async function createWithin(
  root: string,
  { parts, mode }: { readonly parts: readonly string[]; readonly mode: number },
): Promise<FileHandle> {
  const [name = "", ...folders] = parts.toReversed();
  if (!hasHandles) {
    const folder = join(root, ...folders.toReversed());
    mkdirSync(folder, { recursive: true });
    checkNoLinks(root, folders.toReversed());
    return open(join(folder, name), "wx", mode);
  }
  checkLength(join(root, ...parts));
  let at = openSync(root, O_RDONLY | O_DIRECTORY);
  try {
    for (const folder of folders.toReversed()) {
      const next = openFolder(`/proc/self/fd/${at}/${folder}`);
      closeSync(at);
      at = next;
    }
    return await open(`/proc/self/fd/${at}/${name}`, "wx", mode);
  } finally {
    closeSync(at);
  }
}

/** What handles could make so deep, nobody could name afterwards, nor remove. In bytes, as Linux has it. */
const maxPathBytes = 4095;

function checkLength(path: string): void {
  if (Buffer.byteLength(path) <= maxPathBytes) return;
  throw Object.assign(new Error(`ENAMETOOLONG: a path of more than ${maxPathBytes} bytes`), { code: "ENAMETOOLONG" });
}

function openFolder(path: string): number {
  const flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
  try {
    return openSync(path, flags);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return openSync(path, flags);
}

function checkNoLinks(root: string, folders: readonly string[]): void {
  for (const nth of folders.keys()) {
    const path = join(root, ...folders.slice(0, nth + 1));
    if (lstatSync(path).isSymbolicLink()) throw new Error(`${path} is a link`);
  }
}

function isWithin(root: string, path: string): boolean {
  const within = relative(root, path);
  return within !== "" && within !== ".." && !within.startsWith(`..${sep}`) && !isAbsolute(within);
}
