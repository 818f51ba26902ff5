/**
 * `millrace.yaml`, and `prefect.yaml` with the same words: deployments beside the code that they run. Names may be written
 * as in JavaScript or as in Python (`workPool`, `work_pool`).
 */

import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import * as z from "zod";
import { MillraceError } from "../contract/errors.ts";
import type { CollisionStrategy, JsonObject } from "../contract/objects.ts";
import type { Duration } from "../kit/duration.ts";
import { isJson } from "../kit/json.ts";
import type { DeploymentTrigger } from "../sdk/deployment-trigger.ts";
import type { ScheduleInput } from "../sdk/schedule-input.ts";
import { fromPrefectDuration } from "../server/prefect/times.ts";
import { camelNames } from "./camel-names.ts";

/** Looked for in this order. */
const fileNames = ["millrace.yaml", "millrace.yml", "prefect.yaml"] as const;

const text = z.string().min(1);
const jsonObject = z.record(z.string(), z.unknown());
const steps = z
  .union([z.array(jsonObject), jsonObject.transform((step) => [step])])
  .transform((list) => list.filter((step) => Object.keys(step).length > 0))
  .nullish();
/** A time as ISO text; YAML of other tools may have made a date of it. */
const time = z.union([text, z.date()]);

const duration = text.transform((words) => words as Duration);

/** In seconds, in words, or as Prefect has it: "PT1H", "01:00:00". */
const interval = z.union([
  z.number().transform((seconds) => seconds * 1000),
  text.transform((words) => {
    const seconds = fromPrefectDuration(words);
    return seconds === null ? (words as Duration) : seconds * 1000;
  }),
]);

const schedule = z.preprocess(
  flatSchedule,
  z.strictObject({
    cron: text.nullish(),
    interval: interval.nullish(),
    rrule: text.nullish(),
    dates: z.array(time).nullish(),
    timezone: text.nullish(),
    dayOr: z.boolean().nullish(),
    anchorDate: time.nullish(),
    active: z.boolean().nullish(),
    parameters: jsonObject.nullish(),
    name: text.nullish(),
    slug: text.nullish(),
    /** All schedules of the file are all that there are then: the one of this slug goes by itself. */
    replaces: text.nullish(),
    catchUp: z
      .preprocess(
        fullPolicy,
        z.discriminatedUnion("policy", [
          z.strictObject({ policy: z.enum(["skip", "latest"]) }),
          z.strictObject({ policy: z.literal("all"), max: z.int().min(1) }),
        ]),
      )
      .nullish(),
    jitter: duration.nullish(),
    startAt: time.nullish(),
    endAt: time.nullish(),
  }),
);

/** Prefect's longer form has what it is due by in a `schedule` of its own, and its rule may be the text of an object. */
function flatSchedule(written: unknown): unknown {
  if (!isObject(written)) return written;
  const { schedule: inner, ...rest } = written;
  const flat: JsonObject = isObject(inner) ? { ...inner, ...rest } : written;
  const { rrule } = flat;
  if (typeof rrule !== "string" || !rrule.trimStart().startsWith("{") || !isJson(rrule)) return flat;
  return { ...(JSON.parse(rrule) as JsonObject), ...without(flat, "rrule") };
}

/** `latest` is `{ policy: latest }`, `{ all: 24 }` is `{ policy: all, max: 24 }`. */
function fullPolicy(written: unknown): unknown {
  if (typeof written === "string") return { policy: written };
  return isObject(written) && "all" in written
    ? { policy: "all", ...without(written, "all"), max: written.all }
    : written;
}

const concurrencyLimit = z.preprocess(
  (written) => (typeof written === "number" ? { limit: written } : written),
  z.strictObject({
    limit: z.int().min(0),
    collisionStrategy: z
      .string()
      .transform((name) => name.toLowerCase().replaceAll("_", "-") as CollisionStrategy)
      .pipe(z.enum(["enqueue", "cancel-new", "cancel-running", "latest-only"]))
      .nullish(),
    gracePeriodSeconds: z.number().min(0).nullish(),
  }),
);

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
  triggers: z.array(z.unknown()).nullish(),
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
  readonly triggers: readonly DeploymentTrigger[];
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
  /** What of it was passed over: fields of a prefect.yaml that nobody knows, as Prefect does without a word. */
  readonly warnings: readonly string[];
}

/** The file of a folder; null where there is none. @throws DEPLOYMENT_INVALID with what is wrong, and where */
export async function findDeploymentFile(folder: string): Promise<DeploymentFile | null> {
  const path = fileNames.map((name) => join(folder, name)).find((each) => existsSync(each));
  return path === undefined ? null : readDeploymentFile(path);
}

