/** How many events there were in each part of a time: they are gone through part by part. */

import { countBuckets, type EventHistoryCell, type EventHistoryRequest } from "../../contract/aggregates.ts";
import { toBucket } from "./aggregates.ts";
import type { SqlDatabase } from "./database.ts";
import { eventKind } from "./event-row.ts";
import { raw, sql, table, where } from "./fragment.ts";
import { toEventConditions, walkEvents } from "./traces.ts";

/** What tells of something that went wrong, as contract/aggregates.ts has it. */
const isFailure = `(kind <> ${eventKind.custom} and name in ('Failed', 'Crashed', 'TimedOut'))
  or (kind = ${eventKind.custom} and name = 'millrace.automation.action.failed')`;

export async function readEventHistory(
  db: SqlDatabase,
  { filter, from, to, bucketMs, enough = Infinity }: EventHistoryRequest,
): Promise<readonly EventHistoryCell[]> {
  const count = countBuckets({ from, to, bucketMs });
  if (count === 0) return [];
  const bucket = toBucket("at", { from, widthMs: bucketMs, count });
  const conditions = [...toEventConditions(filter), sql`at >= ${from}`, sql`at <= ${to}`];
  const found = new Map<number, { count: number; failures: number }>();
  let counted = 0;
  for await (const { isWithin } of walkEvents(db, filter)) {
    const rows = await db.all(sql`
      select bucket, count(*) as found, sum(failure) as failures from (
        select ${bucket} as bucket, case when ${raw(isFailure)} then 1 else 0 end as failure
        from ${table("event")} ${where([isWithin, ...conditions])}) part
      group by bucket`);
    for (const row of rows) {
      const cell = found.get(Number(row.bucket)) ?? { count: 0, failures: 0 };
      cell.count += Number(row.found);
      cell.failures += Number(row.failures);
      found.set(Number(row.bucket), cell);
      counted += Number(row.found);
    }
    if (counted >= enough) break;
  }
  return [...found].toSorted(([a], [b]) => a - b).map(([index, cell]) => ({ bucket: index, ...cell }));
}
