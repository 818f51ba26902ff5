/** Prefect's own integration tests, as they were for the version that ours are held against: read where they are, and never kept here. */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Peer, peerFolder } from "./peer-folder.ts";
import { prefectVersion } from "./prefect-venv.ts";

const repository = "https://github.com/PrefectHQ/prefect.git";
const folder = "integration-tests";
const cloneLimitMs = 300_000;

/** The folder that MILLRACE_COMPAT_PREFECT_TESTS names, else one that is cloned where the repository can be reached. */
export async function findPrefectTests(): Promise<Peer<{ readonly path: string }>> {
  const named = process.env.MILLRACE_COMPAT_PREFECT_TESTS;
  if (named !== undefined) return { path: named };
  const clone = await peerFolder(`prefect-${prefectVersion}-tests`, async (path) => {
    await git([
      "clone",
      "--quiet",
      "--depth=1",
      "--filter=blob:none",
      "--sparse",
      `--branch=${prefectVersion}`,
      repository,
      path,
    ]);
    await git(["-C", path, "sparse-checkout", "set", folder]);
  });
  return "skipped" in clone ? clone : { path: join(clone.path, folder) };
}

async function git(args: readonly string[]): Promise<void> {
  const env = { ...process.env, GIT_TERMINAL_PROMPT: "0" };
  await promisify(execFile)("git", args, { env, timeout: cloneLimitMs, killSignal: "SIGKILL" });
}
