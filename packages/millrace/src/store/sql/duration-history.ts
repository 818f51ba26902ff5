/** How long flow runs took that completed, by interval: one statement over the newest of them, from which only ranks come back. */

import { countBuckets, type DurationCell, type DurationHistory } from "../../contract/aggregates.ts";
import type { DurationHistoryQuestion } from "../../contract/store.ts";
import { toBucket } from "./aggregates.ts";
import { toCondition } from "./condition.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { raw, sql, table } from "./fragment.ts";

/** That of all intervals. */
const whole = -1;

export async function readDurationHistory(
  db: SqlDatabase,
  { where, from, to, bucketMs, maxRuns }: DurationHistoryQuestion,
): Promise<DurationHistory> {
  const count = countBuckets({ from, to, bucketMs });
  if (count === 0) return { isCut: false, whole: null, cells: [] };
  const bucket = toBucket("flow_run.started_at", { from, widthMs: bucketMs, count });
  // In the order of the index by which the newest are found, and one more than wanted, which tells that there are more.
  const startedAt = sql`coalesce(flow_run.started_at, -1)`;
  // Ranks within each interval, and among all.
  const rows = await db.all(sql`
    with newest as materialized (
      select ${bucket} as bucket, flow_run.ended_at - flow_run.started_at as took, ${startedAt} as began
      from ${table("flow_run")} flow_run
      where flow_run.state_type = 'COMPLETED' and flow_run.ended_at is not null
        and flow_run.started_at is not null
        and ${startedAt} >= ${from} and ${startedAt} < ${from + count * bucketMs}
        and ${toCondition(where, "flow-run")}
      order by ${startedAt} desc limit ${maxRuns + 1}),
    completed as (select bucket, took from newest order by began desc limit ${maxRuns}),
    ranked as (
      select bucket, took, row_number() over (partition by bucket order by took) as rank,
        count(*) over (partition by bucket) as found
      from completed
      union all
      select ${raw(String(whole))}, took, row_number() over (order by took), count(*) over () from completed)
    select bucket, max(found) as found, max(case when rank = (found + 1) / 2 then took end) as p50,
      max(case when rank = (found * 95 + 99) / 100 then took end) as p95,
      (select count(*) from newest) as seen
    from ranked group by bucket order by bucket`);
  const cells = rows.map(toCell);
  const isCut = Number(rows[0]?.seen ?? 0) > maxRuns;
  return { isCut, whole: wholeOf(cells), cells: cells.filter((cell) => cell.bucket !== whole) };
}

function wholeOf(cells: readonly DurationCell[]): DurationHistory["whole"] {
  const found = cells.find((cell) => cell.bucket === whole);
  return found === undefined ? null : { count: found.count, p50Ms: found.p50Ms, p95Ms: found.p95Ms };
}

const toCell = (row: Row): DurationCell => ({
  bucket: row.bucket as number,
  count: row.found as number,
  // A clock that was set back makes none negative.
  p50Ms: Math.max(0, row.p50 as number),
  p95Ms: Math.max(0, row.p95 as number),
});
