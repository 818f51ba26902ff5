/** Figures over many runs: histories by interval, how late runs are on average, and which states runs have had. */

import { countBuckets, type RunHistoryCell, type RunSubject, type SeenState } from "../../../contract/aggregates.ts";
import type { Api } from "../../../contract/api.ts";
import type { Condition } from "../../../contract/query.ts";
import { PrefectError } from "../errors.ts";
import { fromFilters } from "../mapping/filters.ts";
import type { PrefectContext, PrefectHandlers, PrefectRequest } from "../routes-table-types.ts";
import type { HistoryResponse } from "../schemas/states.ts";
import { toPrefectTime } from "../times.ts";

type HistoryHandler = Extract<
  keyof PrefectHandlers,
  "flowRunHistory" | "taskRunHistory" | "averageFlowRunLateness" | "readObservedStates"
>;

type Window = Pick<
  PrefectRequest<"taskRunHistory">["body"],
  "history_start" | "history_end" | "history_interval_seconds"
>;

/** A longer history ends after so many. */
const maxIntervals = 500;

export function historyHandlers({ api }: PrefectContext): Pick<PrefectHandlers, HistoryHandler> {
  return {
    flowRunHistory: async ({ body }) => ({
      status: 200,
      body: await readHistory(api, "flow-run", { window: body, where: fromFilters("flow-run", body) }),
    }),

    taskRunHistory: async ({ body }) => ({
      status: 200,
      body: await readHistory(api, "task-run", { window: body, where: fromFilters("task-run", body) }),
    }),

    async averageFlowRunLateness({ body }) {
      const { count, latenessMs } = await api.measureRuns("flow-run", fromFilters("flow-run", body));
      return { status: 200, body: count === 0 ? null : latenessMs / count / 1000 };
    },

    async readObservedStates({ query: { query, order_by: order, limit } }) {
      const start = (query ?? "").trim().toLowerCase();
      const states = (await api.listSeenStates())
        .filter(({ stateType, stateName }) =>
          [stateType, stateName].some((text) => text.toLowerCase().startsWith(start)),
        )
        .toSorted((a, b) => (order === "NAME_ASC" ? 0 : b.lastAt - a.lastAt) || byName(a, b))
        .slice(0, limit);
      return {
        status: 200,
        body: states.map(({ stateType, stateName, firstAt, lastAt }) => ({
          state_type: stateType,
          state_name: stateName,
          first_seen: toPrefectTime(firstAt),
          last_seen: toPrefectTime(lastAt),
        })),
      };
    },
  };
}

/** By the order of their characters, as a database without a locale has it. */
function byName(a: SeenState, b: SeenState): number {
  const [first, second] = [a, b].map(({ stateType, stateName }) => `${stateType} ${stateName}`) as [string, string];
  return first < second ? -1 : Number(first > second);
}

async function readHistory(
  api: Pick<Api, "readRunHistory">,
  subject: RunSubject,
  { window, where }: { readonly window: Window; readonly where: Condition },
): Promise<HistoryResponse[]> {
  const { history_start: from, history_end: end, history_interval_seconds: seconds } = window;
  if (!(seconds >= 1)) {
    throw new PrefectError({ status: 422, detail: "History interval must not be less than 1 second." });
  }
  const bucketMs = seconds * 1000;
  const count = Math.min(countBuckets({ from, to: end, bucketMs }), maxIntervals);
  if (count === 0) return [];
  const cells = await api.readRunHistory({ subject, where, from, to: from + count * bucketMs, bucketMs });
  const byBucket = Map.groupBy(cells, ({ bucket }) => bucket);
  return Array.from({ length: count }, (_, bucket) => ({
    interval_start: toPrefectTime(from + bucket * bucketMs),
    interval_end: toPrefectTime(from + (bucket + 1) * bucketMs),
    states: (byBucket.get(bucket) ?? []).map(toStateCount),
  }));
}

function toStateCount(cell: RunHistoryCell): HistoryResponse["states"][number] {
  return {
    state_type: cell.stateType,
    state_name: cell.stateName,
    count_runs: cell.count,
    sum_estimated_run_time: cell.runningMs / 1000,
    sum_estimated_lateness: cell.latenessMs / 1000,
  };
}
