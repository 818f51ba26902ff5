import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import type { SecretProvider } from "../../contract/secrets.ts";
import { isNodeError } from "../home-folder.ts";

const maxBytes = 64 * 1024;

/** `vault://file/a/b` is the file `a/b` of the folder, without the line end at its end. A link out of the folder leads nowhere. */
export function createFileProvider(folder: string): SecretProvider {
  return {
    name: "file",
    async read(path, signal) {
      try {
        const root = await realpath(folder);
        const found = await realpath(join(root, ...path.split("/")));
        if (!found.startsWith(root.endsWith(sep) ? root : root + sep))
          throw new Error("the file is not within the folder");
        signal?.throwIfAborted();
        return await readSmall(found);
      } catch (error) {
        if (isNodeError(error, "ENOENT") || isNodeError(error, "ENOTDIR")) return null;
        throw error;
      }
    },
  };
}

async function readSmall(path: string): Promise<string> {
  // What was a file a moment ago is not followed where it has become a link.
  await using file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  if (!(await file.stat()).isFile()) throw new Error("it is no file");
  const { bytesRead, buffer } = await file.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0);
  if (bytesRead > maxBytes) throw new Error(`it is larger than ${maxBytes / 1024} KiB`);
  return buffer.toString("utf8", 0, bytesRead).replace(/\r?\n$/, "");
}
