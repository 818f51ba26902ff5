/** What pages ask for in one go: counts and next runs of many, dots of a chart, what is wrong with a form's values. */

import type { FieldCount } from "../../../contract/aggregates.ts";
import { isTerminal, type StateType, stateTypes } from "../../../contract/states.ts";
import { PrefectError } from "../errors.ts";
import { fromFilters } from "../mapping/filters.ts";
import { runTimes, startDelta } from "../mapping/state.ts";
import { toPrefectTaskRun } from "../mapping/task-run.ts";
import { toValueErrors } from "../mapping/value-errors.ts";
import type { PrefectContext, PrefectHandlers } from "../routes-table-types.ts";
import { toPrefectTime } from "../times.ts";
import { flowRunSorts } from "./flow-runs.ts";
import { listAtMost } from "./list-at-most.ts";
import { readByIds } from "../../read-by-ids.ts";

type UiHandler =
  | "countDeploymentsByFlow"
  | "nextRunsByFlow"
  | "readFlowRunHistory"
  | "countTaskRunsByFlowRun"
  | "validateObj"
  | "readDashboardTaskRunCounts"
  | "readTaskRunCountsByState"
  | "readTaskRunWithFlowRunName";

const bucketCount = 20;
const minuteMs = 60_000;
const failedTypes: ReadonlySet<StateType> = new Set(["FAILED", "CRASHED"]);
const endedTypes = stateTypes.filter(isTerminal);

export function uiHandlers({ api, clock }: PrefectContext): Pick<PrefectHandlers, UiHandler> {
  return {
    countDeploymentsByFlow: async ({ body: { flow_ids: ids } }) => ({
      status: 200,
      body: toCounts(ids, await api.countBy("deployment", "flowId", { field: "flowId", in: ids })),
    }),

    async nextRunsByFlow({ body: { flow_ids: ids } }) {
      const flows = await readByIds(api, "flow", ids);
      const next = await ofEach(ids, async (id) => {
        const name = flows.get(id)?.name;
        if (name === undefined) return null;
        const filter = { flowNames: [name], where: { field: "stateType", in: ["SCHEDULED"] } };
        const [run] = (await api.listFlowRuns(filter, "due-asc", { limit: 1 })).items;
        if (run === undefined) return null;
        return {
          id: run.id,
          flow_id: id,
          name: run.name,
          state_name: run.state.name,
          state_type: run.state.type,
          next_scheduled_start_time: toPrefectTime(run.dueAt ?? run.expectedAt),
        };
      });
      return { status: 200, body: next };
    },

    async readFlowRunHistory({ body }) {
      const where = fromFilters("flow-run", body);
      const runs = await listAtMost(body, (page) => api.listFlowRuns({ where }, flowRunSorts[body.sort], page));
      const now = clock.now();
      const dots = runs.map((run) => ({
        id: run.id,
        state_type: run.state.type,
        timestamp: toPrefectTime(run.startedAt ?? run.expectedAt),
        duration: runTimes(run.history, now).estimated,
        lateness: startDelta({ ...run, now }),
      }));
      return { status: 200, body: dots };
    },

    /** Runs of subflows have task runs of their own, and are not counted. */
    countTaskRunsByFlowRun: async ({ body: { flow_run_ids: ids } }) => ({
      status: 200,
      body: toCounts(
        ids,
        await api.countBy("task-run", "flowRunId", {
          all: [
            { field: "flowRunId", in: ids },
            { field: "childFlowRunId", isNull: true },
          ],
        }),
      ),
    }),

    async validateObj({ body: { schema, values } }) {
      const errors = toValueErrors(await api.checkValues({ schema, values }), values);
      return { status: 200, body: { errors, valid: errors.length === 0 } };
    },

    async readDashboardTaskRunCounts({ body }) {
      const after = body.task_runs.start_time?.after_;
      if (after == null) throw new PrefectError({ status: 422, detail: "task_runs.start_time.after_ is required" });
      const until = body.task_runs.start_time?.before_ ?? clock.now();
      const from = Math.floor(after / minuteMs) * minuteMs;
      const to = Math.max(from + 1, (Math.floor(until / minuteMs) + 1) * minuteMs);
      const where = { all: [fromFilters("task-run", body), { field: "stateType", in: endedTypes }] };
      const bucketMs = (to - from) / bucketCount;
      const cells = await api.readRunHistory({ subject: "task-run", by: "started", where, from, to, bucketMs });
      const counts = Array.from({ length: bucketCount }, () => ({ completed: 0, failed: 0 }));
      for (const { bucket, stateType, count } of cells) {
        const counted = counts[bucket];
        if (counted !== undefined) counted[failedTypes.has(stateType) ? "failed" : "completed"] += count;
      }
      return { status: 200, body: counts };
    },

    async readTaskRunCountsByState({ body }) {
      const counts = await api.countBy("task-run", "stateType", fromFilters("task-run", body));
      return { status: 200, body: toCounts(stateTypes, counts) };
    },

    async readTaskRunWithFlowRunName({ params: { id } }) {
      const run = await api.readTaskRun(id);
      if (run === null) throw new PrefectError({ status: 404, detail: "Task not found" });
      const flowRun = run.flowRunId === null ? null : await api.readFlowRun(run.flowRunId);
      const now = clock.now();
      return { status: 200, body: { ...toPrefectTaskRun(run, { now }), flow_run_name: flowRun?.name ?? null } };
    },
  };
}

/** Of each key, also of those of which there are none. */
function toCounts<Key extends string>(keys: readonly Key[], counts: readonly FieldCount[]): Record<Key, number> {
  const found = new Map(counts.map(({ value, count }) => [value, count]));
  return Object.fromEntries(keys.map((key) => [key, found.get(key) ?? 0])) as Record<Key, number>;
}

/** One question at a time, so that one request does not take all of the database. */
async function ofEach<Key extends string, T>(
  keys: readonly Key[],
  ask: (key: Key) => Promise<T>,
): Promise<Record<Key, T>> {
  const answers = {} as Record<Key, T>;
  for (const key of keys) answers[key] = await ask(key);
  return answers;
}
