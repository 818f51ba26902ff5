/** Where in a list of log lines the matches are. */

import type { LogMatches, LogSearch } from "../../contract/log-search.ts";
import { logSeverity } from "../../contract/records.ts";
import { isOneOfIds } from "./conditions.ts";
import { toCondition } from "./condition.ts";
import type { SqlDatabase } from "./database.ts";
import { contains, type Fragment, join, raw, sql, table, where } from "./fragment.ts";
import { cleanText } from "./text.ts";
import { type RowsPart, walkRows } from "./walk-rows.ts";

/** Of so many matches in a part each is counted to from the one before; of more, all lines of the part are numbered. */
const mostCountedTo = 100;

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
  const matching = [
    search.minLevel === undefined ? undefined : sql`severity >= ${logSeverity[search.minLevel]}`,
    text === undefined || text === "" ? undefined : contains("message", cleanText(text)),
  ];
  // With the lines of several runs each counting would begin anew in each of them.
  const isOfOne = flowRunIds?.length === 1 || taskRunIds?.length === 1;
  const ordinals: number[] = [];
  let total = 0;
  for await (const part of walkRows(db, "log", { listed, goesToEnd: true })) {
    const missing = search.max + 1 - ordinals.length;
    if (missing > 0) {
      const asked: Asked = { listed, matching, part, max: missing };
      const places = (isOfOne ? await countTo(db, asked) : null) ?? (await numberAll(db, asked));
      for (const place of places) ordinals.push(total + place);
    }
    total += part.count;
  }
  return { total, ordinals: ordinals.slice(0, search.max), isCut: ordinals.length > search.max };
}

interface Asked {
  readonly listed: readonly (Fragment | undefined)[];
  readonly matching: readonly (Fragment | undefined)[];
  readonly part: RowsPart;
  /** Matches that are told. */
  readonly max: number;
}

/** The places of matches in a part that has few, or none: an index knows the lines between them. Null when there are more. */
async function countTo(db: SqlDatabase, { listed, matching, part, max }: Asked): Promise<readonly number[] | null> {
  const limit = Math.min(max, mostCountedTo + 1);
  const rows = await db.all(sql`
    select (
      select count(*) from ${table("log")} log ${where([...listed, sql`seq > found.previous and seq <= found.seq`])}
    ) as steps
    from (
      select seq, coalesce(lag(seq) over (order by seq), ${part.after ?? 0}) as previous from (
        select seq from ${table("log")} log ${where([...listed, part.isWithin, ...matching])} order by seq limit ${limit}
      ) matches
    ) found order by seq`);
  if (rows.length > mostCountedTo && rows.length < max) return null;
  let place = -1;
  return rows.map(({ steps }) => (place += Number(steps)));
}

/**
 * The places of matches in a part that has many. Whether a line matches is told beside its number, so that no message is carried
 * along, and as the lines come in the order of their numbers the first matches are found without looking at the rest.
 */
async function numberAll(db: SqlDatabase, { listed, matching, part, max }: Asked): Promise<readonly number[]> {
  const rows = await db.all(sql`
    select ordinal from (
      select seq, row_number() over (order by seq) - 1 as ordinal, (${all(matching)}) as is_match
      from ${table("log")} log ${where([...listed, part.isWithin])}
    ) numbered where is_match order by seq limit ${max}`);
  return rows.map(({ ordinal }) => Number(ordinal));
}

function all(conditions: readonly (Fragment | undefined)[]): Fragment {
  const given = conditions.filter((condition) => condition !== undefined);
  return given.length === 0 ? raw("1 = 1") : join(given, " and ");
}
