/** Code that a worker has brought to this machine, used by a process that no worker has started. */

import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "../kit/clock.ts";
import type { Settings } from "./settings.ts";

/**
 * As long as this process lives, no worker removes the code that it has come from, however old it is.
 *
 * @param module a path, or a file URL; of code that is elsewhere nothing is kept
 */
export async function keepPulledCode(
  module: string,
  { home, codeRetentionMs }: Pick<Settings, "home" | "codeRetentionMs">,
): Promise<void> {
  const root = join(home, "code");
  const folder = dirname(module.startsWith("file:") ? fileURLToPath(module) : module);
  if (relative(root, folder).startsWith("..")) return;
  const { createCodeCache } = await import("../worker/code/code-cache.ts");
  createCodeCache({ folder: root, retentionMs: codeRetentionMs, clock: systemClock }).use(folder, process.pid);
}
