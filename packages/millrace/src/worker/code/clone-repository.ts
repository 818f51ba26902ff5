/** A commit of a Git repository as a folder. It is cloned once, whole, and then found. */

import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { hashText } from "../../kit/digest.ts";
import { shortId } from "../../kit/ids.ts";
import type { GitCloneStep } from "./pull-steps.ts";
import { runProgram } from "./run-program.ts";

interface CloneOptions {
  readonly cacheFolder: string;
  readonly env: NodeJS.ProcessEnv;
}

export async function cloneRepository(step: GitCloneStep, options: CloneOptions): Promise<string> {
  const { cacheFolder } = options;
  mkdirSync(cacheFolder, { recursive: true, mode: 0o700 });
  const env = toEnvironment(step, options.env);
  const commit = step.commit ?? (await newestCommit(step, { cacheFolder, env }));
  const folder = join(cacheFolder, `${hashText(step.repository).slice(0, 16)}-${hashText(commit).slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${shortId()}.tmp`;
  const git = (args: readonly string[], where: string): Promise<string> =>
    runProgram("git", args, { folder: where, env });
  try {
    const submodules = step.includesSubmodules ? ["--recurse-submodules"] : [];
    await git(["clone", "--quiet", ...submodules, "--", step.repository, draft], cacheFolder);
    await git(["checkout", "--quiet", "--detach", commit, "--"], draft);
    if (step.includesSubmodules) await git(["submodule", "update", "--init", "--recursive", "--quiet"], draft);
    place(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Of several that clone the same at the same time, one is first. */
function place(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

async function newestCommit(step: GitCloneStep, { cacheFolder, env }: CloneOptions): Promise<string> {
  const { repository, branch } = step;
  const ref = branch === null ? "HEAD" : `refs/heads/${branch}`;
  const printed = await runProgram("git", ["ls-remote", "--", repository, ref], { folder: cacheFolder, env });
  const commit = /^([\da-f]{40,64})\t/m.exec(printed)?.[1];
  if (commit === undefined) throw new Error(`the repository has no branch ${branch ?? "at its HEAD"}`);
  return commit;
}

/** Only ways to a repository that start no program of its choosing; a token that no list of processes shows. */
function toEnvironment({ accessToken }: GitCloneStep, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const safe = { ...env, GIT_TERMINAL_PROMPT: "0", GIT_ALLOW_PROTOCOL: "file:git:http:https:ssh" };
  if (accessToken === null) return safe;
  const basic = Buffer.from(`x-access-token:${accessToken}`).toString("base64");
  return {
    ...safe,
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "http.extraHeader",
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
}
