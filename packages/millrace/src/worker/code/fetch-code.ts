/**
 * Brings the code of a deployment to this machine, by its pull steps. Steps are run without a shell, and what was brought is
 * kept: a commit and an archive are fetched once.
 */

import { MillraceError } from "../../contract/errors.ts";
import type { Deployment, JsonObject } from "../../contract/objects.ts";
import type { ResultStorage } from "../../contract/results.ts";
import { cloneRepository } from "./clone-repository.ts";
import type { CodeCache } from "./code-cache.ts";
import { fetchArchive } from "./code-archive.ts";
import { fillTemplates, type TemplateSources } from "./fill-templates.ts";
import { installPackages } from "./install-packages.ts";
import { readPullStep } from "./pull-steps.ts";
import { readWrittenStep } from "./written-step.ts";

export interface FetchedCode {
  /** The folder that the deployment's entrypoint is relative to. */
  readonly folder: string;
  /**
   * Steps that bring the same again, where those of the deployment bring what is newest; else null. Their templates are not
   * filled.
   */
  readonly pinnedSteps: readonly JsonObject[] | null;
}

export interface CodeFetcher {
  /** @throws CODE_UNAVAILABLE */
  fetch(deployment: Pick<Deployment, "name" | "path" | "pullSteps">): Promise<FetchedCode>;
  /** As that of the cache: a process runs code of this folder. */
  readonly use: CodeCache["use"];
}

export interface CodeFetcherOptions {
  /** Where clones and archives are kept. */
  readonly cache: CodeCache;
  /** The environment of the programs that it starts. */
  readonly env: NodeJS.ProcessEnv;
  /** For deployments that name no folder. */
  readonly defaultFolder: string;
  /** Where the templates of steps find their values. */
  readonly sources: TemplateSources;
  /** A storage of archives by its address: a folder, or `s3://…`. */
  readonly openStorage: (address: string) => Pick<ResultStorage, "stream">;
  /** Takes secrets out of what is told. */
  readonly mask: (text: string) => string;
}

export function createCodeFetcher(options: CodeFetcherOptions): CodeFetcher {
  const { cache, env, defaultFolder, sources, openStorage, mask } = options;
  /** One at a time for equal steps: runs that start at once share what is brought. */
  const underWay = new Map<string, Promise<FetchedCode>>();

  async function take(steps: readonly JsonObject[], start: string): Promise<FetchedCode> {
    let folder = start;
    let isPinned = false;
    const pinned: JsonObject[] = [];
    let outputs: JsonObject = {};
    for (const written of steps) {
      const step = readPullStep((await fillTemplates(written, { sources, outputs })) as JsonObject);
      pinned.push(written);
      switch (step.kind) {
        case "git-clone": {
          const clone = await cloneRepository(step, { cache, env });
          folder = clone.folder;
          if (step.commit === null) {
            isPinned = true;
            pinned.splice(-1, 1, withInput(written, { commit: clone.commit }));
          }
          break;
        }
        case "pull-archive":
          folder = await fetchArchive(openStorage(step.storage), { key: step.key, cache });
          break;
        case "set-working-directory":
          folder = step.resolveIn(folder);
          break;
        case "npm-ci":
          await installPackages(folder, { env, timeoutMs: step.timeoutMs });
          break;
      }
      const { id } = readWrittenStep(written);
      outputs = { ...outputs, directory: folder, ...(id === null ? {} : { [id]: { directory: folder } }) };
    }
    return { folder, pinnedSteps: isPinned ? pinned : null };
  }

  function share(key: string, make: () => Promise<FetchedCode>): Promise<FetchedCode> {
    const known = underWay.get(key);
    if (known !== undefined) return known;
    const made = make().finally(() => underWay.delete(key));
    underWay.set(key, made);
    return made;
  }

  return {
    use: (folder, pid) => cache.use(folder, pid),
    async fetch({ name, path, pullSteps }) {
      const start = path ?? defaultFolder;
      if (pullSteps == null || pullSteps.length === 0) return { folder: start, pinnedSteps: null };
      try {
        return await share(JSON.stringify([start, pullSteps]), () => take(pullSteps, start));
      } catch (cause) {
        const reason = mask(cause instanceof Error ? cause.message : String(cause));
        throw new MillraceError("CODE_UNAVAILABLE", { deployment: name, reason }, { cause });
      }
    },
  };
}

/** The step with one more input, under the name that it is written with. */
function withInput(step: JsonObject, input: JsonObject): JsonObject {
  const named = Object.entries(step).map(([name, inputs]) =>
    name === "id" || name === "requires" ? [name, inputs] : [name, { ...(inputs as JsonObject | null), ...input }],
  );
  return Object.fromEntries(named) as JsonObject;
}
