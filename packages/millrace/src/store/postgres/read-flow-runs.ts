/** Flow runs by their ids: what many requests ask for at once is one question. */

import type { FlowRun } from "../../contract/flow-run.ts";
import { gather } from "../../kit/gather.ts";
import { flowRunColumns, toFlowRun } from "../sql/flow-run-row.ts";
import { readFlowRuns } from "../sql/flow-runs.ts";
import { isUuid } from "../sql/uuid.ts";
import type { PostgresConnection } from "./connection.ts";

/** Lists of ids in one question. */
const maxLists = 100;

export function createFlowRunReader(
  connection: PostgresConnection,
): (ids: readonly string[]) => Promise<readonly FlowRun[]> {
  const { schema } = connection;
  // Each run by the index of its id, whatever is known of the table: a plan that a connection made while the table was small
  // must not go through all of it later. How many are asked for is hidden in JSON: else it would be planned anew each time.
  const ofMany = {
    name: "flow-runs-by-id",
    text: `select seq, ${flowRunColumns.join(", ")} from json_array_elements_text($1::json) as asked(asked_id)
      cross join lateral (select * from ${schema}.flow_run where id = asked_id::uuid offset 0) as found`,
  };

  async function readMany(ids: readonly string[]): Promise<readonly FlowRun[]> {
    const [only, another] = ids;
    if (only === undefined || another === undefined) return readFlowRuns(connection, ids);
    const rows = await connection.queryPrepared(ofMany, [JSON.stringify(ids)]);
    return rows.map(toFlowRun);
  }

  return gather<readonly string[], readonly FlowRun[]>({
    max: maxLists,
    ask: async (lists) => {
      const found = await readMany([...new Set(lists.flat())].filter(isUuid));
      const byId = new Map(found.map((run) => [run.id, run]));
      return lists.map((ids) => ids.flatMap((id) => byId.get(id) ?? []));
    },
  });
}
