/** Deployments: making, changing and finding them. Their runs and their schedules have files of their own. */

import { isMillraceError } from "../../../contract/errors.ts";
import type { DeploymentChange } from "../../../contract/deployments.ts";
import { flowIdOf } from "../../../contract/flow-id.ts";
import type { Deployment } from "../../../contract/objects.ts";
import type { Sort } from "../../../contract/query.ts";
import { asCaller } from "../../access/as-caller.ts";
import { PrefectError } from "../errors.ts";
import { hydrateParameters } from "../hydrate-parameters.ts";
import { fromPrefectDeployment, toPrefectDeployments } from "../mapping/deployment.ts";
import { fromDeploymentFilter, fromFilters } from "../mapping/filters.ts";
import { fromPrefectSchedule } from "../mapping/schedule.ts";
import { toPrefectQueues } from "../mapping/work-pool.ts";
import type { PrefectContext, PrefectHandlers, PrefectRequest } from "../routes-table-types.ts";
import type { DeploymentResponse } from "../schemas/deployments.ts";
import { createdByOf } from "./created-by.ts";
import { changeSchedules, hydrateSchedules } from "./deployment-schedules.ts";
import { describeVariableFault } from "./describe-variable-fault.ts";
import { listAtMost } from "./list-at-most.ts";
import { toPrefectPage } from "./paging.ts";
import { agentPoolName, ensureAgentPool, ensureQueue, readPool } from "./work-lookups.ts";

type DeploymentHandler = Extract<
  keyof PrefectHandlers,
  | "createDeployment"
  | "readDeployment"
  | "readDeploymentByName"
  | "updateDeployment"
  | "deleteDeployment"
  | "pauseDeployment"
  | "resumeDeployment"
  | "readDeployments"
  | "paginateDeployments"
  | "countDeployments"
  | "bulkDeleteDeployments"
  | "workQueueCheckForDeployment"
>;

const sorts: Readonly<Record<PrefectRequest<"readDeployments">["body"]["sort"], Sort>> = {
  CREATED_DESC: { field: "createdAt", direction: "desc" },
  UPDATED_DESC: { field: "updatedAt", direction: "desc" },
  NAME_ASC: { field: "name", direction: "asc" },
  NAME_DESC: { field: "name", direction: "desc" },
};

export const deploymentNotFound = new PrefectError({ status: 404, detail: "Deployment not found" });

/** @throws 404 when there is none */
export async function readDeployment({ api }: Pick<PrefectContext, "api">, id: string): Promise<Deployment> {
  const deployment = await api.readObject("deployment", id);
  if (deployment === null) throw deploymentNotFound;
  return deployment;
}

