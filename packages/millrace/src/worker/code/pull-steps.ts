/**
 * The steps that bring code to where it runs: each an object of one name and its inputs. A name may be written with where
 * it comes from (`prefect.deployments.steps.git_clone`); the last part counts.
 */

import { resolve } from "node:path";
import type { JsonObject } from "../../contract/objects.ts";

export interface GitCloneStep {
  readonly kind: "git-clone";
  readonly repository: string;
  /** Null: the repository's own. */
  readonly branch: string | null;
  /** Null: the newest of the branch. */
  readonly commit: string | null;
  readonly accessToken: string | null;
  readonly includesSubmodules: boolean;
}

export type PullStep =
  | GitCloneStep
  | { readonly kind: "set-working-directory"; resolveIn(folder: string): string }
  | { readonly kind: "npm-ci" };

/** @throws Error that says which step cannot be taken, and why */
export function readPullSteps(steps: readonly JsonObject[]): readonly PullStep[] {
  return steps.map((step) => {
    const [entry, ...more] = Object.entries(step).filter(([name]) => name !== "id" && name !== "requires");
    if (entry === undefined || more.length > 0) throw new Error("a pull step must be an object of one name");
    const [name, inputs] = entry;
    return readStep(name, (inputs ?? {}) as JsonObject);
  });
}

function readStep(name: string, inputs: JsonObject): PullStep {
  switch (name.split(".").at(-1)) {
    case "git_clone":
      return readGitClone(inputs);
    case "set_working_directory": {
      const directory = textOf(inputs, "directory");
      if (directory === null) throw new Error("`set_working_directory` needs a `directory`");
      return { kind: "set-working-directory", resolveIn: (folder) => resolve(folder, directory) };
    }
    case "npm_ci":
      return { kind: "npm-ci" };
    default:
      throw new Error(`the pull step \`${name}\` is not known: there are git_clone, set_working_directory and npm_ci`);
  }
}

function readGitClone(inputs: JsonObject): GitCloneStep {
  const repository = textOf(inputs, "repository");
  if (repository === null) throw new Error("`git_clone` needs a `repository`");
  for (const name of ["credentials", "directories"]) {
    if (inputs[name] != null) throw new Error(`\`git_clone\` does not take \`${name}\` here`);
  }
  return {
    kind: "git-clone",
    repository,
    branch: textOf(inputs, "branch"),
    commit: textOf(inputs, "commit") ?? textOf(inputs, "commit_sha"),
    accessToken: textOf(inputs, "access_token"),
    includesSubmodules: inputs.include_submodules === true,
  };
}

function textOf(inputs: JsonObject, name: string): string | null {
  const value = inputs[name];
  if (value == null) return null;
  if (typeof value !== "string" || value === "") throw new Error(`\`${name}\` must be a text`);
  if (value.includes("{{")) throw new Error(`\`${name}\` is a template, which is not filled here: ${value}`);
  return value;
}
