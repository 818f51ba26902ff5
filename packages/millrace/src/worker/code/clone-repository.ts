/** A commit of a repository as a folder of this machine, which is cloned once. */

import { mkdirSync } from "node:fs";
import { hashText } from "../../kit/digest.ts";
import type { CodeCache } from "./code-cache.ts";
import type { GitCloneStep, GitCredentials } from "./pull-steps.ts";
import { runProgram } from "./run-program.ts";

interface CloneOptions {
  readonly cache: Pick<CodeCache, "folder" | "get">;
  readonly env: NodeJS.ProcessEnv;
}

export interface Clone {
  readonly folder: string;
  readonly commit: string;
}

export async function cloneRepository(step: GitCloneStep, options: CloneOptions): Promise<Clone> {
  const { cache } = options;
  mkdirSync(cache.folder, { recursive: true, mode: 0o700 });
  const git = createGit(step, options.env);
  const commit = step.commit ?? (await newestCommit(step, { cacheFolder: cache.folder, git }));
  const kind = step.includesSubmodules ? " with submodules" : "";
  const source = hashText(step.repository + kind).slice(0, 16);
  const folder = await cache.get(`${source}-${hashText(commit).slice(0, 16)}`, async (draft) => {
    await git(["clone", "--quiet", "--no-checkout", "--", step.repository, draft], cache.folder);
    await git(["checkout", "--quiet", "--detach", commit, "--"], draft);
    if (step.includesSubmodules) await git(["submodule", "update", "--init", "--recursive", "--quiet"], draft);
  });
  return { folder, commit };
}

type Git = (args: readonly string[], folder: string) => Promise<string>;

function createGit({ repository, credentials, timeoutMs }: GitCloneStep, env: NodeJS.ProcessEnv): Git {
  const safe = toEnvironment({ repository, credentials }, env);
  const timeout = timeoutMs === null ? {} : { timeoutMs };
  return (args, folder) => runProgram("git", args, { folder, env: safe, ...timeout });
}

async function newestCommit(
  { repository, branch }: GitCloneStep,
  { cacheFolder, git }: { readonly cacheFolder: string; readonly git: Git },
): Promise<string> {
  const ref = branch === null ? "HEAD" : `refs/heads/${branch}`;
  const printed = await git(["ls-remote", "--", repository, ref], cacheFolder);
  const commit = /^([\da-f]{40,64})\t/m.exec(printed)?.[1];
  if (commit === undefined) throw new Error(`the repository has no branch ${branch ?? "at its HEAD"}`);
  return commit;
}

/**
 * Only ways to a repository that start no program of its choosing. Credentials go by the environment, which neither a list of
 * processes nor the clone shows, and to the repository's own host only.
 */
function toEnvironment(
  { repository, credentials }: Pick<GitCloneStep, "repository" | "credentials">,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const safe = { ...env, GIT_TERMINAL_PROMPT: "0", GIT_ALLOW_PROTOCOL: "file:git:http:https:ssh" };
  if (credentials === null || !/^https?:\/\//i.test(repository)) return safe;
  const { origin, host } = new URL(repository);
  const basic = Buffer.from(toUserPassword(credentials, host)).toString("base64");
  return {
    ...safe,
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
}

/** Each host takes a token with a name of its own. */
function toUserPassword({ username, secret }: GitCredentials, host: string): string {
  if (username !== null) return `${username}:${secret}`;
  if (secret.includes(":")) return secret;
  if (host.includes("gitlab")) return `oauth2:${secret}`;
  if (host.includes("bitbucket")) return `x-token-auth:${secret}`;
  return `x-access-token:${secret}`;
}
