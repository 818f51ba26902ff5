/** Whether a work pool has room for one more run: asked within the transaction that takes it. */

import type { PoolRoom } from "../../contract/record.ts";
import { isOneOfIds } from "./conditions.ts";
import type { Row } from "./database.ts";
import { type Fragment, join, raw, sql, table } from "./fragment.ts";

/** One row for each limit, in order: how many runs are under way. */
export function countUnderWay({ limits }: PoolRoom): Fragment {
  const counts = limits.map(
    ({ workQueueIds }, index) => sql`
      select ${raw(String(index))} as position, count(*) as active from ${table("flow_run")}
      where ${isOneOfIds("work_queue_id", workQueueIds)} and state_type in ('PENDING', 'RUNNING')`,
  );
  return sql`${join(counts, " union all ")} order by position`;
}

export function hasRoom({ limits }: PoolRoom, counted: readonly Row[]): boolean {
  return limits.every(({ limit }, index) => ((counted[index]?.active as number | undefined) ?? 0) < limit);
}
