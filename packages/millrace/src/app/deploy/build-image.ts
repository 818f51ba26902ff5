import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { listCodeFiles } from "../code-files.ts";
import { readGitHead } from "../git-state.ts";
import { type EngineName, findEngine, parseImage, runEngine, showCommand } from "./container-engine.ts";
import { makeDockerfile } from "./made-dockerfile.ts";
import type { StepContext, StepPlan } from "./step-context.ts";
import type { BuildImageInputs } from "./step-inputs.ts";

/** Characters of the hash that is the tag where none is given. */
const tagLength = 12;

const contentHashLabel = "millrace.content-hash";

interface ImageBuild {
  readonly engine: EngineName;
  readonly inputs: BuildImageInputs;
  /** `name:tag`; the first one is the image's own. */
  readonly references: readonly string[];
  /** Null for one that is made. */
  readonly dockerfile: string | null;
  readonly folder: string;
}

/** Builds an image of the code, labelled with the code's hash. */
export function planImageBuild(inputs: BuildImageInputs, context: StepContext): StepPlan {
  const given = parseImage(inputs.name);
  const tag = inputs.tag ?? given.tag ?? context.contentHash.slice(0, tagLength);
  const folder = resolve(context.folder, inputs.context ?? ".");
  const build: ImageBuild = {
    engine: findEngine(inputs.engine, context),
    inputs,
    references: [tag, ...inputs.additional_tags].map((each) => `${given.name}:${each}`),
    dockerfile: findDockerfile(folder, inputs.dockerfile),
    folder,
  };
  const outputs = { image: `${given.name}:${tag}`, image_name: given.name, tag };
  const shown = toArgs(build, context, { dockerfile: build.dockerfile ?? "(made)", folder });
  return {
    does: context.masker.mask(showCommand([build.engine, ...shown.args])),
    outputs,
    run: async () => ({ ...outputs, image_id: await buildImage(build, context) }),
  };
}

function findDockerfile(folder: string, given: string | null | undefined): string | null {
  if (given === "auto") return null;
  const path = resolve(folder, given ?? "Dockerfile");
  if (existsSync(path)) return path;
  if (given == null) return null;
  throw new Error(`there is no file ${path}`);
}

/** @returns the image's id */
async function buildImage(build: ImageBuild, context: StepContext): Promise<string> {
  const { engine, inputs, dockerfile, folder } = build;
  const draft = mkdtempSync(join(tmpdir(), "millrace-image-"));
  try {
    const place = dockerfile === null ? stage(build, draft) : { dockerfile, folder };
    const { args, env } = toArgs(build, context, place);
    const idFile = join(draft, "id");
    const call = { engine, args: withIdFile(args, idFile), env, timeoutMs: inputs.timeout };
    await runEngine(call, context);
    return existsSync(idFile) ? readFileSync(idFile, "utf8").trim() : "";
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** What a Dockerfile that is made would copy: the code, and nothing that lies beside it. */
function stage(
  { inputs, folder }: ImageBuild,
  draft: string,
): { readonly dockerfile: string; readonly folder: string } {
  const staged = join(draft, "code");
  mkdirSync(staged);
  for (const { name, path } of listCodeFiles(folder)) {
    const target = join(staged, name);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(path, target);
  }
  const dockerfile = join(draft, "Dockerfile");
  const secrets = Object.keys(inputs.secrets);
  writeFileSync(dockerfile, makeDockerfile({ folder: staged, base: inputs.base, secrets }));
  return { dockerfile, folder: staged };
}

/** The words of the command. What is secret goes by the environment: anybody may list processes. */
function toArgs(
  { inputs, references, folder: codeFolder }: ImageBuild,
  { contentHash, masker }: StepContext,
  { dockerfile, folder }: { readonly dockerfile: string; readonly folder: string },
): { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv } {
  const commit = readGitHead(codeFolder)?.commit;
  const labels = {
    ...inputs.labels,
    [contentHashLabel]: contentHash,
    ...(commit === undefined ? {} : { "org.opencontainers.image.revision": commit }),
  };
  const env: NodeJS.ProcessEnv = {};
  const buildArgs = Object.entries(inputs.build_args).flatMap(([name, value]) => {
    if (masker.mask(value) === value) return ["--build-arg", `${name}=${value}`];
    // Without a value it is taken from the environment.
    env[name] = value;
    return ["--build-arg", name];
  });
  const secrets = Object.entries(inputs.secrets).flatMap(([id, value], index) => {
    const variable = `MILLRACE_BUILD_SECRET_${index}`;
    env[variable] = value;
    return ["--secret", `id=${id},env=${variable}`];
  });
  const args = [
    "build",
    ...references.flatMap((reference) => ["--tag", reference]),
    "--file",
    dockerfile,
    ...Object.entries(labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
    ...(inputs.platform == null ? [] : ["--platform", inputs.platform]),
    ...buildArgs,
    ...secrets,
    ...(inputs.pull ? ["--pull"] : []),
    ...(inputs.no_cache ? ["--no-cache"] : []),
    folder,
  ];
  return { args, env };
}

function withIdFile(args: readonly string[], path: string): readonly string[] {
  return [...args.slice(0, -1), "--iidfile", path, ...args.slice(-1)];
}
