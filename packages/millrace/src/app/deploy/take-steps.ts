/** Takes the build and push steps of a deployment, one after the other, or says what they would do. */

import type { TakenStep } from "../../contract/deploy-steps.ts";
import { isMillraceError, MillraceError } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/objects.ts";
import { fillTemplates } from "../../worker/code/fill-templates.ts";
import { readGitHead } from "../git-state.ts";
import { planArchive, planArchivePush } from "./archives.ts";
import { planImageBuild } from "./build-image.ts";
import { planImagePush } from "./push-image.ts";
import type { StepContext, StepPlan } from "./step-context.ts";
import { type DeployStep, readDeployStep } from "./step-inputs.ts";

/** As they are written. */
export interface WrittenSteps {
  readonly build: readonly JsonObject[];
  readonly push: readonly JsonObject[];
}

export interface StepsTaken {
  readonly taken: readonly TakenStep[];
  /** What they gave, by their ids, and the last of each name by itself. */
  readonly outputs: JsonObject;
}

/**
 * @param options.deployment for whoever reads the error
 * @throws DEPLOYMENT_INVALID for a step that cannot be taken, STEP_FAILED for one that has failed
 */
export async function takeSteps(
  { build, push }: WrittenSteps,
  options: { readonly context: StepContext; readonly deployment: string; readonly isDryRun: boolean },
): Promise<StepsTaken> {
  const { context, deployment, isDryRun } = options;
  const taken: TakenStep[] = [];
  let outputs = initialOutputs(context);
  const steps = [
    ...build.map((written) => ({ written, phase: "build" as const })),
    ...push.map((written) => ({ written, phase: "push" as const })),
  ];
  for (const { written, phase } of steps) {
    const { step, plan } = await look({ written, phase }, { context, outputs }).catch((cause: unknown) => {
      const reason = `its ${phase} step: ${context.masker.mask(messageOf(cause))}`;
      throw new MillraceError("DEPLOYMENT_INVALID", { deployment, reason }, { cause });
    });
    taken.push({ phase, name: step.name, does: plan.does });
    const gave = isDryRun ? plan.outputs : await take(step, { plan, context, deployment });
    outputs = { ...outputs, ...gave, ...(step.id === null ? {} : { [step.id]: gave }) };
  }
  return { taken, outputs };
}

/** What every step may name. */
function initialOutputs({ contentHash, folder }: StepContext): JsonObject {
  const head = readGitHead(folder);
  const git = head === null ? {} : { git: { ...head, short_commit: head.commit.slice(0, 12) } };
  return { content_hash: contentHash, ...git };
}

interface Looked {
  readonly step: DeployStep;
  readonly plan: StepPlan;
}

async function look(
  { written, phase }: { readonly written: JsonObject; readonly phase: DeployStep["phase"] },
  { context, outputs }: { readonly context: StepContext; readonly outputs: JsonObject },
): Promise<Looked> {
  const { sources } = context;
  const step = readDeployStep((await fillTemplates(written, { sources, outputs })) as JsonObject, phase);
  return { step, plan: await planStep(step, context, outputs) };
}

async function planStep(step: DeployStep, context: StepContext, outputs: JsonObject): Promise<StepPlan> {
  switch (step.name) {
    case "build_image":
      return planImageBuild(step.inputs, context);
    case "build_archive":
      return planArchive(step.inputs, context);
    case "push_image":
      return planImagePush(step.inputs, context, outputs);
    case "push_archive":
      return planArchivePush(step.inputs, context);
  }
}

async function take(
  { name }: DeployStep,
  {
    plan,
    context,
    deployment,
  }: { readonly plan: StepPlan; readonly context: StepContext; readonly deployment: string },
): Promise<JsonObject> {
  try {
    return await plan.run();
  } catch (cause) {
    const reason = context.masker.mask(messageOf(cause));
    throw new MillraceError("STEP_FAILED", { step: name, deployment, reason }, { cause });
  }
}

function messageOf(error: unknown): string {
  if (isMillraceError(error)) return `${error.code}: ${error.message}`;
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
