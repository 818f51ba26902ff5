/** The names of the task runs that log lines are of. */

import type { Api } from "../contract/api.ts";
import type { LogLine } from "../contract/records.ts";

const pageSize = 2000;

/** Adds to `names`, by id, those of the lines' task runs that it does not have. */
export async function addTaskNames(
  api: Api,
  lines: readonly Pick<LogLine, "taskRunId">[],
  names: Map<string, string>,
): Promise<void> {
  const unknown = new Set(lines.flatMap(({ taskRunId: id }) => (id === null || names.has(id) ? [] : [id])));
  const ids = [...unknown];
  for (let from = 0; from < ids.length; from += pageSize) {
    const { items } = await api.listTaskRuns({ ids: ids.slice(from, from + pageSize) }, { limit: pageSize });
    for (const { id, name } of items) names.set(id, name);
  }
}
