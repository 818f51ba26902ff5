/** What a run that is submitted takes from the run that it runs again. */

import { autoScheduledTag, type Rerun } from "../contract/deployments.ts";
import { MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Deployment, JsonObject } from "../contract/objects.ts";
import type { Store } from "../contract/store.ts";
import { runtimeOf } from "../contract/work.ts";
import { isNumber, parseExactly } from "../kit/exact-json.ts";
import { findStep } from "../rules/find-step.ts";

export interface TakenFromRun {
  readonly parameters: JsonObject;
  readonly tags: readonly string[];
  readonly adopts: FlowRun["adopts"];
  readonly secretParameters: readonly string[];
}

/** @throws RUN_NOT_FOUND, RUN_NOT_RESUMABLE, NOT_FOUND when there is no such step */
export async function takeFromRun(
  store: Pick<Store, "readFlowRuns" | "readRecords">,
  deployment: Deployment,
  { of: id, fromStep }: Rerun,
): Promise<TakenFromRun> {
  const [run] = await store.readFlowRuns([id]);
  if (run === undefined) throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id });
  return {
    parameters: toParameters(run, deployment),
    // What a schedule has made is told by its tag.
    tags: run.tags.filter((tag) => tag !== autoScheduledTag),
    adopts: fromStep === undefined ? null : { runId: id, until: await idOfStep(store, { run, deployment, fromStep }) },
    secretParameters: run.extra.secretParameters ?? [],
  };
}

function toParameters(run: FlowRun, deployment: Deployment): JsonObject {
  if (run.flowName !== deployment.flowName) {
    const reason = `it is a run of flow \`${run.flowName}\``;
    throw refuse(run, deployment, { reason, advice: `Name a run of flow \`${deployment.flowName}\`.` });
  }
  const parameters = parseExactly(run.parameters);
  if (isObject(parameters)) return parameters;
  const reason = "its parameters are no object, and those of a deployment's run are";
  throw refuse(run, deployment, { reason, advice: "`millrace flow-run rerun` runs it where its code is." });
}

async function idOfStep(
  store: Pick<Store, "readRecords">,
  asked: { readonly run: FlowRun; readonly deployment: Deployment; readonly fromStep: string },
): Promise<string> {
  const { run, deployment, fromStep } = asked;
  if (deployment.entrypoint != null && runtimeOf(deployment.entrypoint) !== "node") {
    const reason = "its code is not run by Millrace's engine, which alone takes results of another run";
    throw refuse(run, deployment, { reason, advice: "Run it again without a step: everything runs." });
  }
  const step = findStep(await store.readRecords(run.id), fromStep);
  if (step !== null) return step.id;
  const advice = `\`millrace flow-run explain ${run.id}\` lists its steps.`;
  throw new MillraceError("NOT_FOUND", { kind: `step of flow run ${run.id}`, name: fromStep, advice });
}

function refuse(
  { id, state }: FlowRun,
  { flowName, name }: Deployment,
  { reason, advice }: { readonly reason: string; readonly advice: string },
): MillraceError {
  const verb = `run again by deployment ${flowName}/${name}`;
  return new MillraceError("RUN_NOT_RESUMABLE", { id, state: state.name, verb, reason, advice });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isNumber(value);
}
