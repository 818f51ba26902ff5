/** Where in a list of log lines the matches are. */

import type { LogMatches, LogSearch } from "../../contract/log-search.ts";
import { logSeverity } from "../../contract/records.ts";
import { isOneOfIds } from "./conditions.ts";
import { toCondition } from "./condition.ts";
import type { SqlDatabase } from "./database.ts";
import { contains, sql, table, where } from "./fragment.ts";
import { cleanText } from "./text.ts";
import { walkRows } from "./walk-rows.ts";

/** @param horizon rows from this number on are left out, as they are of a list */
export async function searchLogs(
  db: SqlDatabase,
  { of: { flowRunIds, taskRunIds, minLevel, where: more }, text, ...search }: LogSearch & { readonly max: number },
  horizon?: number,
): Promise<LogMatches> {
  const listed = [
    flowRunIds && isOneOfIds("flow_run_id", flowRunIds),
    taskRunIds && isOneOfIds("task_run_id", taskRunIds),
    minLevel === undefined ? undefined : sql`severity >= ${logSeverity[minLevel]}`,
    more === undefined ? undefined : toCondition(more, "log"),
    horizon === undefined ? undefined : sql`seq < ${horizon}`,
  ];
  const matches = where([
    search.minLevel === undefined ? undefined : sql`severity >= ${logSeverity[search.minLevel]}`,
    text === undefined || text === "" ? undefined : contains("message", cleanText(text)),
  ]);
  const ordinals: number[] = [];
  let total = 0;
  for await (const { isWithin, count } of walkRows(db, "log", { listed })) {
    const missing = search.max + 1 - ordinals.length;
    if (missing > 0) {
      const rows = await db.all(sql`
        select ordinal from (
          select row_number() over (order by seq) - 1 as ordinal, severity, message
          from ${table("log")} log ${where([...listed, isWithin])}
        ) numbered ${matches} order by ordinal limit ${missing}`);
      for (const { ordinal } of rows) ordinals.push(total + Number(ordinal));
    }
    total += count;
  }
  return { total, ordinals: ordinals.slice(0, search.max), isCut: ordinals.length > search.max };
}
