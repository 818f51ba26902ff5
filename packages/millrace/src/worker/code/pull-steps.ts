/** The steps that bring code to where it runs. */

import { resolve } from "node:path";
import type { JsonObject } from "../../contract/objects.ts";
import { toMs } from "../../kit/duration.ts";
import { readWrittenStep, unknownStep, type WrittenStep } from "./written-step.ts";

export interface GitCredentials {
  /** Null: what the host of the repository takes a token with. */
  readonly username: string | null;
  /** A token or a password. */
  readonly secret: string;
}

export interface GitCloneStep {
  readonly kind: "git-clone";
  /** Without credentials: they would be seen in lists of processes, and kept in the clone. */
  readonly repository: string;
  /** Null: the repository's own. */
  readonly branch: string | null;
  /** Null: the newest of the branch. */
  readonly commit: string | null;
  readonly credentials: GitCredentials | null;
  readonly includesSubmodules: boolean;
  readonly timeoutMs: number | null;
}

export type PullStep =
  | GitCloneStep
  | { readonly kind: "set-working-directory"; resolveIn(folder: string): string }
  | { readonly kind: "npm-ci"; readonly timeoutMs: number | null }
  | { readonly kind: "pull-archive"; readonly storage: string; readonly key: string };

export const pullStepNames = ["git_clone", "set_working_directory", "npm_ci", "pull_archive"] as const;

/** @param step with its templates filled. @throws Error that says why the step cannot be taken */
export function readPullStep(step: JsonObject): PullStep {
  const written = readWrittenStep(step);
  const { inputs } = written;
  switch (written.name) {
    case "git_clone":
      return readGitClone(written);
    case "set_working_directory": {
      refuseOthers(written, ["directory"]);
      const directory = need(written, "directory");
      return { kind: "set-working-directory", resolveIn: (folder) => resolve(folder, directory) };
    }
    case "npm_ci":
      refuseOthers(written, ["timeout"]);
      return { kind: "npm-ci", timeoutMs: durationOf(inputs) };
    case "pull_archive": {
      refuseOthers(written, ["storage", "key"]);
      const key = need(written, "key");
      if (!/^[\da-f]{64}$/.test(key))
        throw new Error("`key` of `pull_archive` must be a hash, as `push_archive` gives it");
      return { kind: "pull-archive", storage: need(written, "storage"), key };
    }
    default:
      throw unknownStep(written.name, pullStepNames);
  }
}

/** Whether steps can be taken, as far as that can be told before their templates are filled. @throws Error */
export function checkPullSteps(steps: readonly JsonObject[]): void {
  for (const step of steps) {
    const { name } = readWrittenStep(step);
    if (!(pullStepNames as readonly string[]).includes(name)) throw unknownStep(name, pullStepNames);
    if (!JSON.stringify(step).includes("{{")) readPullStep(step);
  }
}

const gitInputs = [
  "repository",
  "branch",
  "commit",
  "commit_sha",
  "access_token",
  "credentials",
  "include_submodules",
  "timeout",
];

function readGitClone(written: WrittenStep): GitCloneStep {
  const { inputs } = written;
  refuseOthers(written, gitInputs);
  const { repository, credentials } = splitUrl(need(written, "repository"));
  const token = textOf(inputs, "access_token");
  const given = token === null ? credentialsOf(inputs.credentials) : { username: null, secret: token };
  return {
    kind: "git-clone",
    repository,
    branch: textOf(inputs, "branch"),
    commit: textOf(inputs, "commit") ?? textOf(inputs, "commit_sha"),
    credentials: given ?? credentials,
    includesSubmodules: inputs.include_submodules === true,
    timeoutMs: durationOf(inputs),
  };
}

/** Credentials that are written into an address are taken out of it. */
function splitUrl(text: string): { readonly repository: string; readonly credentials: GitCredentials | null } {
  const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.username === "" && url.password === "")) return { repository: text, credentials: null };
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = "";
  url.password = "";
  const credentials = password === "" ? { username: null, secret: username } : { username, secret: password };
  return { repository: url.href, credentials };
}

/** A token, or what a block of credentials holds: of GitHub, GitLab, Bitbucket. */
function credentialsOf(given: unknown): GitCredentials | null {
  if (given == null) return null;
  if (typeof given === "string" && given !== "") return { username: null, secret: given };
  const block = given as JsonObject;
  const { username, token, access_token: accessToken, password } = block;
  const secret = [token, accessToken, password].find((each) => typeof each === "string" && each !== "");
  if (typeof secret !== "string") throw new Error("`credentials` of `git_clone` have no token, and no password");
  return { username: typeof username === "string" && username !== "" ? username : null, secret };
}

function refuseOthers({ name, inputs }: WrittenStep, known: readonly string[]): void {
  const other = Object.keys(inputs).find((each) => inputs[each] != null && !known.includes(each));
  if (other !== undefined) throw new Error(`\`${name}\` does not take \`${other}\`: it takes ${known.join(", ")}`);
}

function need({ name, inputs }: WrittenStep, field: string): string {
  const value = textOf(inputs, field);
  if (value === null) throw new Error(`\`${name}\` needs a \`${field}\``);
  return value;
}

function textOf(inputs: JsonObject, name: string): string | null {
  const value = inputs[name];
  if (value == null) return null;
  if (typeof value !== "string" || value === "") throw new Error(`\`${name}\` must be a text`);
  return value;
}

function durationOf({ timeout }: JsonObject): number | null {
  return timeout == null ? null : toMs(timeout as Parameters<typeof toMs>[0]);
}
