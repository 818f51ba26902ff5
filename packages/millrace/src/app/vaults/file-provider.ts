import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { SecretProvider } from "../../contract/secrets.ts";
import { openWithin } from "../../kit/within-folder.ts";
import { isNodeError } from "../home-folder.ts";

const maxBytes = 64 * 1024;

/** `vault://file/a/b` is the file `a/b` of the folder, without the line end at its end. A link out of the folder leads nowhere. */
export function createFileProvider(folder: string): SecretProvider {
  return {
    name: "file",
    async read(path, signal) {
      try {
        await using file = await openWithin(folder, join(folder, ...path.split("/")));
        if (file === null) throw new Error("the file is not within the folder");
        signal?.throwIfAborted();
        return await readSmall(file);
      } catch (error) {
        if (isNodeError(error, "ENOENT") || isNodeError(error, "ENOTDIR")) return null;
        throw error;
      }
    },
  };
}

async function readSmall(file: FileHandle): Promise<string> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0);
  if (bytesRead > maxBytes) throw new Error(`it is larger than ${maxBytes / 1024} KiB`);
  return buffer.toString("utf8", 0, bytesRead).replace(/\r?\n$/, "");
}
