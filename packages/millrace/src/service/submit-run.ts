/** Making a run of a deployment. */

import type { RunSubmission, SubmittedRun } from "../contract/deployments.ts";
import { MillraceError } from "../contract/errors.ts";
import { flowIdOf } from "../contract/flow-id.ts";
import type { FlowRunExtra, NewFlowRun } from "../contract/flow-run.ts";
import type { Deployment, JsonObject } from "../contract/objects.ts";
import { defaultStateNames, type State } from "../contract/states.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { randomName } from "../kit/names.ts";
import { nearest } from "../kit/nearest.ts";
import { systemRandom } from "../kit/random.ts";
import { mergeParameters } from "../rules/parameters.ts";
import { checkJobVariables } from "./check-job-variables.ts";
import { checkParameters } from "./check-parameters.ts";
import { emptyBatch } from "./empty-batch.ts";
import type { Queues } from "./queues.ts";
import { type TakenFromRun, takeFromRun } from "./take-from-run.ts";

/** Deployments whose names are looked at for what may have been meant. */
const maxNames = 1000;

export async function submitRun(
  { store, clock, queues }: { readonly store: Store; readonly clock: Clock; readonly queues: Queues },
  submission: RunSubmission,
): Promise<SubmittedRun> {
  const { workQueueName } = submission;
  const deployment = await findDeployment(store, submission.deployment);
  const { rerun } = submission;
  const old = rerun === undefined ? null : await takeFromRun(store, deployment, rerun);
  const text = await toParameters(deployment, submission, old);
  await checkJobVariables(store, {
    workPoolId: deployment.workPoolId,
    layers: [deployment.jobVariables, submission.jobVariables],
    isComplete: true,
  });
  const workQueueId =
    workQueueName === undefined ? deployment.workQueueId : await queueOf(queues, deployment, workQueueName);
  const parents = await findParents(store, submission.parentTaskRunId);
  const run: NewFlowRun = {
    id: uuidv7(),
    flowName: deployment.flowName,
    name: submission.name ?? randomName(systemRandom),
    parameters: text,
    tags: [...new Set([...deployment.tags, ...(old?.tags ?? []), ...(submission.tags ?? [])])],
    ...parents,
    deploymentId: deployment.id,
    idempotencyKey: submission.idempotencyKey ?? null,
    adopts: old?.adopts ?? null,
    version: deployment.version ?? null,
    workPoolId: deployment.workPoolId,
    workQueueId,
    states: [toState(submission, clock.now())],
    extra: toExtra(deployment, submission, old),
  };
  const { created } = await store.record({ ...emptyBatch, created: [run] });
  return created[0] as SubmittedRun;
}

/** @param named its id, or `flow/deployment` */
async function findDeployment(store: Store, named: string): Promise<Deployment> {
  const slash = named.indexOf("/");
  const found =
    slash === -1 ? (await store.readObjects("deployment", [named]))[0] : await findByName(store, named, slash);
  if (found !== undefined) return found;
  const { items } = await store.findObjects("deployment", { where: { all: [] } }, { limit: maxNames });
  const meant = nearest(
    named,
    items.map(({ flowName, name }) => `${flowName}/${name}`),
  );
  throw noDeployment(named, meant === null ? undefined : `Did you mean \`${meant}\`?`);
}

async function findByName(store: Store, named: string, slash: number): Promise<Deployment | undefined> {
  const where = {
    all: [
      { field: "flowId", in: [flowIdOf(named.slice(0, slash))] },
      { field: "name", in: [named.slice(slash + 1)] },
    ],
  };
  return (await store.findObjects("deployment", { where }, { limit: 1 })).items[0];
}

export function noDeployment(
  name: string,
  advice = "Name one as flow/deployment: `millrace deployment ls` lists those there are.",
): MillraceError {
  return new MillraceError("NOT_FOUND", { kind: "deployment", name, advice });
}

async function toParameters(
  deployment: Deployment,
  submission: RunSubmission,
  old: TakenFromRun | null,
): Promise<string> {
  const { flowName, parameterSchema } = deployment;
  const { parameters, text } = mergeParameters({
    flowName,
    defaults: { ...deployment.parameters, ...old?.parameters },
    given: submission.parameters,
  });
  const enforces = submission.enforcesSchema ?? deployment.enforcesSchema ?? true;
  if (enforces && parameterSchema != null) {
    // Those of an old run hold its numbers as they were written.
    const read = old === null ? parameters : (JSON.parse(text) as JsonObject);
    await checkParameters({ flowName, schema: parameterSchema, parameters: read });
  }
  return text;
}

async function queueOf(queues: Queues, { workPoolId, name: deployment }: Deployment, name: string): Promise<string> {
  if (workPoolId !== null) return (await queues.ensure(workPoolId, name)).id;
  throw new MillraceError("USAGE", {
    reason: `The deployment ${deployment} has no work pool, so its runs cannot be put into the queue ${name}`,
    advice: "Submit the run without a queue, or give the deployment a work pool.",
  });
}

/** A run that is submitted by a flow belongs to the run of that flow. */
async function findParents(
  store: Store,
  parentTaskRunId: string | undefined,
): Promise<Pick<NewFlowRun, "parentTaskRunId" | "parentRunId" | "rootRunId">> {
  if (parentTaskRunId === undefined) return {};
  const { items } = await store.findTaskRuns({ ids: [parentTaskRunId] }, { limit: 1 });
  const parentRunId = items[0]?.flowRunId;
  if (parentRunId == null) return { parentTaskRunId };
  const [parent] = await store.readFlowRuns([parentRunId]);
  return parent === undefined ? { parentTaskRunId } : { parentTaskRunId, parentRunId, rootRunId: parent.rootRunId };
}

function toState({ state, scheduledAt }: RunSubmission, now: number): State {
  const { type = "SCHEDULED", at = now, ...more } = state ?? {};
  const due = scheduledAt ?? state?.details?.scheduledAt ?? (type === "SCHEDULED" ? at : undefined);
  return {
    ...more,
    type,
    name: state?.name ?? defaultStateNames[type],
    at,
    ...(due === undefined ? {} : { details: { ...state?.details, scheduledAt: due } }),
  };
}

function toExtra(deployment: Deployment, submission: RunSubmission, old: TakenFromRun | null): FlowRunExtra {
  const labels = { ...deployment.labels, ...submission.labels };
  const secretParameters = old?.secretParameters ?? [];
  return {
    ...submission.extra,
    ...(secretParameters.length === 0 ? {} : { secretParameters }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(submission.jobVariables === undefined ? {} : { jobVariables: submission.jobVariables }),
    ...(submission.createdBy === undefined ? {} : { createdBy: submission.createdBy }),
  };
}
