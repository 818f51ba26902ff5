/** Goes through rows of a ledger, however many there are, part by part. */

import type { SqlDatabase } from "./database.ts";
import { type Fragment, raw, sql, table, where } from "./fragment.ts";

export interface RowsPart {
  /** Which rows are in it, beside what they have in common. */
  readonly isWithin: Fragment;
  readonly count: number;
}

/** In the order in which they were written. @param listed what the rows have in common */
export async function* walkRows(
  db: SqlDatabase,
  of: "event" | "log",
  { listed = [], direction = "asc" }: { listed?: readonly (Fragment | undefined)[]; direction?: "asc" | "desc" } = {},
): AsyncGenerator<RowsPart, void, undefined> {
  const pace = db.startPace();
  const [last, isAfter, isUpTo] = direction === "asc" ? ["max", ">", "<="] : ["min", "<", ">="];
  let from: number | null = null;
  for (;;) {
    const after: Fragment | undefined = from === null ? undefined : sql`seq ${raw(isAfter)} ${from}`;
    const [row] = await db.all(sql`
      select ${raw(last)}(seq) as last, count(*) as found from (
        select seq from ${table(of)} ${raw(of)} ${where([...listed, after])}
        order by seq ${raw(direction)} limit ${pace.rows}) part`);
    const count = Number(row?.found ?? 0);
    if (count === 0) return;
    const isShort = count < pace.rows;
    const to = Number(row?.last);
    const upTo: Fragment = sql`seq ${raw(isUpTo)} ${to}`;
    yield { isWithin: after === undefined ? upTo : sql`${after} and ${upTo}`, count };
    if (isShort) return;
    from = to;
    await pace.rest();
  }
}
