/** What a deployment is made of, in a program. */

import type { FlowDefinition } from "../contract/definitions.ts";
import type { BuildImage, BuildStep, PullStep, PushStep } from "../contract/deploy-steps.ts";
import type { DeploymentToSave } from "../contract/deployments.ts";
import { MillraceError } from "../contract/errors.ts";
import type { CollisionStrategy, JsonObject, Labels } from "../contract/objects.ts";
import { brands } from "../contract/runtime.ts";
import type { PlannedDeployment } from "../contract/serving.ts";
import type { Duration } from "../kit/duration.ts";
import { type DeploymentTrigger, toTriggerToSave } from "./deployment-trigger.ts";
import { toJsonSchema } from "./json-schema.ts";
import { type ScheduleInput, toScheduleToSave } from "./schedule-input.ts";

export interface DeploymentOptions<Given = unknown> {
  /** Names it among those of its flow. Default: the flow's name. */
  readonly name?: string;
  /** Default: the flow's. */
  readonly description?: string;
  /** Default: the flow's version, or a hash of the code that it is deployed with. */
  readonly version?: string;
  /** Of its runs, where a run does not give its own. */
  readonly parameters?: Partial<Given>;
  /** Whether a run's parameters must meet the JSON Schema that the flow's schema gives. Default true. */
  readonly enforceParameterSchema?: boolean;
  /** Of its runs, beside the flow's. Default: none. */
  readonly tags?: readonly string[];
  /** Facts that people attach, for automations and searches. Default: none. */
  readonly labels?: Labels;
  /** Makes no scheduled runs. Default false. */
  readonly paused?: boolean;
  /** Runs at these times. */
  readonly cron?: string | readonly string[];
  /** Runs so often. */
  readonly interval?: Duration;
  /** Runs at the times of an RFC 5545 rule. */
  readonly rrule?: string;
  /** The zone of `cron`, `interval` and `rrule`. Default: UTC. */
  readonly timezone?: string;
  /** Schedules in full, in place of the four above. */
  readonly schedules?: readonly ScheduleInput[];
  /** What starts runs beside the schedules: events that come, or do not, and figures. Default: nothing. */
  readonly triggers?: readonly DeploymentTrigger[];
  /** Runs of it at the same time, wherever they run. Default: as many as there are. */
  readonly concurrencyLimit?: number;
  /** What becomes of a run when the limit is reached. Default "enqueue". */
  readonly collisionStrategy?: CollisionStrategy;
  /** What the worker is told of where to run it: `{ env, working_dir }`. */
  readonly jobVariables?: JsonObject;
}

export interface ServeOptions<Given = unknown> extends DeploymentOptions<Given>, ServingOptions {}

/** How a process serves deployments. */
export interface ServingOptions {
  /** Runs at the same time. Default 10. */
  readonly limit?: number;
  /** Processes that wait for a run with the code loaded, so that it starts at once. Default 2 to 4. */
  readonly ready?: number;
  /** Whether the deployments are paused when this process stops. Default true. */
  readonly pauseOnStop?: boolean;
  /** Stops it, as SIGINT and SIGTERM do. */
  readonly signal?: AbortSignal;
  /** Called when the deployments are saved, and their runs are taken. */
  readonly onServing?: () => void;
}

export interface DeployOptions<Given = unknown> extends DeploymentOptions<Given> {
  /** The work pool whose workers run it. */
  readonly pool: string;
  /** Default: the pool's default queue. */
  readonly queue?: string;
  /**
   * Where workers find the code: a folder that they have too, or a Git repository that they clone. Default: the folder of
   * the package that the flow is in.
   */
  readonly source?: string | GitSource;
  /**
   * The image that its runs are executed in, for pools whose workers run containers: built from the code, and pushed. It
   * becomes the job variable `image`.
   */
  readonly image?: string | BuildImage;
  /** What is built, in place of the image alone. False: `image` is there already. */
  readonly build?: false | readonly BuildStep[];
  /** What is pushed, in place of the image that was built. False: nothing is. */
  readonly push?: false | readonly PushStep[];
  /** How workers bring the code to where it runs, in place of `source`. */
  readonly pull?: readonly PullStep[];
  /** Says what would be changed, and changes nothing. Default false. */
  readonly dryRun?: boolean;
}

