/** A deployment made whole before it is saved: its templates filled, and what it needs built and pushed. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TakenStep } from "../../contract/deploy-steps.ts";
import type { DeploymentToSave } from "../../contract/deployments.ts";
import { MillraceError } from "../../contract/errors.ts";
import { type Filling, fillTemplates } from "../../worker/code/fill-templates.ts";
import type { DeploymentPlan } from "../deploy-flows.ts";
import { hashFolder } from "../hash-folder.ts";
import type { StepTools } from "./step-tools.ts";
import { type StepsTaken, takeSteps } from "./take-steps.ts";

export interface PreparedDeployment {
  readonly plan: DeploymentPlan;
  readonly steps: readonly TakenStep[];
}

/** Steps that were taken, so that equal ones of several deployments are taken once. */
export type StepMemory = Map<string, Promise<StepsTaken>>;

export function createStepMemory(): StepMemory {
  return new Map();
}

export interface PrepareOptions {
  /** Absent: nothing is filled, built or pushed. */
  readonly tools: StepTools | undefined;
  /** Whether nothing is built or pushed: what would come of it is said, as far as it is known. */
  readonly isDryRun: boolean;
  readonly taken?: StepMemory;
}

/** Whether there is something to do for it before it is saved. */
export function hasToPrepare({ steps, isWritten = false }: DeploymentPlan): boolean {
  return steps !== undefined || isWritten;
}

/** @throws DEPLOYMENT_INVALID, STEP_FAILED */
export async function prepareDeployment(plan: DeploymentPlan, options: PrepareOptions): Promise<PreparedDeployment> {
  const { tools } = options;
  if (tools === undefined) return { plan, steps: [] };
  const written = plan.isWritten === true ? await fillWritten(plan, tools) : plan;
  return written.steps === undefined ? { plan: written, steps: [] } : build(written, { ...options, tools });
}

/** What a file may say by the environment and by variables. Secrets and blocks are left to whoever executes the runs. */
async function fillWritten(plan: DeploymentPlan, { sources }: StepTools): Promise<DeploymentPlan> {
  const { environment, variable } = sources;
  const filling: Filling = { sources: { environment, variable } };
  const { pool, queue } = plan;
  const { name } = plan.deployment;
  const names = ["tags", "version", "description", "parameters", "jobVariables"] as const;
  const deployment = await fillFields(plan.deployment, names, filling);
  return { ...plan, ...(await fill({ pool, queue }, { filling, deployment: name })), deployment };
}

async function build(
  plan: DeploymentPlan,
  { tools, isDryRun, taken }: PrepareOptions & { readonly tools: StepTools },
): Promise<PreparedDeployment> {
  const { deployment, steps } = plan;
  if (steps === undefined) return { plan, steps: [] };
  const { folder } = steps;
  const contentHash = hashFolder(folder);
  const take = (): Promise<StepsTaken> =>
    takeSteps(steps, { context: { ...tools, folder, contentHash }, deployment: deployment.name, isDryRun });
  const done = await remember(taken, JSON.stringify(steps), take);
  const filling: Filling = { outputs: done.outputs, leavesUnknown: true };
  const names = ["tags", "version", "description", "jobVariables", "pullSteps"] as const;
  const filled = await fillFields(deployment, names, filling);
  const place = placeOf({ deployment, done, folder });
  return { plan: { ...plan, deployment: { ...filled, ...place, contentHash } }, steps: done.taken };
}

function remember(memory: StepMemory | undefined, key: string, take: () => Promise<StepsTaken>): Promise<StepsTaken> {
  const known = memory?.get(key);
  if (known !== undefined) return known;
  const taking = take();
  memory?.set(key, taking);
  return taking;
}

/** Where the code is then: in the image, or in the archive, if the deployment does not say it itself. */
function placeOf({
  deployment,
  done,
  folder,
}: {
  readonly deployment: DeploymentToSave;
  readonly done: StepsTaken;
  readonly folder: string;
}): Pick<DeploymentToSave, "path" | "pullSteps"> {
  if (deployment.pullSteps != null) return {};
  const has = (name: string): boolean => done.taken.some((step) => step.name === name);
  if (has("build_image")) return { path: null, pullSteps: null };
  if (!has("push_archive")) return {};
  const { storage, key } = done.outputs;
  const installs = existsSync(join(folder, "package-lock.json")) ? [{ npm_ci: {} }] : [];
  return { path: null, pullSteps: [{ pull_archive: { storage, key } }, ...installs] };
}

/** The deployment with the templates filled that these of its fields have. */
async function fillFields(
  deployment: DeploymentToSave,
  names: readonly (keyof DeploymentToSave)[],
  filling: Filling,
): Promise<DeploymentToSave> {
  const given = Object.fromEntries(names.flatMap((name) => (name in deployment ? [[name, deployment[name]]] : [])));
  return { ...deployment, ...(await fill(given, { filling, deployment: deployment.name })) };
}

async function fill<Texts extends object>(
  texts: Texts,
  { filling, deployment }: { readonly filling: Filling; readonly deployment: string },
): Promise<Texts> {
  try {
    return (await fillTemplates(texts, filling)) as Texts;
  } catch (cause) {
    throw new MillraceError("DEPLOYMENT_INVALID", { deployment, reason: (cause as Error).message }, { cause });
  }
}
