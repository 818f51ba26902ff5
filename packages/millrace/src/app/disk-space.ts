import { statfs } from "node:fs/promises";
import type { DiskSpace } from "../contract/wire/server-description.ts";
import type { Settings } from "./settings.ts";

/** Of the file system that has the ledger; null for one in PostgreSQL, and where the system does not say. */
export async function readDiskSpace({
  home,
  database,
}: Pick<Settings, "home" | "database">): Promise<DiskSpace | null> {
  if (database !== null) return null;
  try {
    const { bavail, blocks, bsize } = await statfs(home);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    // A file system that counts no blocks.
    return null;
  }
}
