/** What the build and push steps are given, checked. Steps of Prefect that do the same are read as ours. */

import * as z from "zod";
import type { JsonObject } from "../../contract/objects.ts";
import { type Duration, toMs } from "../../kit/duration.ts";
import { readWrittenStep, unknownStep } from "../../worker/code/written-step.ts";

const text = z.string().min(1);
const texts = z.record(text, z.union([z.string(), z.number(), z.boolean()]).transform(String));
const timeoutMs = z
  .union([z.number(), text])
  .transform((given, context) => {
    try {
      return toMs(given as Duration);
    } catch (error) {
      context.addIssue({ code: "custom", message: (error as Error).message, input: given });
      return z.NEVER;
    }
  })
  .default(1_800_000);
const engine = z.enum(["docker", "podman"]).nullish();
const imagePart = text.regex(/^[^-\s][^\s]*$/, "is no name of an image");
const tag = text.regex(/^\w[\w.-]{0,127}$/, "is no tag");

const buildImage = z.strictObject({
  name: imagePart,
  tag: tag.nullish(),
  additional_tags: z.array(tag).default([]),
  dockerfile: text.nullish(),
  context: text.nullish(),
  base: imagePart.default("node:24-slim"),
  platform: text.regex(/^[\w/.,-]+$/).nullish(),
  build_args: texts.default({}),
  secrets: texts.default({}),
  labels: texts.default({}),
  pull: z.boolean().default(false),
  no_cache: z.boolean().default(false),
  engine,
  timeout: timeoutMs,
});

const buildArchive = z.strictObject({ folder: text.nullish(), output: text.nullish() });

const pushImage = z.strictObject({
  image: imagePart.nullish(),
  additional_tags: z.array(tag).default([]),
  credentials: z
    .object({
      username: text,
      password: text,
      registry: text.nullish(),
      registry_url: text.nullish(),
    })
    .nullish(),
  engine,
  timeout: timeoutMs,
});

const pushArchive = z.strictObject({ storage: text, folder: text.nullish() });

export type BuildImageInputs = z.output<typeof buildImage>;
export type BuildArchiveInputs = z.output<typeof buildArchive>;
export type PushImageInputs = z.output<typeof pushImage>;
export type PushArchiveInputs = z.output<typeof pushArchive>;

export type DeployStep = { readonly id: string | null } & (
  | { readonly phase: "build"; readonly name: "build_image"; readonly inputs: BuildImageInputs }
  | { readonly phase: "build"; readonly name: "build_archive"; readonly inputs: BuildArchiveInputs }
  | { readonly phase: "push"; readonly name: "push_image"; readonly inputs: PushImageInputs }
  | { readonly phase: "push"; readonly name: "push_archive"; readonly inputs: PushArchiveInputs }
);

export const deployStepNames = {
  build: ["build_image", "build_archive"],
  push: ["push_image", "push_archive"],
} as const;

/** @param step with its templates filled. @throws Error that says why the step cannot be taken */
export function readDeployStep(step: JsonObject, phase: DeployStep["phase"]): DeployStep {
  const { name, id, inputs } = readWrittenStep(step);
  switch (`${phase} ${name}`) {
    case "build build_image":
      return { id, phase: "build", name: "build_image", inputs: check(buildImage, inputs, name) };
    case "build build_docker_image":
      return { id, phase: "build", name: "build_image", inputs: check(buildImage, fromPrefectImage(inputs), name) };
    case "build build_archive":
      return { id, phase: "build", name: "build_archive", inputs: check(buildArchive, inputs, name) };
    case "push push_image":
      return { id, phase: "push", name: "push_image", inputs: check(pushImage, inputs, name) };
    case "push push_docker_image":
      return { id, phase: "push", name: "push_image", inputs: check(pushImage, fromPrefectPush(inputs), name) };
    case "push push_archive":
      return { id, phase: "push", name: "push_archive", inputs: check(pushArchive, inputs, name) };
    default:
      throw unknownStep(name, deployStepNames[phase]);
  }
}

function check<Schema extends z.ZodType>(schema: Schema, inputs: JsonObject, name: string): z.output<Schema> {
  const parsed = schema.safeParse(withoutNulls(inputs));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : ` (\`${issue.path.join(".")}\`)`;
  throw new Error(`\`${name}\`${where}: ${issue?.message ?? "its inputs are not valid"}`);
}

function withoutNulls(inputs: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => value != null));
}

/** What its library for Docker takes beside these is of that library. */
function fromPrefectImage(inputs: JsonObject): JsonObject {
  const { image_name: name, ignore_cache: _, persist_dockerfile: __, dockerfile_output_path: ___, ...rest } = inputs;
  const { buildargs, nocache, path, push: ____, ...more } = rest;
  return {
    ...more,
    name,
    ...(buildargs === undefined ? {} : { build_args: buildargs }),
    ...(nocache === undefined ? {} : { no_cache: nocache }),
    ...(path === undefined ? {} : { context: path }),
  };
}

function fromPrefectPush(inputs: JsonObject): JsonObject {
  const { image_name: name, tag: given, ignore_cache: _, ...rest } = inputs;
  const tag = typeof given === "string" || typeof given === "number" ? `:${given}` : "";
  return { ...rest, ...(typeof name === "string" ? { image: name + tag } : {}) };
}
