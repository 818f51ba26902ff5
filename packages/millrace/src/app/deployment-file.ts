/**
 * `millrace.yaml`, and `prefect.yaml` with the same words: deployments beside the code that they run. Names may be written
 * as in JavaScript or as in Python (`workPool`, `work_pool`).
 */

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";
import { MillraceError } from "../contract/errors.ts";
import type { CollisionStrategy, JsonObject } from "../contract/objects.ts";
import type { Duration } from "../kit/duration.ts";
import type { ScheduleInput } from "../sdk/schedule-input.ts";

/** Looked for in this order. */
const fileNames = ["millrace.yaml", "millrace.yml", "prefect.yaml"] as const;

const text = z.string().min(1);
const jsonObject = z.record(z.string(), z.unknown());
const steps = z
  .union([z.array(jsonObject), jsonObject.transform((step) => [step])])
  .transform((list) => list.filter((step) => Object.keys(step).length > 0))
  .nullish();
/** In seconds, or in words. */
const interval = z.union([
  z.number().transform((seconds) => seconds * 1000),
  text.transform((words) => words as Duration),
]);

const schedule = z.strictObject({
  cron: text.nullish(),
  interval: interval.nullish(),
  rrule: text.nullish(),
  timezone: text.nullish(),
  dayOr: z.boolean().nullish(),
  anchorDate: z.union([text, z.date()]).nullish(),
  active: z.boolean().nullish(),
  parameters: jsonObject.nullish(),
  slug: text.nullish(),
  catchUp: z
    .union([
      z.enum(["skip", "latest"]).transform((policy) => ({ policy })),
      z.strictObject({ all: z.int().min(1) }).transform(({ all }) => ({ policy: "all" as const, max: all })),
    ])
    .nullish(),
  jitter: text.transform((words) => words as Duration).nullish(),
});

const concurrencyLimit = z.union([
  z
    .int()
    .min(0)
    .transform((limit) => ({ limit, collisionStrategy: null, gracePeriodSeconds: null })),
  z.strictObject({
    limit: z.int().min(0),
    collisionStrategy: z
      .string()
      .transform((name) => name.toLowerCase().replaceAll("_", "-") as CollisionStrategy)
      .pipe(z.enum(["enqueue", "cancel-new", "cancel-running", "latest-only"]))
      .nullish(),
    gracePeriodSeconds: z.number().min(0).nullish(),
  }),
]);

const deployment = z.strictObject({
  name: text,
  entrypoint: text,
  flowName: text.nullish(),
  description: text.nullish(),
  version: z.union([text, z.number().transform(String)]).nullish(),
  versionType: z.unknown().optional(),
  tags: z.union([z.array(text), text.transform((tag) => [tag])]).nullish(),
  parameters: jsonObject.nullish(),
  enforceParameterSchema: z.boolean().nullish(),
  schedule: schedule.nullish(),
  schedules: z.array(schedule).nullish(),
  paused: z.boolean().nullish(),
  concurrencyLimit: concurrencyLimit.nullish(),
  workPool: z
    .strictObject({ name: text.nullish(), workQueueName: text.nullish(), jobVariables: jsonObject.nullish() })
    .nullish(),
  pull: steps,
  build: steps,
  push: steps,
  triggers: z.unknown().optional(),
  sla: z.unknown().optional(),
});

/** A deployment as the file has it. */
export interface WrittenDeployment {
  readonly name: string;
  readonly entrypoint: string;
  readonly flowName: string | null;
  readonly description: string | null;
  readonly version: string | null;
  readonly tags: readonly string[];
  readonly parameters: JsonObject;
  readonly enforcesSchema: boolean;
  readonly schedules: readonly ScheduleInput[];
  readonly paused: boolean;
  readonly concurrencyLimit: number | null;
  readonly collisionStrategy: CollisionStrategy | null;
  readonly startGraceMs: number | null;
  readonly pool: string | null;
  readonly queue: string | null;
  readonly jobVariables: JsonObject;
  readonly pullSteps: readonly JsonObject[] | null;
  readonly build: readonly JsonObject[];
  readonly push: readonly JsonObject[];
}

