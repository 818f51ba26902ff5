/** Where peers are installed: beside the person's other caches, never in the repository. */

import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export type Peer<T> = T | { readonly skipped: string };

/** Installs what is not there yet; an install that was cut off is begun again. */
export async function peerFolder(
  name: string,
  install: (folder: string) => Promise<void>,
): Promise<Peer<{ readonly path: string }>> {
  const path = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "millrace-peers", name);
  const mark = join(path, ".complete");
  if (existsSync(mark)) return { path };
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  try {
    await install(path);
  } catch (error) {
    rmSync(path, { recursive: true, force: true });
    return { skipped: `${name} could not be installed: ${error instanceof Error ? error.message : String(error)}` };
  }
  writeFileSync(mark, "");
  return { path };
}
