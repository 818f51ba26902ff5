/** Deployments at the border. */

import type { Api } from "../../../contract/api.ts";
import type { DeploymentChange } from "../../../contract/deployments.ts";
import type { ConcurrencyLimit, Deployment, Schedule, WorkPool, WorkQueue } from "../../../contract/objects.ts";
import { isServed } from "../../../contract/work.ts";
import { readByIds } from "../../read-by-ids.ts";
import type { DeploymentCreate, DeploymentResponse, DeploymentUpdate } from "../schemas/deployments.ts";
import { toPrefectTime, toPrefectTimeOrNull } from "../times.ts";
import { toGlobalLimit } from "./concurrency-limit.ts";
import { toCreatedBy } from "./flow-run.ts";
import { toPrefectLabelValues } from "./label-values.ts";
import { toPrefectSchedule } from "./schedule.ts";

/** Schedules of one answer, at most. */
const maxSchedules = 10_000;

const strategies = {
  enqueue: "ENQUEUE",
  "cancel-new": "CANCEL_NEW",
  // Prefect knows no others; as in these, the new run is not refused.
  "cancel-running": "ENQUEUE",
  "latest-only": "ENQUEUE",
} as const;

interface Related {
  readonly schedules: ReadonlyMap<string, readonly Schedule[]>;
  readonly queues: ReadonlyMap<string, WorkQueue>;
  readonly pools: ReadonlyMap<string, WorkPool>;
  readonly limits: ReadonlyMap<string, ConcurrencyLimit>;
}

export async function toPrefectDeployments(
  { api, now }: { readonly api: Api; readonly now: number },
  deployments: readonly Deployment[],
): Promise<DeploymentResponse[]> {
  if (deployments.length === 0) return [];
  const ids = deployments.map(({ id }) => id);
  const where = { field: "deploymentId", in: ids };
  const [schedules, queues, pools, limits] = await Promise.all([
    api.listObjects("schedule", { where }, { limit: maxSchedules }),
    readByIds(api, "work-queue", given(deployments.map((each) => each.workQueueId))),
    readByIds(api, "work-pool", given(deployments.map((each) => each.workPoolId))),
    readByIds(api, "concurrency-limit", given(deployments.map((each) => each.concurrencyLimitId))),
  ]);
  const related = { schedules: Map.groupBy(schedules.items, (each) => each.deploymentId), queues, pools, limits };
  return deployments.map((deployment) => toPrefectDeployment(deployment, related, now));
}

function given(ids: readonly (string | null | undefined)[]): readonly string[] {
  return ids.filter((id) => id != null);
}

function toPrefectDeployment(deployment: Deployment, related: Related, now: number): DeploymentResponse {
  const queue = related.queues.get(deployment.workQueueId ?? "");
  const limit = related.limits.get(deployment.concurrencyLimitId ?? "");
  const polledAt = Math.max(deployment.polledAt ?? 0, queue?.polledAt ?? 0) || null;
  const { collisionStrategy, startGraceMs } = deployment;
  return {
    id: deployment.id,
    created: toPrefectTime(deployment.createdAt),
    updated: toPrefectTime(deployment.updatedAt),
    name: deployment.name,
    version: deployment.version ?? null,
    description: deployment.description ?? null,
    flow_id: deployment.flowId,
    paused: deployment.paused,
    schedules: (related.schedules.get(deployment.id) ?? []).map(toPrefectSchedule),
    concurrency_limit: deployment.concurrencyLimit,
    global_concurrency_limit: limit === undefined ? null : toGlobalLimit(limit, now),
    concurrency_options:
      collisionStrategy === undefined
        ? null
        : {
            collision_strategy: strategies[collisionStrategy],
            grace_period_seconds: startGraceMs === undefined ? null : Math.round(startGraceMs / 1000),
          },
    job_variables: { ...deployment.jobVariables },
    parameters: { ...deployment.parameters },
    tags: [...deployment.tags],
    labels: { ...toPrefectLabelValues(deployment.labels), "prefect.flow.id": deployment.flowId },
    work_queue_name: queue?.name ?? null,
    work_queue_id: queue?.id ?? null,
    last_polled: toPrefectTimeOrNull(polledAt),
    parameter_openapi_schema: deployment.parameterSchema ?? null,
    path: deployment.path ?? null,
    pull_steps: deployment.pullSteps == null ? null : deployment.pullSteps.map((step) => ({ ...step })),
    entrypoint: deployment.entrypoint ?? null,
    storage_document_id: deployment.storageDocumentId ?? null,
    infrastructure_document_id: deployment.infrastructureDocumentId ?? null,
    created_by: toCreatedBy(deployment.createdBy),
    updated_by: toCreatedBy(deployment.updatedBy),
    work_pool_name: related.pools.get(deployment.workPoolId ?? queue?.workPoolId ?? "")?.name ?? null,
    status: isServed(polledAt, now) ? "READY" : "NOT_READY",
    enforce_parameter_schema: deployment.enforcesSchema ?? true,
  };
}

type Given = Omit<DeploymentCreate, "schedules"> | Omit<DeploymentUpdate, "schedules">;

/** What is given of a deployment; where it runs is for the caller to find. */
export function fromPrefectDeployment(body: Given): DeploymentChange {
  const { concurrency_options: options, version_info: info } = body;
  const version = body.version ?? info?.version;
  const taken: readonly DeploymentChange[] = [
    version === undefined ? {} : { version },
    body.description === undefined ? {} : { description: body.description },
    body.paused === undefined ? {} : { paused: body.paused },
    body.concurrency_limit === undefined ? {} : { concurrencyLimit: body.concurrency_limit },
    body.global_concurrency_limit_id == null ? {} : { concurrencyLimitId: body.global_concurrency_limit_id },
    options == null ? {} : fromOptions(options),
    body.parameters == null ? {} : { parameters: body.parameters },
    body.parameter_openapi_schema === undefined ? {} : { parameterSchema: body.parameter_openapi_schema },
    body.enforce_parameter_schema == null ? {} : { enforcesSchema: body.enforce_parameter_schema },
    body.tags === undefined ? {} : { tags: [...new Set(body.tags)] },
    "labels" in body && body.labels !== null ? { labels: body.labels } : {},
    body.path === undefined ? {} : { path: body.path },
    body.entrypoint === undefined ? {} : { entrypoint: body.entrypoint },
    body.pull_steps === undefined ? {} : { pullSteps: body.pull_steps },
    body.job_variables == null ? {} : { jobVariables: body.job_variables },
    body.storage_document_id === undefined ? {} : { storageDocumentId: body.storage_document_id },
    body.infrastructure_document_id === undefined ? {} : { infrastructureDocumentId: body.infrastructure_document_id },
    info == null ? {} : { versionInfo: info },
  ];
  return Object.assign({}, ...taken) as DeploymentChange;
}

function fromOptions(options: NonNullable<DeploymentCreate["concurrency_options"]>): DeploymentChange {
  return {
    collisionStrategy: options.collision_strategy === "ENQUEUE" ? "enqueue" : "cancel-new",
    ...(options.grace_period_seconds === null ? {} : { startGraceMs: options.grace_period_seconds * 1000 }),
  };
}
