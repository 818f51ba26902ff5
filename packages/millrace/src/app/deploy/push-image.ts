import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "../../contract/objects.ts";
import { findEngine, parseImage, runEngine, showCommand } from "./container-engine.ts";
import type { StepContext, StepPlan } from "./step-context.ts";
import type { PushImageInputs } from "./step-inputs.ts";

/** @param built what earlier steps gave: the image that is pushed where none is named */
export function planImagePush(inputs: PushImageInputs, context: StepContext, built: JsonObject): StepPlan {
  const image = inputs.image ?? built.image;
  if (typeof image !== "string") throw new Error("`push_image` needs an `image`, or a step before it that builds one");
  const engine = findEngine(inputs.engine, context);
  const { name, tag } = parseImage(image);
  const more = inputs.additional_tags.map((each) => `${name}:${each}`);
  const commands: readonly (readonly string[])[] = [
    ...more.map((each) => ["tag", image, each]),
    ...[image, ...more].map((each) => ["push", each]),
  ];
  const outputs = { image, image_name: name, tag: tag ?? "latest" };
  return {
    does: context.masker.mask(commands.map((args) => showCommand([engine, ...args])).join("; ")),
    outputs,
    async run() {
      const login =
        inputs.credentials == null ? null : await logIn(inputs.credentials, { engine, image: name, context });
      try {
        const env = login?.env ?? {};
        for (const args of commands) await runEngine({ engine, args, env, timeoutMs: inputs.timeout }, context);
      } finally {
        login?.forget();
      }
      const digest = await readDigest({ engine, image, timeoutMs: inputs.timeout }, context);
      return digest === null ? outputs : { ...outputs, digest };
    },
  };
}

interface Login {
  readonly env: NodeJS.ProcessEnv;
  forget(): void;
}

/** Logs in for this push only: what people have logged in to themselves stays as it is. The password goes by the input. */
async function logIn(
  { username, password, registry, registry_url: url }: NonNullable<PushImageInputs["credentials"]>,
  {
    engine,
    image,
    context,
  }: { readonly engine: "docker" | "podman"; readonly image: string; readonly context: StepContext },
): Promise<Login> {
  context.masker.add(password);
  const folder = mkdtempSync(join(tmpdir(), "millrace-login-"));
  const env =
    engine === "docker" ? dockerConfig(folder, context.env) : { REGISTRY_AUTH_FILE: join(folder, "auth.json") };
  const forget = (): void => rmSync(folder, { recursive: true, force: true });
  const host = (registry ?? url)?.replace(/^https?:\/\//, "") ?? registryOf(image);
  const args = ["login", "--username", username, "--password-stdin", ...(host === null ? [] : [host])];
  try {
    await runEngine({ engine, args, env, input: password, timeoutMs: 60_000 }, context);
    return { env, forget };
  } catch (error) {
    forget();
    throw error;
  }
}

/** The part of a name that is a host; null for Docker Hub. */
function registryOf(image: string): string | null {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : null;
}

/** A configuration of its own, which reaches the same daemon. */
function dockerConfig(folder: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), ".docker");
  const contexts = join(own, "contexts");
  if (existsSync(contexts)) symlinkSync(contexts, join(folder, "contexts"));
  const current = readCurrentContext(join(own, "config.json"));
  writeFileSync(join(folder, "config.json"), JSON.stringify(current === null ? {} : { currentContext: current }));
  return { DOCKER_CONFIG: folder };
}

function readCurrentContext(path: string): string | null {
  try {
    const { currentContext } = JSON.parse(readFileSync(path, "utf8")) as JsonObject;
    return typeof currentContext === "string" ? currentContext : null;
  } catch {
    return null;
  }
}

/** `name@sha256:…`, as the registry knows it. An engine that does not tell has pushed all the same. */
async function readDigest(
  {
    engine,
    image,
    timeoutMs,
  }: { readonly engine: "docker" | "podman"; readonly image: string; readonly timeoutMs: number },
  context: StepContext,
): Promise<string | null> {
  const args = ["image", "inspect", "--format", "{{index .RepoDigests 0}}", image];
  const silent = { ...context, say: () => undefined };
  const printed = await runEngine({ engine, args, timeoutMs }, silent).catch(() => "");
  return /^\S+@sha256:[\da-f]{64}$/.exec(printed.trim())?.[0] ?? null;
}