/** @throws DEPLOYMENT_INVALID with what is wrong, and where */
export async function readDeploymentFile(file: string): Promise<DeploymentFile> {
  const path = resolve(file);
  const { parse } = (await import("yaml")).default;
  let content: unknown;
  try {
    content = parse(readFileSync(path, "utf8"), { schema: "core" });
  } catch (cause) {
    throw invalid(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  const whole = (content ?? {}) as JsonObject;
  const entries = Array.isArray(whole.deployments) ? whole.deployments : [];
  const warnings: string[] = [];
  const deployments: WrittenDeployment[] = [];
  for (const entry of entries) deployments.push(await toWritten(entry, { file, whole, warnings }));
  return { path, deployments, warnings };
}

async function toWritten(
  entry: unknown,
  { file, whole, warnings }: { readonly file: string; readonly whole: JsonObject; readonly warnings: string[] },
): Promise<WrittenDeployment> {
  const { name } = (entry ?? {}) as JsonObject;
  const shown = `${typeof name === "string" ? `\`${name}\` ` : ""}of ${file}`;
  // What stands at the top of the file is for those that do not say it, not even that there is none.
  const shared = { pull: whole.pull, build: whole.build, push: whole.push };
  const written = { ...shared, ...(camelNames(entry, { namedByPeople, otherNames }) as object | null) };
  const onUnknown = isPrefects(file) ? (field: string) => warnings.push(`${shown}: \`${field}\` is not known`) : null;
  const found = parse(written, { shown, onUnknown });
  if (isGiven(found.sla)) throw invalid(shown, "`sla` is not done by this command");
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
    triggers: await toTriggers(found.triggers ?? [], shown),
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

/** @param onUnknown told of a field that nobody knows, which is then passed over; null: it is refused */
function parse(
  written: JsonObject,
  { shown, onUnknown }: { readonly shown: string; readonly onUnknown: ((field: string) => void) | null },
): z.infer<typeof deployment> {
  const { data, error } = deployment.safeParse(written);
  if (error === undefined) return data;
  const rest = structuredClone(written);
  const isPassedOver =
    onUnknown !== null &&
    error.issues.every(
      (issue) => issue.code === "unrecognized_keys" && issue.keys.every((key) => removeAt(rest, issue.path, key)),
    );
  if (!isPassedOver) throw invalid(shown, z.prettifyError(error).replaceAll("\n", " "));
  for (const { path, keys } of error.issues as readonly z.core.$ZodIssueUnrecognizedKeys[]) {
    for (const key of keys) onUnknown([...path, key].map(String).join("."));
  }
  return parse(rest, { shown, onUnknown });
}

/** Removes a field of the value at a path, or of the `schedule` within it. False when it is in neither. */
function removeAt(value: JsonObject, path: readonly PropertyKey[], key: string): boolean {
  const at = path.reduce((each: unknown, name) => (each as Record<PropertyKey, unknown>)[name], value);
  const holder = [at, isObject(at) ? at.schedule : null].filter(isObject).find((each) => key in each);
  return holder !== undefined && Reflect.deleteProperty(holder, key);
}

async function toTriggers(written: readonly unknown[], shown: string): Promise<readonly DeploymentTrigger[]> {
  if (written.length === 0) return [];
  const { describeFaults, readTriggers } = await import("./written-triggers.ts");
  try {
    return await readTriggers(written);
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause;
    throw invalid(shown, `a trigger: ${describeFaults(cause)}`, cause);
  }
}

function isPrefects(file: string): boolean {
  return basename(file).startsWith("prefect.");
}

function toScheduleInput(written: z.infer<typeof schedule>): ScheduleInput {
  const { slug, name = slug, anchorDate, replaces: _, ...rest } = written;
  const given = { ...rest, name, anchor: anchorDate };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value != null)) as ScheduleInput;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function without(value: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}

function isGiven(value: unknown): boolean {
  return value != null && Object.keys(value).length > 0;
}

/** What people name themselves (parameters, variables, steps) is left as it is. */
const namedByPeople: ReadonlySet<string> = new Set(["parameters", "jobVariables", "pull", "build", "push", "triggers"]);

const otherNames: Readonly<Record<string, string>> = { queue: "workQueueName", anchor: "anchorDate" };

function invalid(shown: string, reason: string, cause?: unknown): MillraceError {
  const options = cause === undefined ? {} : { cause };
  return new MillraceError("DEPLOYMENT_INVALID", { deployment: shown, reason: reason.replace(/\.$/, "") }, options);
}