export interface DeploymentFile {
  readonly path: string;
  readonly deployments: readonly WrittenDeployment[];
}

/** The file of a folder; null where there is none. @throws DEPLOYMENT_INVALID with what is wrong, and where */
export async function findDeploymentFile(folder: string): Promise<DeploymentFile | null> {
  const path = fileNames.map((name) => join(folder, name)).find((each) => existsSync(each));
  return path === undefined ? null : readDeploymentFile(path);
}

/** @throws DEPLOYMENT_INVALID with what is wrong, and where */
export async function readDeploymentFile(file: string): Promise<DeploymentFile> {
  const path = resolve(file);
  const { parse } = await import("yaml");
  let content: unknown;
  try {
    content = parse(readFileSync(path, "utf8"), { schema: "core" });
  } catch (cause) {
    throw invalid(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  const whole = (content ?? {}) as JsonObject;
  const entries = Array.isArray(whole.deployments) ? whole.deployments : [];
  return { path, deployments: entries.map((entry) => toWritten(entry, { file, whole })) };
}

function toWritten(entry: unknown, { file, whole }: { file: string; whole: JsonObject }): WrittenDeployment {
  const { name } = (entry ?? {}) as JsonObject;
  const shown = `${typeof name === "string" ? `\`${name}\` ` : ""}of ${file}`;
  // What stands at the top of the file is for those that do not say it, not even that there is none.
  const shared = { pull: whole.pull, build: whole.build, push: whole.push };
  const parsed = deployment.safeParse({ ...shared, ...(camelNames(entry) as object | null) });
  if (!parsed.success) throw invalid(shown, z.prettifyError(parsed.error).replaceAll("\n", " "));
  const found = parsed.data;
  for (const name of ["triggers", "sla"] as const) {
    if (isGiven(found[name])) throw invalid(shown, `\`${name}\` is not done by this command`);
  }
  const { limit = null, collisionStrategy, gracePeriodSeconds } = found.concurrencyLimit ?? {};
  return {
    name: found.name,
    entrypoint: found.entrypoint,
    flowName: found.flowName ?? null,
    description: found.description ?? null,
    version: found.version ?? null,
    tags: found.tags ?? [],
    parameters: found.parameters ?? {},
    enforcesSchema: found.enforceParameterSchema ?? true,
    schedules: [...(found.schedule == null ? [] : [found.schedule]), ...(found.schedules ?? [])]
      .filter((each) => isGiven(each))
      .map(toScheduleInput),
    paused: found.paused ?? false,
    concurrencyLimit: limit,
    collisionStrategy: collisionStrategy ?? null,
    startGraceMs: gracePeriodSeconds == null ? null : gracePeriodSeconds * 1000,
    pool: found.workPool?.name ?? null,
    queue: found.workPool?.workQueueName ?? null,
    jobVariables: found.workPool?.jobVariables ?? {},
    pullSteps: found.pull == null || found.pull.length === 0 ? null : found.pull,
    build: found.build ?? [],
    push: found.push ?? [],
  };
}

function toScheduleInput(written: z.infer<typeof schedule>): ScheduleInput {
  const { slug, anchorDate, ...rest } = written;
  const given = { ...rest, name: slug, anchor: anchorDate };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value != null)) as ScheduleInput;
}

function isGiven(value: unknown): boolean {
  return value != null && Object.keys(value).length > 0;
}

/** What people name themselves (parameters, variables, steps) is left as it is. */
const namedByPeople: ReadonlySet<string> = new Set(["parameters", "jobVariables", "pull", "build", "push", "triggers"]);

const otherNames: Readonly<Record<string, string>> = { queue: "workQueueName", anchor: "anchorDate" };

function camelNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelNames);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      const camel = key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      const name = otherNames[camel] ?? camel;
      return [name, namedByPeople.has(name) ? each : camelNames(each)];
    }),
  );
}

function invalid(shown: string, reason: string, cause?: unknown): MillraceError {
  const options = cause === undefined ? {} : { cause };
  return new MillraceError("DEPLOYMENT_INVALID", { deployment: shown, reason: reason.replace(/\.$/, "") }, options);
}
