/**
 * Brings the code of a deployment to this machine, by its pull steps. Steps are run without a shell, and what was brought is
 * kept: a commit is fetched once.
 */

import { MillraceError } from "../../contract/errors.ts";
import type { Deployment, JsonObject } from "../../contract/objects.ts";
import { cloneRepository } from "./clone-repository.ts";
import { installPackages } from "./install-packages.ts";
import { type PullStep, readPullSteps } from "./pull-steps.ts";

export interface CodeFetcher {
  /** The folder that the deployment's entrypoint is relative to. @throws CODE_UNAVAILABLE */
  fetch(deployment: Deployment): Promise<string>;
}

export interface CodeFetcherOptions {
  /** Where clones are kept. */
  readonly cacheFolder: string;
  /** The environment of the programs that it starts. */
  readonly env: NodeJS.ProcessEnv;
  /** For deployments that name no folder. */
  readonly defaultFolder: string;
}

export function createCodeFetcher({ cacheFolder, env, defaultFolder }: CodeFetcherOptions): CodeFetcher {
  /** One at a time for equal steps: runs that start at once share what is brought. */
  const underWay = new Map<string, Promise<string>>();

  async function take(steps: readonly PullStep[], start: string): Promise<string> {
    let folder = start;
    for (const step of steps) {
      switch (step.kind) {
        case "git-clone":
          folder = await cloneRepository(step, { cacheFolder, env });
          break;
        case "set-working-directory":
          folder = step.resolveIn(folder);
          break;
        case "npm-ci":
          await installPackages(folder, env);
          break;
      }
    }
    return folder;
  }

  function share(key: string, make: () => Promise<string>): Promise<string> {
    const known = underWay.get(key);
    if (known !== undefined) return known;
    const made = make().finally(() => underWay.delete(key));
    underWay.set(key, made);
    return made;
  }

  return {
    async fetch({ name, path, pullSteps }) {
      const start = path ?? defaultFolder;
      if (pullSteps == null || pullSteps.length === 0) return start;
      try {
        const steps = readPullSteps(pullSteps as readonly JsonObject[]);
        return await share(JSON.stringify([start, pullSteps]), () => take(steps, start));
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new MillraceError("CODE_UNAVAILABLE", { deployment: name, reason }, { cause });
      }
    },
  };
}
