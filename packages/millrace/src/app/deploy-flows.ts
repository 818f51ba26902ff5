/** Makes deployments for the workers of a pool, or changes those that are there to what is asked for. */

import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Api } from "../contract/api.ts";
import { deploymentResource, toOwnedAutomation } from "../contract/deployment-triggers.ts";
import type { DeploymentToSave } from "../contract/deployments.ts";
import { MillraceError } from "../contract/errors.ts";
import { flowIdOf } from "../contract/flow-id.ts";
import type { Deployment, JsonObject, Schedule, WorkPool } from "../contract/objects.ts";
import type { CodeSource, DeployOutcome, DeployRequest, FieldChange } from "../contract/serving.ts";
import { hashText } from "../kit/digest.ts";
import { nearest } from "../kit/nearest.ts";
import { checkPullSteps } from "../worker/code/pull-steps.ts";
import { toKeptStep } from "../worker/code/written-step.ts";
import { formatEntrypoint } from "../worker/entrypoint.ts";
import {
  createStepMemory,
  hasToPrepare,
  type PreparedDeployment,
  prepareDeployment,
} from "./deploy/prepare-deployment.ts";
import type { StepTools } from "./deploy/step-tools.ts";
import type { WrittenSteps } from "./deploy/take-steps.ts";
import { checkDefaultParameters } from "./check-default-parameters.ts";
import { hashFolder } from "./hash-folder.ts";
import { versionOf } from "./hash-module.ts";
import { findPackage } from "./package-version.ts";
import { withParameterSchema } from "./parameter-schema.ts";

/** A deployment with all that is saved of it, and where it belongs by name. */
export interface DeploymentPlan {
  readonly deployment: DeploymentToSave;
  readonly pool: string | null;
  readonly queue: string | null;
  /** What is built and pushed before it is saved, from this folder. */
  readonly steps?: WrittenSteps & { readonly folder: string };
  /** Whether it was written in a file, whose texts may have templates. Default false. */
  readonly isWritten?: boolean;
}

type DeployApi = Pick<Api, "listObjects" | "saveDeployment" | "createWorkQueue">;

export interface SaveOptions {
  /** Whether it is only said what would be done. */
  readonly isDryRun: boolean;
  /** Absent: templates of files are left as they are written, and nothing is built or pushed. */
  readonly tools?: StepTools;
}

/** @throws NOT_FOUND for a pool that is not there, DEPLOYMENT_INVALID, SCHEDULE_INVALID, STEP_FAILED */
export async function deployFlows(
  api: DeployApi,
  requests: readonly DeployRequest[],
  options: SaveOptions,
): Promise<readonly DeployOutcome[]> {
  return saveDeployments(api, await Promise.all(requests.map(toPlan)), options);
}

/** Each is looked at before anything is built or saved. */
export async function saveDeployments(
  api: DeployApi,
  plans: readonly DeploymentPlan[],
  { isDryRun, tools }: SaveOptions,
): Promise<readonly DeployOutcome[]> {
  const looks: { readonly plan: DeploymentPlan; readonly outcome: DeployOutcome }[] = [];
  for (const plan of plans) {
    const prepared = await prepareDeployment(plan, { tools, isDryRun: true });
    await checkDefaultParameters(prepared.plan.deployment);
    looks.push({ plan, outcome: (await compare(api, prepared)).outcome });
  }
  if (isDryRun) return looks.map(({ outcome }) => outcome);
  const taken = createStepMemory();
  const outcomes: DeployOutcome[] = [];
  for (const { plan, outcome: looked } of looks) {
    const prepared = hasToPrepare(plan) ? await prepareDeployment(plan, { tools, isDryRun: false, taken }) : null;
    const { outcome, pool } = await compare(api, prepared ?? { plan, steps: looked.steps });
    if (outcome.outcome === "unchanged") {
      outcomes.push(outcome);
      continue;
    }
    const { deployment: toSave, queue } = (prepared ?? { plan }).plan;
    const workQueueId = pool === null ? null : await queueOf(api, { pool, queue });
    const { deployment } = await api.saveDeployment({ ...toSave, workPoolId: pool?.id ?? null, workQueueId });
    outcomes.push({ ...outcome, id: deployment.id });
  }
  return outcomes;
}

