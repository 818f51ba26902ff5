/** Files that others have written into a folder, under names of their own. They are read as they are. */

import type { FileHandle } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { MillraceError } from "../contract/errors.ts";
import type { ResultStorage } from "../contract/results.ts";
import { openWithin } from "../kit/within-folder.ts";

/**
 * Reads results from a folder of somebody else's. A key is a path in it; one that leads out of it, be it by a link, is not there.
 *
 * Rejects with MillraceError: RESULT_MISSING; RESULT_STORAGE_FAILED for what cannot be read, and for every write.
 *
 * @param options.folder a path; `~/` is the home of this process's user
 */
export function createNamedFiles({ folder, name }: { readonly folder: string; readonly name: string }): ResultStorage {
  const root = resolve(folder.startsWith("~/") ? join(homedir(), folder.slice(2)) : folder);

  /** @throws RESULT_MISSING for what is not in the folder, and what opening a file throws */
  async function openFile(key: string): Promise<FileHandle> {
    const file = key.includes("\0") ? null : await openWithin(root, resolve(root, key));
    if (file === null) throw new MillraceError("RESULT_MISSING", { key, store: name });
    return file;
  }

  const readOnly = (verb: string) => async (): Promise<never> => {
    const reason = "it belongs to others, and is only read";
    throw new MillraceError("RESULT_STORAGE_FAILED", { store: name, verb, what: "a result", reason });
  };

  return {
    name,
    write: readOnly("keep"),
    delete: readOnly("delete"),
    async read(key) {
      try {
        await using file = await openFile(key);
        return await file.readFile();
      } catch (cause) {
        throw toError(cause, { key, store: name });
      }
    },
    async *stream(key) {
      try {
        await using file = await openFile(key);
        yield* file.createReadStream({ autoClose: false }) as AsyncIterable<Uint8Array>;
      } catch (cause) {
        throw toError(cause, { key, store: name });
      }
    },
    async exists(key) {
      const file = await openFile(key).catch(() => null);
      await file?.close();
      return file !== null;
    },
  };
}

function toError(cause: unknown, { key, store }: { readonly key: string; readonly store: string }): unknown {
  if (cause instanceof MillraceError) return cause;
  if (["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP"].includes(String((cause as { code?: unknown }).code)))
    return new MillraceError("RESULT_MISSING", { key, store }, { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MillraceError("RESULT_STORAGE_FAILED", { store, verb: "read", what: key, reason }, { cause });
}
