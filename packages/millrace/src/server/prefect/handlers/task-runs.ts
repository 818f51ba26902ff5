import type { Condition } from "../../../contract/query.ts";
import type { PageRequest } from "../../../contract/records.ts";
import type { TaskRun, TaskRunFilter, TaskRunObservation, TaskRunSort } from "../../../contract/task-run.ts";
import type { State } from "../../../contract/states.ts";
import { uuidFromHash, uuidv7 } from "../../../kit/ids.ts";
import { PrefectError } from "../errors.ts";
import { createTaskRunProposals } from "../propose-task-run-state.ts";
import { toOrchestrationResult } from "../mapping/orchestration.ts";
import { fromFilters } from "../mapping/filters.ts";
import { fromPrefectState, ofTaskRun, runIdPrefixOf, stateIdOf, toPrefectState } from "../mapping/state.ts";
import { fromTaskRunCreate, toPrefectTaskRun, toTaskName } from "../mapping/task-run.ts";
import type { PrefectContext, PrefectHandlers, PrefectRequest } from "../routes-table-types.ts";
import type { State as PrefectState } from "../schemas/states.ts";
import type { TaskRunCreate } from "../schemas/task-runs.ts";
import { toPrefectPage } from "./paging.ts";

type TaskRunHandler = Extract<
  keyof PrefectHandlers,
  | "createTaskRun"
  | "readTaskRun"
  | "updateTaskRun"
  | "deleteTaskRun"
  | "setTaskRunState"
  | "readTaskRuns"
  | "paginateTaskRuns"
  | "countTaskRuns"
  | "readTaskRunState"
  | "readTaskRunStates"
>;

/** Task runs have no time of their own that they wait for, so the next is the first expected. */
const sorts: Readonly<Record<PrefectRequest<"readTaskRuns">["body"]["sort"], TaskRunSort>> = {
  ID_DESC: "id-desc",
  EXPECTED_START_TIME_ASC: "expected-asc",
  EXPECTED_START_TIME_DESC: "expected-desc",
  NAME_ASC: "name-asc",
  NAME_DESC: "name-desc",
  NEXT_SCHEDULED_START_TIME_ASC: "expected-asc",
  END_TIME_DESC: "ended-desc",
  DURATION_DESC: "duration-desc",
  DURATION_ASC: "duration-asc",
};

const notFound = new PrefectError({ status: 404, detail: "Task not found" });

/** Task runs in which a state is looked for by the id that a client has given it, and how many are read at once. */
const newestLooked = 2000;
const lookedAtOnce = 500;

export function taskRunHandlers({ api, clock }: PrefectContext): Pick<PrefectHandlers, TaskRunHandler> {
  const read = async (id: string): Promise<TaskRun> => {
    const run = await api.readTaskRun(id);
    if (run === null) throw notFound;
    return run;
  };
  const observe = (observed: TaskRunObservation): Promise<unknown> =>
    api.record({ processId: "prefect-client", observed: [observed] });
  const proposals = createTaskRunProposals({ api, clock });
  const toOne = (run: TaskRun) => toPrefectTaskRun(run, { now: clock.now() });

  return {
    async createTaskRun({ body }) {
      const id = body.id ?? toTaskRunId(body);
      const known = await api.readTaskRun(id);
      if (known !== null) return { status: 200, body: toOne(known) };
      await observe(fromTaskRunCreate(body, { id, state: toState(body), name: toName(body, id) }));
      return { status: 201, body: toOne(await read(id)) };
    },

    readTaskRun: async ({ params }) => ({ status: 200, body: toOne(await read(params.id)) }),

    async updateTaskRun({ params, body }) {
      await read(params.id);
      if (body.name != null) await api.renameTaskRun(params.id, body.name);
      return { status: 204 };
    },

    async deleteTaskRun({ params }) {
      if (!(await api.deleteTaskRun(params.id))) throw notFound;
      return { status: 204 };
    },

    async setTaskRunState({ params, body }) {
      const proposed = await proposals.propose(params.id, { state: body.state, isForced: body.force });
      if (proposed === null) throw notFound;
      const { decision, run } = proposed;
      const isWritten = "state" in decision && decision.state !== run.state;
      return { status: isWritten ? 201 : 200, body: toOrchestrationResult(decision, ofTaskRun(run)) };
    },

    async readTaskRuns({ body }) {
      const { limit, offset, sort } = body;
      if (limit === 0) return { status: 200, body: [] };
      const { items } = await api.listTaskRuns({ where: toWhere(body) }, { limit, offset }, sorts[sort]);
      return { status: 200, body: items.map(toOne) };
    },

    async paginateTaskRuns({ body }) {
      const where = toWhere(body);
      const page = await toPrefectPage(body, {
        count: () => api.count("task-run", where),
        list: async (slice) => (await api.listTaskRuns({ where }, slice, sorts[body.sort])).items,
      });
      return { status: 200, body: { ...page, results: page.results.map(toOne) } };
    },

    countTaskRuns: async ({ body }) => ({ status: 200, body: await api.count("task-run", toWhere(body)) }),

    async readTaskRunState({ params }) {
      const found =
        (await findState(params.id, { idPrefix: runIdPrefixOf(params.id) })) ?? (await findNewState(params.id));
      if (found === null) throw new PrefectError({ status: 404, detail: "Task run state not found" });
      return { status: 200, body: found };
    },

    async readTaskRunStates({ query }) {
      const run = await api.readTaskRun(query.task_run_id);
      if (run === null) return { status: 200, body: [] };
      return { status: 200, body: run.history.map((state) => toPrefectState(state, ofTaskRun(run))) };
    },
  };

  /** Among the task runs that meet a filter, by their ids backwards. */
  async function findState(id: string, filter: TaskRunFilter, page?: PageRequest): Promise<PrefectState | null> {
    for (const run of (await api.listTaskRuns(filter, page, "id-desc")).items) {
      const of = ofTaskRun(run);
      const state = run.history.find((each) => stateIdOf(each, of) === id);
      if (state !== undefined) return toPrefectState(state, of);
    }
    return null;
  }

  /** Clients give ids of their own to the states that they report: those are looked for in the newest task runs. */
  async function findNewState(id: string): Promise<PrefectState | null> {
    for (let offset = 0; offset < newestLooked; offset += lookedAtOnce) {
      const found = await findState(id, {}, { limit: lookedAtOnce, offset });
      if (found !== null) return found;
    }
    return null;
  }

  function toState({ state }: TaskRunCreate): State {
    const at = clock.now();
    if (state === null) return { type: "PENDING", name: "Pending", at };
    return { ...fromPrefectState(state), at };
  }
}

/** The same keys in the same flow run are one task run. */
function toTaskRunId({ flow_run_id, task_key, dynamic_key }: TaskRunCreate): string {
  return flow_run_id === null ? uuidv7() : uuidFromHash(`task run ${flow_run_id} ${task_key} ${dynamic_key}`);
}

function toName({ name, task_key }: TaskRunCreate, id: string): string {
  return name === null || name === "" ? `${toTaskName(task_key)}-${id.slice(-3)}` : name;
}

function toWhere(body: Parameters<typeof fromFilters>[1]): Condition {
  return fromFilters("task-run", body);
}