async function toPlan(request: DeployRequest): Promise<DeploymentPlan> {
  const { definition, pool, queue, source, build, push, pull } = request;
  const deployment = await withParameterSchema(request.deployment, definition);
  const { site } = definition;
  if (site === null || !site.module.startsWith("file:")) {
    const reason = `it is not known in which file flow \`${definition.name}\` was written`;
    throw new MillraceError("DEPLOYMENT_INVALID", { deployment: deployment.name, reason });
  }
  const file = fileURLToPath(site.module);
  const place = placeCode({ file, exportName: null, source, deployment: deployment.name });
  const pulled = pull === null ? {} : { path: null, pullSteps: toKeptSteps(pull, deployment.name) };
  const version = versionOf(deployment, { codeHash: definition.codeHash, contentHash: place.contentHash });
  const planned = { deployment: { ...deployment, version, ...place, ...pulled }, pool, queue };
  return build.length + push.length === 0
    ? planned
    : { ...planned, steps: { build, push, folder: rootOf(file, source) } };
}

/** Steps in the form in which they are kept. @throws DEPLOYMENT_INVALID for one that nobody could take */
export function toKeptSteps(steps: readonly JsonObject[], deployment: string): readonly JsonObject[] {
  try {
    checkPullSteps(steps);
    return steps.map(toKeptStep);
  } catch (cause) {
    const reason = `its pull step: ${(cause as Error).message}`;
    throw new MillraceError("DEPLOYMENT_INVALID", { deployment, reason }, { cause });
  }
}

/** The folder of a file's code: the one that is named, else that of its package. */
export function rootOf(file: string, source: CodeSource | null): string {
  const beside = resolve(file, "..");
  return source?.kind === "folder" ? resolve(source.folder) : (findPackage(beside)?.folder ?? beside);
}

/** Where workers find a file: in a folder that they have too, or in a clone. */
export function placeCode(code: {
  readonly file: string;
  readonly exportName: string | null;
  readonly source: CodeSource | null;
  /** For whoever reads the error. */
  readonly deployment: string;
}): Pick<DeploymentToSave, "entrypoint" | "path" | "pullSteps" | "contentHash"> {
  const { file, exportName, source, deployment } = code;
  const folder = rootOf(file, source);
  const inFolder = relative(folder, file);
  if (inFolder.startsWith("..")) {
    throw new MillraceError("DEPLOYMENT_INVALID", { deployment, reason: `${file} is not in its folder ${folder}` });
  }
  const entrypoint = formatEntrypoint({ file: inFolder.replaceAll("\\", "/"), exportName });
  const contentHash = hashFolder(folder);
  if (source?.kind !== "git") return { entrypoint, path: folder, pullSteps: null, contentHash };
  const { repository, branch, commit, installs } = source;
  const clone = {
    repository,
    ...(branch === null ? {} : { branch }),
    ...(commit === null ? {} : { commit }),
  };
  const pullSteps: readonly JsonObject[] = [{ git_clone: clone }, ...(installs ? [{ npm_ci: {} }] : [])];
  return { entrypoint, path: null, pullSteps, contentHash: commit === null ? contentHash : hashText(commit) };
}

async function findPool(api: DeployApi, name: string): Promise<WorkPool> {
  const { items } = await api.listObjects("work-pool", {}, { limit: 1000 });
  const found = items.find((pool) => pool.name === name);
  if (found !== undefined) return found;
  const meant = nearest(
    name,
    items.map((pool) => pool.name),
  );
  const advice =
    meant === null
      ? `\`millrace work-pool create ${name} --type process\` makes it.`
      : `Did you mean \`${meant}\`? \`millrace work-pool ls\` lists them.`;
  throw new MillraceError("NOT_FOUND", { kind: "work pool", name, advice });
}

async function queueOf(
  api: DeployApi,
  { pool, queue }: { readonly pool: WorkPool; readonly queue: string | null },
): Promise<string | null> {
  if (queue === null) return pool.defaultQueueId ?? null;
  const where = { field: "workPoolId", in: [pool.id] };
  const { items } = await api.listObjects("work-queue", { where }, { limit: 10_000 });
  const found = items.find(({ name }) => name === queue);
  return (found ?? (await api.createWorkQueue({ workPoolId: pool.id, name: queue, paused: false }))).id;
}

interface Compared {
  readonly outcome: DeployOutcome;
  readonly pool: WorkPool | null;
}