export function deploymentHandlers(context: PrefectContext): Pick<PrefectHandlers, DeploymentHandler> {
  const { api, clock } = context;
  const toMany = (deployments: readonly Deployment[]): Promise<DeploymentResponse[]> =>
    toPrefectDeployments({ api, now: clock.now() }, deployments);
  const toOne = async (deployment: Deployment): Promise<DeploymentResponse> =>
    (await toMany([deployment]))[0] as DeploymentResponse;

  /** Where its runs are put; nothing where no pool and no queue is named. */
  async function toPlace(body: {
    readonly work_pool_name?: string | null | undefined;
    readonly work_queue_name?: string | null | undefined;
  }): Promise<DeploymentChange> {
    const { work_pool_name: poolName = null, work_queue_name: queueName = null } = body;
    if (poolName === null && queueName === null) return {};
    const isAgents = poolName === null || poolName === agentPoolName;
    const pool = isAgents ? await ensureAgentPool(api) : await readPool(api, poolName);
    const queueId = queueName === null ? (pool.defaultQueueId ?? null) : (await ensureQueue(api, pool, queueName)).id;
    return { workPoolId: pool.id, workQueueId: queueId };
  }

  async function checkLinks(body: {
    readonly global_concurrency_limit_id?: string | null | undefined;
    readonly infrastructure_document_id?: string | null | undefined;
    readonly storage_document_id?: string | null | undefined;
  }): Promise<void> {
    const limitId = body.global_concurrency_limit_id ?? null;
    if (limitId !== null && (await api.readObject("concurrency-limit", limitId)) === null) {
      throw new PrefectError({ status: 404, detail: "Concurrency limit not found" });
    }
    for (const kind of ["infrastructure", "storage"] as const) {
      const id = body[`${kind}_document_id`] ?? null;
      if (id === null || (await api.readObject("block-document", id)) !== null) continue;
      const detail = `Error creating deployment. Could not find ${kind} block with id: ${id}.`;
      throw new PrefectError({ status: 409, detail });
    }
  }

  return {
    async createDeployment({ body, headers, identity }) {
      const flow = await api.readObject("flow", body.flow_id);
      if (flow === null) throw new PrefectError({ status: 404, detail: `Flow ${body.flow_id} not found` });
      await checkLinks(body);
      const who = createdByOf(headers);
      const schedules = await hydrateSchedules(context, body.schedules);
      const toSave = {
        ...fromPrefectDeployment(body),
        ...(await toPlace(body)),
        ...(who === null ? {} : { createdBy: who, updatedBy: who }),
        flowName: flow.name,
        name: body.name,
        schedules: schedules.map((schedule) => fromPrefectSchedule(schedule, clock.now())),
      };
      const { deployment, isNew } = await toldAsPrefect("creating deployment", () =>
        asCaller(context, identity).saveDeployment(toSave),
      );
      return { status: isNew ? 201 : 200, body: await toOne(deployment) };
    },

    readDeployment: async ({ params }) => ({
      status: 200,
      body: await toOne(await readDeployment(context, params.id)),
    }),

    async readDeploymentByName({ params }) {
      const where = {
        all: [
          { field: "flowId", in: [flowIdOf(params.flow_name)] },
          { field: "name", in: [params.deployment_name] },
        ],
      };
      const [deployment] = (await api.listObjects("deployment", { where }, { limit: 1 })).items;
      if (deployment === undefined) throw deploymentNotFound;
      return { status: 200, body: await toOne(deployment) };
    },

    async updateDeployment({ params, body, headers, identity }) {
      const deployment = await readDeployment(context, params.id);
      await checkLinks(body);
      const who = createdByOf(headers);
      const what = "Error hydrating deployment parameters";
      const parameters = body.parameters == null ? null : await hydrateParameters(body.parameters, { api, what });
      const change = {
        ...fromPrefectDeployment({ ...body, parameters }),
        ...(await toPlace(body)),
        ...(who === null ? {} : { updatedBy: who }),
      };
      if (body.schedules !== undefined) {
        await changeSchedules(context, deployment, await hydrateSchedules(context, body.schedules));
      }
      if (Object.keys(change).length > 0) {
        await toldAsPrefect("updating deployment", () =>
          asCaller(context, identity).updateDeployment(deployment.id, change),
        );
      }
      return { status: 204 };
    },

    async deleteDeployment({ params }) {
      if (!(await api.deleteDeployment(params.id))) throw deploymentNotFound;
      return { status: 204 };
    },

    async pauseDeployment({ params }) {
      if ((await api.pauseDeployment(params.id)) === null) throw deploymentNotFound;
      return { status: 200, body: null };
    },

    async resumeDeployment({ params }) {
      if ((await api.resumeDeployment(params.id)) === null) throw deploymentNotFound;
      return { status: 200, body: null };
    },

    async readDeployments({ body }) {
      const query = { where: fromFilters("deployment", body), sort: sorts[body.sort] };
      const found = await listAtMost(body, (page) => api.listObjects("deployment", query, page));
      return { status: 200, body: await toMany(found) };
    },

    async paginateDeployments({ body }) {
      const where = fromFilters("deployment", body);
      const page = await toPrefectPage(body, {
        count: () => api.count("deployment", where),
        list: async (slice) => (await api.listObjects("deployment", { where, sort: sorts[body.sort] }, slice)).items,
      });
      return { status: 200, body: { ...page, results: await toMany(page.results) } };
    },

    countDeployments: async ({ body }) => ({
      status: 200,
      body: await api.count("deployment", fromFilters("deployment", body)),
    }),

    async bulkDeleteDeployments({ body }) {
      const where = body.deployments === null ? { all: [] } : fromDeploymentFilter(body.deployments);
      const { items } = await api.listObjects("deployment", { where }, { limit: body.limit });
      for (const { id } of items) await api.deleteDeployment(id);
      return { status: 200, body: { deleted: items.map(({ id }) => id) } };
    },

    /** Queues do not choose by tags here, as those of agents once did: a deployment names its queue. */
    async workQueueCheckForDeployment({ params }) {
      const { workQueueId } = await readDeployment(context, params.id);
      const queue = workQueueId === null ? null : await api.readObject("work-queue", workQueueId);
      const queues = queue === null ? [] : await toPrefectQueues({ api, now: clock.now() }, [queue]);
      return { status: 200, body: queues };
    },
  };
}

async function toldAsPrefect<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toParameterError(error, `Error ${doing}`);
  }
}

/** What is wrong with a run or a deployment as Prefect's clients are told of it. */
export function toParameterError(error: unknown, what: string): unknown {
  if (!isMillraceError(error)) return error;
  switch (error.code) {
    case "JOB_VARIABLES_INVALID":
      return new PrefectError({ status: 422, detail: `${what}: ${describeVariableFault(error.data)}` });
    case "PARAMETERS_INVALID":
      return new PrefectError({ status: 409, detail: `${what}: Validation failed. ${String(error.data.issues)}` });
    case "PARAMETER_SCHEMA_INVALID":
    case "PARAMETERS_TOO_LARGE":
      return new PrefectError({ status: 422, detail: `${what}: ${error.message}` });
    default:
      return error;
  }
}
