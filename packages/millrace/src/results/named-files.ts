/** Files that others have written into a folder, under names of their own. They are read as they are. */

import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, relative, resolve } from "node:path";
import { MillraceError } from "../contract/errors.ts";
import type { ResultStorage } from "../contract/results.ts";

/**
 * Reads results from a folder of somebody else's. A key is a path in it; one that leads out of it is not there.
 *
 * Rejects with MillraceError: RESULT_MISSING; RESULT_STORAGE_FAILED for what cannot be read, and for every write.
 *
 * @param options.folder a path; `~/` is the home of this process's user
 */
export function createNamedFiles({ folder, name }: { readonly folder: string; readonly name: string }): ResultStorage {
  const root = resolve(folder.startsWith("~/") ? join(homedir(), folder.slice(2)) : folder);

  /** @throws RESULT_MISSING */
  function pathOf(key: string): string {
    const path = resolve(root, key);
    const within = relative(root, path);
    if (within === "" || within.startsWith("..") || isAbsolute(within)) {
      throw new MillraceError("RESULT_MISSING", { key, store: name });
    }
    return path;
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
      const path = pathOf(key);
      return readFile(path).catch((cause: unknown) => {
        throw toError(cause, { key, store: name });
      });
    },
    async *stream(key) {
      try {
        yield* createReadStream(pathOf(key)) as AsyncIterable<Uint8Array>;
      } catch (cause) {
        throw toError(cause, { key, store: name });
      }
    },
    async exists(key) {
      return (await stat(pathOf(key)).catch(() => null))?.isFile() === true;
    },
  };
}

function toError(cause: unknown, { key, store }: { readonly key: string; readonly store: string }): unknown {
  if (cause instanceof MillraceError) return cause;
  if ((cause as { code?: unknown }).code === "ENOENT")
    return new MillraceError("RESULT_MISSING", { key, store }, { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MillraceError("RESULT_STORAGE_FAILED", { store, verb: "read", what: key, reason }, { cause });
}