async function compare(api: DeployApi, { plan, steps }: PreparedDeployment): Promise<Compared> {
  const pool = plan.pool === null ? null : await findPool(api, plan.pool);
  if (pool?.type === "process" && steps.some(({ name }) => name === "build_image")) {
    const reason = `it builds an image, and work pool \`${pool.name}\` is of the kind process, which runs none`;
    throw new MillraceError("DEPLOYMENT_INVALID", { deployment: plan.deployment.name, reason });
  }
  return { outcome: await diffWithSaved(api, { plan, steps, pool }), pool };
}

async function diffWithSaved(
  api: DeployApi,
  { plan, steps, pool }: PreparedDeployment & { readonly pool: WorkPool | null },
): Promise<DeployOutcome> {
  const { flowName, name, schedules = [], triggers = [], version = null, ...fields } = plan.deployment;
  const before = await findDeployment(api, { flowName, name });
  const named = `${flowName}/${name}`;
  const wanted = { version, ...fields, workPoolId: pool?.id ?? null };
  if (before === null) return { id: null, name: named, outcome: "made", changes: diff({}, wanted), version, steps };
  const changes = [
    ...diff(before, wanted),
    ...(await diffSchedules(api, { before, schedules })),
    ...(await diffTriggers(api, { before, triggers })),
  ];
  const isMoved = plan.queue !== null && (await queueName(api, before)) !== plan.queue;
  const queueChange = isMoved ? [{ field: "queue", from: await queueName(api, before), to: plan.queue }] : [];
  const all = [...changes, ...queueChange];
  const outcome = all.length === 0 ? "unchanged" : "changed";
  return { id: before.id, name: named, outcome, changes: all, version, steps };
}

async function findDeployment(
  api: DeployApi,
  { flowName, name }: { readonly flowName: string; readonly name: string },
): Promise<Deployment | null> {
  const where = {
    all: [
      { field: "flowId", in: [flowIdOf(flowName)] },
      { field: "name", in: [name] },
    ],
  };
  return (await api.listObjects("deployment", { where }, { limit: 1 })).items[0] ?? null;
}

async function queueName(api: DeployApi, { workQueueId }: Deployment): Promise<string | null> {
  if (workQueueId === null) return null;
  const where = { field: "id", in: [workQueueId] };
  return (await api.listObjects("work-queue", { where }, { limit: 1 })).items[0]?.name ?? null;
}

/** Fields that are given and are not so. What is nothing and was not there is no change. */
function diff(before: object, wanted: object): readonly FieldChange[] {
  const known = before as Readonly<Record<string, unknown>>;
  return Object.entries(wanted).flatMap(([field, to]) => {
    const from = known[field] ?? null;
    return isSame(from, to ?? null) ? [] : [{ field, from, to }];
  });
}

async function diffSchedules(
  api: DeployApi,
  {
    before,
    schedules,
  }: { readonly before: Deployment; readonly schedules: NonNullable<DeploymentToSave["schedules"]> },
): Promise<readonly FieldChange[]> {
  const where = { field: "deploymentId", in: [before.id] };
  const { items } = await api.listObjects("schedule", { where }, { limit: 1000 });
  const isAsWanted =
    items.length === schedules.length &&
    schedules.every((wanted) => items.some((known) => diff(known, wanted).length === 0));
  return isAsWanted ? [] : [{ field: "schedules", from: items.map(toShown), to: schedules.map(toShown) }];
}

/** By the automations that they are kept as. */
async function diffTriggers(
  api: DeployApi,
  { before, triggers }: { readonly before: Deployment; readonly triggers: NonNullable<DeploymentToSave["triggers"]> },
): Promise<readonly FieldChange[]> {
  const where = { field: "owner", in: [deploymentResource(before.id)] };
  const { items } = await api.listObjects("automation", { where }, { limit: 1000 });
  const wanted = triggers.map((trigger) => toOwnedAutomation(before.id, trigger));
  const isAsWanted =
    items.length === wanted.length &&
    wanted.every((each) => items.some((known) => known.name === each.name && diff(known, each).length === 0));
  const toNames = (all: readonly { readonly name: string }[]): readonly string[] => all.map(({ name }) => name);
  return isAsWanted ? [] : [{ field: "triggers", from: toNames(items), to: toNames(wanted) }];
}

function toShown({ slug, active, spec }: Pick<Schedule, "slug" | "active" | "spec">): JsonObject {
  return { ...(slug === null ? {} : { slug }), ...(active ? {} : { active }), ...spec };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)) || (isNothing(a) && isNothing(b));
}

function isNothing(value: unknown): boolean {
  return value === null || (typeof value === "object" && Object.keys(value).length === 0);
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}