export interface GitSource {
  /** Its URL. */
  readonly git: string;
  /** Default: the repository's own. Its newest commit is taken for each run. */
  readonly branch?: string;
  /** In place of the newest commit. */
  readonly commit?: string;
  /** Whether `npm ci` is run in it. Default true. */
  readonly install?: boolean;
}

/** A deployment of a flow, to serve beside others. */
export interface DeploymentDefinition {
  readonly [brands.definition]: FlowDefinition;
  readonly name: string;
  readonly planned: PlannedDeployment;
}

/** @throws DEPLOYMENT_INVALID */
export function toDeployment<Given>(
  definition: FlowDefinition,
  options: DeploymentOptions<Given> = {},
): DeploymentDefinition {
  const { name = definition.name } = options;
  return { [brands.definition]: definition, name, planned: { definition, deployment: toSave(definition, options) } };
}

function toSave<Given>(definition: FlowDefinition, options: DeploymentOptions<Given>): DeploymentToSave {
  const { name = definition.name, description, version, parameters = {}, tags = [], labels } = options;
  const { paused = false, concurrencyLimit = null, collisionStrategy, jobVariables = {}, triggers = [] } = options;
  const schema = definition.options.parameters;
  const parameterSchema = schema === undefined ? null : toJsonSchema(schema);
  return {
    flowName: definition.name,
    name,
    description: description ?? definition.options.description ?? null,
    version: version ?? definition.options.version ?? definition.codeHash,
    parameters: parameters as JsonObject,
    parameterSchema,
    enforcesSchema: options.enforceParameterSchema ?? true,
    tags,
    ...(labels === undefined ? {} : { labels }),
    paused,
    concurrencyLimit,
    ...(collisionStrategy === undefined ? {} : { collisionStrategy }),
    jobVariables,
    schedules: toSchedules(options, name).map((schedule) => toScheduleToSave(schedule, name)),
    triggers: triggers.map((trigger, index) => toTriggerToSave(trigger, { deployment: name, index })),
  };
}

function toSchedules(options: DeploymentOptions, deployment: string): readonly ScheduleInput[] {
  const { cron = [], interval, rrule, timezone, schedules } = options;
  const zone = timezone === undefined ? {} : { timezone };
  const short: readonly ScheduleInput[] = [
    ...[cron].flat().map((each) => ({ cron: each, ...zone })),
    ...(interval === undefined ? [] : [{ interval, ...zone }]),
    ...(rrule === undefined ? [] : [{ rrule, ...zone }]),
  ];
  if (schedules === undefined) return short;
  if (short.length === 0) return schedules;
  const reason = "`schedules` are given in place of `cron`, `interval` and `rrule`, not beside them";
  throw new MillraceError("DEPLOYMENT_INVALID", { deployment, reason });
}

/** The steps of a deployment, and what its image is. */
export interface DeploySteps {
  readonly build: readonly JsonObject[];
  readonly push: readonly JsonObject[];
  readonly pull: readonly JsonObject[] | null;
  /** A template where it is built first. */
  readonly image: string | null;
}

/** @throws DEPLOYMENT_INVALID for options that say two things at once */
export function toSteps(
  { image, build, push, pull, source }: Pick<DeployOptions, "image" | "build" | "push" | "pull" | "source">,
  deployment: string,
): DeploySteps {
  if (pull !== undefined && source !== undefined) {
    const reason = "`pull` is given in place of `source`, not beside it";
    throw new MillraceError("DEPLOYMENT_INVALID", { deployment, reason });
  }
  const named: BuildImage | null = image === undefined ? null : typeof image === "string" ? { name: image } : image;
  const isBuilt = named !== null && build !== false;
  const builds = build === undefined || build === false ? (isBuilt ? [{ buildImage: named }] : []) : build;
  const pushes = push === undefined ? (isBuilt ? [{ pushImage: {} }] : []) : push === false ? [] : push;
  return {
    build: builds as readonly object[] as readonly JsonObject[],
    push: pushes as readonly object[] as readonly JsonObject[],
    pull: pull === undefined ? null : (pull as readonly object[] as readonly JsonObject[]),
    image: named === null ? null : isBuilt ? "{{ image }}" : toReference(named),
  };
}

function toReference({ name, tag }: BuildImage): string {
  return tag === undefined ? name : `${name}:${tag}`;
}
