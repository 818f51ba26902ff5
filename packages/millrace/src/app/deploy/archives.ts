/** Steps that pack the code, and write it to a storage. */

import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { packArchive } from "../../worker/code/code-archive.ts";
import { listCodeFiles } from "../code-files.ts";
import { parseS3Url } from "../s3-url.ts";
import type { StepContext, StepPlan } from "./step-context.ts";
import type { BuildArchiveInputs, PushArchiveInputs } from "./step-inputs.ts";

export async function planArchive(inputs: BuildArchiveInputs, context: StepContext): Promise<StepPlan> {
  const folder = resolve(context.folder, inputs.folder ?? ".");
  const { key, files } = await hashArchive(folder);
  const archive = inputs.output == null ? null : resolve(context.folder, inputs.output);
  const outputs = { folder, key, ...(archive === null ? {} : { archive }) };
  return {
    does: `packs ${files.length} files of ${folder}${archive === null ? "" : ` into ${archive}`} (${key.slice(0, 12)})`,
    outputs,
    async run() {
      if (archive !== null) {
        mkdirSync(dirname(archive), { recursive: true });
        await writeFile(archive, packArchive(files));
      }
      return outputs;
    },
  };
}

export async function planArchivePush(inputs: PushArchiveInputs, context: StepContext): Promise<StepPlan> {
  const folder = resolve(context.folder, inputs.folder ?? ".");
  const storage = toAddress(inputs.storage, context.folder);
  const { key, files } = await hashArchive(folder);
  const outputs = { storage, key };
  return {
    does: `writes ${files.length} files of ${folder} to ${storage} as ${key.slice(0, 12)}`,
    outputs,
    async run() {
      const stored = await context.openStorage(storage).write(packArchive(files));
      if (stored.key !== key) throw new Error(`the files of ${folder} were changed meanwhile`);
      return outputs;
    },
  };
}

function toAddress(storage: string, folder: string): string {
  if (!/^\w+:\/\//.test(storage)) return resolve(folder, storage);
  if (parseS3Url(storage) !== null) return storage;
  throw new Error(`\`storage\` must be a folder or s3://bucket/prefix, not ${storage}`);
}

async function hashArchive(folder: string) {
  const files = listCodeFiles(folder);
  if (files.length === 0) throw new Error(`there are no files in ${folder}`);
  const hash = createHash("sha256");
  for await (const chunk of packArchive(files)) hash.update(chunk);
  return { key: hash.digest("hex"), files };
}
