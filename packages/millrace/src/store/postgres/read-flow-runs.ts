/** Flow runs by their ids: what many requests ask for at once is one question. */

import type { FlowRun } from "../../contract/flow-run.ts";
import { gather } from "../../kit/gather.ts";
import { readFlowRuns } from "../sql/flow-runs.ts";
import type { PostgresConnection } from "./connection.ts";

/** Lists of ids in one question. */
const maxLists = 100;

export function createFlowRunReader(
  connection: PostgresConnection,
): (ids: readonly string[]) => Promise<readonly FlowRun[]> {
  return gather<readonly string[], readonly FlowRun[]>({
    max: maxLists,
    ask: async (lists) => {
      const found = await readFlowRuns(connection, [...new Set(lists.flat())]);
      const byId = new Map(found.map((run) => [run.id, run]));
      return lists.map((ids) => ids.flatMap((id) => byId.get(id) ?? []));
    },
  });
}
