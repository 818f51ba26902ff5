import type { PrefectApi } from "./client.ts";
import { measureRate, type Rate } from "./in-flight.ts";

/** How many of each can be read: what a page of Prefect's dashboard asks for at the most. */
export const listed = 200;

export interface Reads {
  readonly flowRunLists: Rate;
  readonly flowRuns: Rate;
  readonly taskRunLists: Rate;
}

/** Reads a second: lists of 200 flow runs, single flow runs, lists of 200 task runs. */
export async function measureReads(
  api: PrefectApi,
  plan: { readonly ids: readonly string[]; readonly count: number; readonly width: number; readonly limitMs: number },
): Promise<Reads> {
  const { ids, count, width, limitMs } = plan;
  const list = async (path: string, body: unknown): Promise<void> => {
    const rows = await api.ask<readonly unknown[]>("POST", path, body);
    if (rows.length !== listed) throw new Error(`${path} has ${rows.length} rows, not ${listed}`);
  };
  const measure = (work: (index: number) => Promise<unknown>): Promise<Rate> =>
    measureRate({ items: Array(count).keys(), width, limitMs, work });
  return {
    flowRunLists: await measure(() => list("/flow_runs/filter", { sort: "START_TIME_DESC", limit: listed })),
    flowRuns: await measure((index) => api.ask("GET", `/flow_runs/${ids[index % ids.length]}`)),
    taskRunLists: await measure(() => list("/task_runs/filter", { limit: listed })),
  };
}
