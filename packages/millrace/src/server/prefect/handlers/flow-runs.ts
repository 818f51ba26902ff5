/** Flow runs: making them, changing them, and finding them. Their states are in flow-run-states.ts. */

import type { NewFlowRun } from "../../../contract/flow-run.ts";
import type { FlowRun, FlowRunSort } from "../../../contract/flow-run.ts";
import type { State } from "../../../contract/states.ts";
import { uuidv7 } from "../../../kit/ids.ts";
import { randomName } from "../../../kit/names.ts";
import { systemRandom } from "../../../kit/random.ts";
import { asCaller } from "../../access/as-caller.ts";
import { PrefectError } from "../errors.ts";
import { fromFilters, fromFlowRunFilter } from "../mapping/filters.ts";
import { fromPolicy, fromPrefectRunExtra, toPrefectFlowRuns } from "../mapping/flow-run.ts";
import { fromPrefectState } from "../mapping/state.ts";
import type { PrefectContext, PrefectHandlers, PrefectRequest } from "../routes-table-types.ts";
import type { FlowRunCreate, FlowRunResponse } from "../schemas/flow-runs.ts";
import { toParameterError } from "./deployments.ts";
import { toPrefectPage } from "./paging.ts";

type FlowRunHandler = Extract<
  keyof PrefectHandlers,
  | "createFlowRun"
  | "readFlowRun"
  | "updateFlowRun"
  | "updateFlowRunLabels"
  | "deleteFlowRun"
  | "readFlowRuns"
  | "paginateFlowRuns"
  | "countFlowRuns"
  | "bulkDeleteFlowRuns"
>;

export const flowRunSorts: Readonly<Record<PrefectRequest<"readFlowRuns">["body"]["sort"], FlowRunSort>> = {
  ID_DESC: "id-desc",
  START_TIME_ASC: "started-asc",
  START_TIME_DESC: "started-desc",
  EXPECTED_START_TIME_ASC: "expected-asc",
  EXPECTED_START_TIME_DESC: "expected-desc",
  NAME_ASC: "name-asc",
  NAME_DESC: "name-desc",
  NEXT_SCHEDULED_START_TIME_ASC: "due-asc",
  END_TIME_DESC: "ended-desc",
};

export const flowRunNotFound = new PrefectError({ status: 404, detail: "Flow run not found" });

