/** Runs of deployments: submitted, scheduled, and due. */

import type { Identity } from "../../../contract/access.ts";
import type { RunSubmission, SubmittedRun } from "../../../contract/deployments.ts";
import { withTrace } from "../../../contract/trace-labels.ts";
import { toTraceCarrier } from "../../../kit/tracing.ts";
import type { Deployment, JsonObject } from "../../../contract/objects.ts";
import { asCaller } from "../../access/as-caller.ts";
import { PrefectError } from "../errors.ts";
import { hydrateParameters } from "../hydrate-parameters.ts";
import { fromPrefectRunExtra, toPrefectFlowRuns } from "../mapping/flow-run.ts";
import { fromPrefectState } from "../mapping/state.ts";
import type { PrefectContext, PrefectHandlers } from "../routes-table-types.ts";
import type { DeploymentFlowRunCreate } from "../schemas/deployments.ts";
import type { FlowRunResponse } from "../schemas/flow-runs.ts";
import { createdByOf } from "./created-by.ts";
import { readDeployment, toParameterError } from "./deployments.ts";
import { endOfTime } from "./work-pools.ts";

type DeploymentRunHandler = Extract<
  keyof PrefectHandlers,
  | "createFlowRunFromDeployment"
  | "bulkCreateFlowRunsFromDeployment"
  | "scheduleDeployment"
  | "getScheduledFlowRunsForDeployments"
>;

type CreatedBy = ReturnType<typeof createdByOf>;

/** Who asks, and within what trace. */
interface Asking {
  /** As the request says; where the server knows who asks, that counts. */
  readonly createdBy: CreatedBy;
  readonly traceparent: unknown;
  readonly identity: Identity | null;
}

const maxBulkRuns = 100;

/** What a window of a schedule is filled with, where it is not said: as Prefect's scheduler fills it. */
const windowMs = 100 * 86_400_000;
const minTimeS = 3600;
const minRuns = 3;
const maxRuns = 100;

export function deploymentRunHandlers(context: PrefectContext): Pick<PrefectHandlers, DeploymentRunHandler> {
  const { api, clock, onUnreadable } = context;

  async function submit(
    deployment: Deployment,
    body: DeploymentFlowRunCreate,
    { createdBy, traceparent, identity }: Asking,
  ): Promise<SubmittedRun> {
    if (body.work_queue_name !== null && deployment.workPoolId === null) {
      const detail = `Cannot create flow run in work queue ${body.work_queue_name} because deployment ${deployment.id} is not associated with a work pool. Please remove work_pool_name and try again.`;
      throw new PrefectError({ status: 400, detail });
    }
    const parameters = await hydrateParameters(
      { ...deployment.parameters, ...body.parameters },
      { api, what: "Error hydrating flow run parameters" },
    );
    try {
      const submission = toSubmission(deployment, { body, parameters, createdBy });
      const carrier = toTraceCarrier(traceparent);
      const traced = carrier === null ? {} : { labels: withTrace(submission.labels, carrier) };
      return await asCaller(context, identity).submitRun({ ...submission, ...traced });
    } catch (error) {
      throw toParameterError(error, "Error creating flow run");
    }
  }

  return {
    async createFlowRunFromDeployment({ params, body, headers, identity }) {
      const deployment = await readDeployment(context, params.id);
      const { run, isNew } = await submit(deployment, body, toAsking(headers, identity));
      const [one] = await toPrefectFlowRuns({ api, now: clock.now(), onUnreadable }, [run]);
      return { status: isNew ? 201 : 200, body: one as FlowRunResponse };
    },

    async bulkCreateFlowRunsFromDeployment({ params, body, headers, identity }) {
      if (body.length > maxBulkRuns) {
        const detail = `Cannot create more than ${maxBulkRuns} flow runs at once.`;
        throw new PrefectError({ status: 400, detail });
      }
      const deployment = await readDeployment(context, params.id);
      const asking = toAsking(headers, identity);
      const results: { flow_run_id: string | null; status: "CREATED" | "FAILED"; error: string | null }[] = [];
      for (const each of body) {
        try {
          const { run } = await submit(deployment, each, asking);
          results.push({ flow_run_id: run.id, status: "CREATED", error: null });
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          results.push({ flow_run_id: null, status: "FAILED", error: reason });
        }
      }
      return { status: 200, body: { results } };
    },

    /** As few runs as meet the minimums; what is not there is left as it is. */
    async scheduleDeployment({ params, body }) {
      if ((await api.readObject("deployment", params.id)) === null) return { status: 200, body: null };
      const from = body.start_time ?? clock.now();
      const window = { deploymentId: params.id, from, to: body.end_time ?? from + windowMs };
      const max = Math.max(1, body.max_runs ?? maxRuns);
      const enoughAt = from + (body.min_time ?? minTimeS) * 1000;
      const least = body.min_runs ?? minRuns;
      const due = await api.scheduleRuns({ ...window, max, isDryRun: true });
      const ends = [...Map.groupBy(due, ({ scheduleId }) => scheduleId).values()].map((runs) => {
        const last = runs.find(({ dueAt }, index) => index + 1 >= least && dueAt >= enoughAt) ?? runs.at(-1);
        return last?.dueAt ?? from;
      });
      if (ends.length > 0) await api.scheduleRuns({ ...window, to: Math.max(...ends), max });
      return { status: 200, body: null };
    },

    async getScheduledFlowRunsForDeployments({ body }) {
      if (body.limit === 0) return { status: 200, body: [] };
      const runs = await api.findDueRunsOfDeployments({
        deploymentIds: body.deployment_ids,
        before: body.scheduled_before ?? endOfTime,
        limit: body.limit,
      });
      return { status: 200, body: await toPrefectFlowRuns({ api, now: clock.now(), onUnreadable }, runs) };
    },
  };
}

function toAsking(headers: Parameters<typeof createdByOf>[0], identity: Identity | null): Asking {
  return { createdBy: createdByOf(headers), traceparent: headers.traceparent, identity };
}

function toSubmission(
  deployment: Deployment,
  {
    body,
    parameters,
    createdBy,
  }: { readonly body: DeploymentFlowRunCreate; readonly parameters: JsonObject; readonly createdBy: CreatedBy },
): RunSubmission {
  const documentId = body.infrastructure_document_id ?? deployment.infrastructureDocumentId ?? null;
  const extra = fromPrefectRunExtra({ ...body, infrastructure_document_id: documentId });
  return {
    deployment: deployment.id,
    parameters,
    tags: body.tags,
    ...(body.enforce_parameter_schema === null ? {} : { enforcesSchema: body.enforce_parameter_schema }),
    ...(body.name === null || body.name === "" ? {} : { name: body.name }),
    ...(body.labels === null ? {} : { labels: body.labels }),
    ...(body.job_variables === null ? {} : { jobVariables: body.job_variables }),
    ...(body.idempotency_key === null ? {} : { idempotencyKey: body.idempotency_key }),
    ...(body.work_queue_name === null ? {} : { workQueueName: body.work_queue_name }),
    ...(body.state === null ? {} : { state: fromPrefectState(body.state) }),
    ...(body.parent_task_run_id === null ? {} : { parentTaskRunId: body.parent_task_run_id }),
    ...(createdBy === null ? {} : { createdBy }),
    extra: { ...extra, deploymentVersion: deployment.version ?? null },
  };
}
