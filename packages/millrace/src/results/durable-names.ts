/** What keeps a file through a loss of power: its content is on the disk, and so are its name and those of the folders it is in. */

import { open } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** Resolves when a file is on the disk; of a folder, which names are in it. */
export async function sync(path: string): Promise<void> {
  const opened = await open(path, "r");
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}

/** For files in folders of `above`: resolves when the name of a file is on the disk, and the name of the folder it is in. */
export function createNameSync(above: string): (path: string) => Promise<void> {
  // Once for all files of a folder in this process: another may have made it, and not have waited yet.
  const folders = new Map<string, Promise<void>>();
  return async (path) => {
    const folder = dirname(path);
    await sync(folder);
    const named = folders.get(folder) ?? sync(above);
    folders.set(folder, named);
    try {
      await named;
    } catch (error) {
      folders.delete(folder);
      throw error;
    }
  };
}

/** Resolves when the name of the folder is on the disk, and those of the folders above it from the first that was made. */
export async function syncNamesAbove(folder: string, firstMade: string | undefined): Promise<void> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    await sync(dirname(at)).catch((error: unknown) => {
      // A folder of somebody else, who does not let us read it.
      if (!(error instanceof Error && "code" in error && isRefusal(error.code))) throw error;
    });
    if (firstMade === undefined || at.length <= firstMade.length) return;
  }
}

function isRefusal(code: unknown): boolean {
  return code === "EACCES" || code === "EPERM";
}