export function flowRunHandlers({ api, clock, onUnreadable }: PrefectContext): Pick<PrefectHandlers, FlowRunHandler> {
  const toOne = async (run: FlowRun): Promise<FlowRunResponse> => {
    const [one] = await toPrefectFlowRuns({ api, now: clock.now(), onUnreadable }, [run]);
    return one as FlowRunResponse;
  };
  const toMany = (runs: readonly FlowRun[]): Promise<FlowRunResponse[]> =>
    toPrefectFlowRuns({ api, now: clock.now(), onUnreadable }, runs);

  return {
    async createFlowRun({ body, identity }) {
      const flow = await api.readObject("flow", body.flow_id);
      if (flow === null) throw new PrefectError({ status: 404, detail: `Flow ${body.flow_id} not found` });
      const made = await toNewRun(body, flow.name);
      const { created } = await asCaller({ api, clock }, identity).record({
        processId: "prefect-client",
        created: [made],
      });
      const [first] = created;
      if (first === undefined) throw flowRunNotFound;
      return { status: first.isNew ? 201 : 200, body: await toOne(first.run) };
    },

    async readFlowRun({ params }) {
      const run = await api.readFlowRun(params.id);
      if (run === null) throw flowRunNotFound;
      return { status: 200, body: await toOne(run) };
    },

    async updateFlowRun({ params, body }) {
      const { name, flow_version, parameters, empirical_policy, tags, infrastructure_pid, job_variables } = body;
      const extra = {
        ...(empirical_policy === undefined ? {} : fromPolicy(empirical_policy)),
        ...(infrastructure_pid === undefined ? {} : { infrastructurePid: infrastructure_pid }),
        ...(job_variables == null ? {} : { jobVariables: job_variables }),
      };
      if (job_variables != null) await checkTakesVariables(params.id);
      const change = {
        ...(name == null ? {} : { name }),
        ...(flow_version === undefined ? {} : { version: flow_version }),
        ...(parameters === undefined ? {} : { parameters: JSON.stringify(parameters) }),
        ...(tags === undefined ? {} : { tags }),
        ...(Object.keys(extra).length === 0 ? {} : { extra }),
      };
      const run = await api.updateFlowRun(params.id, change).catch((error: unknown) => {
        throw toParameterError(error, "Error updating flow run");
      });
      if (run === null) throw flowRunNotFound;
      return { status: 204 };
    },

    async updateFlowRunLabels({ params, body }) {
      const run = await api.readFlowRun(params.id);
      if (run === null) throw flowRunNotFound;
      const labels = { ...run.extra.labels, ...(body as Record<string, string>) };
      await api.updateFlowRun(params.id, { extra: { labels } });
      return { status: 204 };
    },

    async deleteFlowRun({ params }) {
      if (!(await api.deleteFlowRun(params.id))) throw flowRunNotFound;
      return { status: 204 };
    },

    async readFlowRuns({ body }) {
      const { limit, offset, sort } = body;
      if (limit === 0) return { status: 200, body: [] };
      const where = fromFilters("flow-run", body);
      const { items } = await api.listFlowRuns({ where }, flowRunSorts[sort], { limit, offset });
      return { status: 200, body: await toMany(items) };
    },

    async paginateFlowRuns({ body }) {
      const where = fromFilters("flow-run", body);
      const page = await toPrefectPage(body, {
        count: () => api.count("flow-run", where),
        list: async (slice) => (await api.listFlowRuns({ where }, flowRunSorts[body.sort], slice)).items,
      });
      return { status: 200, body: { ...page, results: await toMany(page.results) } };
    },

    countFlowRuns: async ({ body }) => ({
      status: 200,
      body: await api.count("flow-run", fromFilters("flow-run", body)),
    }),

    async bulkDeleteFlowRuns({ body }) {
      const where = body.flow_runs === null ? { all: [] } : fromFlowRunFilter(body.flow_runs);
      const { items } = await api.listFlowRuns({ where }, "created-asc", { limit: body.limit });
      for (const { id } of items) await api.deleteFlowRun(id);
      return { status: 200, body: { deleted: items.map(({ id }) => id) } };
    },
  };

  /** Whoever takes the run reads them then: later they would say what is not so. */
  async function checkTakesVariables(id: string): Promise<void> {
    const run = await api.readFlowRun(id);
    if (run === null) throw flowRunNotFound;
    const { type } = run.state;
    if (type !== "SCHEDULED") {
      const detail = `Job variables for a flow run in state ${type} cannot be updated`;
      throw new PrefectError({ status: 400, detail });
    }
    if (run.deploymentId === null || (await api.readObject("deployment", run.deploymentId)) === null) {
      throw new PrefectError({ status: 400, detail: "A deployment for the flow run could not be found" });
    }
  }

  async function toNewRun(body: FlowRunCreate, flowName: string): Promise<NewFlowRun> {
    const now = clock.now();
    const [parent, place] = await Promise.all([findParent(body.parent_task_run_id), findPlace(body)]);
    return {
      id: uuidv7(now),
      flowName,
      name: body.name === null || body.name === "" ? randomName(systemRandom) : body.name,
      parameters: JSON.stringify(body.parameters),
      tags: body.tags,
      version: body.flow_version,
      deploymentId: body.deployment_id,
      idempotencyKey: body.idempotency_key,
      parentTaskRunId: body.parent_task_run_id,
      ...parent,
      ...place,
      extra: fromPrefectRunExtra(body),
      states: [toFirstState(body, now)],
    };
  }

  /** The run whose step the new one is. */
  async function findParent(taskRunId: string | null): Promise<Partial<NewFlowRun>> {
    const step = taskRunId === null ? null : await api.readTaskRun(taskRunId);
    if (step === null || step.flowRunId === null) return {};
    const parent = await api.readFlowRun(step.flowRunId);
    return parent === null ? {} : { parentRunId: parent.id, rootRunId: parent.rootRunId };
  }

  async function findPlace({ work_pool_name, work_queue_name }: FlowRunCreate): Promise<Partial<NewFlowRun>> {
    if (work_pool_name === null) return {};
    const pools = await api.listObjects("work-pool", { where: { field: "name", in: [work_pool_name] } });
    const [pool] = pools.items;
    if (pool === undefined) {
      throw new PrefectError({ status: 404, detail: `Work pool "${work_pool_name}" not found.` });
    }
    if (work_queue_name === null) return { workPoolId: pool.id, workQueueId: pool.defaultQueueId ?? null };
    const where = {
      all: [
        { field: "workPoolId", in: [pool.id] },
        { field: "name", in: [work_queue_name] },
      ],
    };
    const [queue] = (await api.listObjects("work-queue", { where })).items;
    return { workPoolId: pool.id, workQueueId: queue?.id ?? pool.defaultQueueId ?? null };
  }
}

/** Runs that nobody gave a state begin PENDING. */
export function toFirstState({ state }: Pick<FlowRunCreate, "state">, now: number): State {
  if (state === null) return { type: "PENDING", name: "Pending", at: now };
  return { ...fromPrefectState(state), at: now };
}
