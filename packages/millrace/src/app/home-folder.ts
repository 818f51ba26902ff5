/** The ledger's home: a folder, and small files in it, that only its owner may read. */

import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { MillraceError } from "../contract/errors.ts";
import { shortId } from "../kit/ids.ts";

const folderMode = 0o700;
const fileMode = 0o600;

/**
 * Makes the folder, and those above it, for its owner only. One that is there stays as it is.
 *
 * @throws LEDGER_UNWRITABLE
 */
export function makeHomeFolder(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: folderMode });
  } catch (cause) {
    throw unwritable(home, cause);
  }
}

/**
 * Puts a file into place whole, over an older one: a reader sees the old content or the new, and after a crash one of them.
 *
 * @throws LEDGER_UNWRITABLE
 */
export function replacePrivateFile(path: string, content: string): void {
  placeFile(path, content, renameSync);
}

/**
 * Puts a file into place whole unless one is there, and says whether it did. Of several processes one does.
 *
 * @throws LEDGER_UNWRITABLE
 */
export function createPrivateFile(path: string, content: string): boolean {
  let isOurs = true;
  placeFile(path, content, (draft) => {
    try {
      linkOrCopy(draft, path);
    } catch (error) {
      if (!isNodeError(error, "EEXIST")) throw error;
      isOurs = false;
    }
  });
  return isOurs;
}

function linkOrCopy(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (isNodeError(error, "EEXIST")) throw error;
    // A file system without hard links. There, a reader may see the file half written.
    copyFileSync(draft, path, constants.COPYFILE_EXCL);
  }
}

function placeFile(path: string, content: string, place: (draft: string, path: string) => void): void {
  makeHomeFolder(dirname(path));
  const draft = `${path}.${shortId()}.tmp`;
  try {
    // Flushed before it gets its name, so that the name never leads to an empty file.
    const file = openSync(draft, "wx", fileMode);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    place(draft, path);
  } catch (cause) {
    throw unwritable(path, cause);
  } finally {
    rmSync(draft, { force: true });
  }
}

function unwritable(location: string, cause: unknown): MillraceError {
  return new MillraceError("LEDGER_UNWRITABLE", { location, reason: reasonOf(cause) }, { cause });
}

function reasonOf(error: unknown): string {
  if (isNodeError(error, "EEXIST") || isNodeError(error, "ENOTDIR")) return "a file is where the folder should be";
  if (isNodeError(error, "EACCES") || isNodeError(error, "EPERM")) return "permission denied";
  if (isNodeError(error, "EROFS")) return "the file system is read-only";
  return error instanceof Error ? error.message : String(error);
}

/** True for an error of the operating system with this code. */
export function isNodeError(error: unknown, code: string): error is NodeJS.ErrnoException {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
