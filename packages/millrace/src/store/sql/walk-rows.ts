/** Goes through rows of a ledger, however many there are, part by part. */

import type { SqlDatabase } from "./database.ts";
import { type Fragment, raw, sql, table, where } from "./fragment.ts";

export interface RowsPart {
  /** Which rows are in it, beside what they have in common. */
  readonly isWithin: Fragment;
  /** The number of the row before it; null for the first part. */
  readonly after: number | null;
  readonly count: number;
}

export interface WalkOptions {
  /** What the rows have in common. */
  readonly listed?: readonly (Fragment | undefined)[];
  /** Default: in the order in which they were written. */
  readonly direction?: "asc" | "desc";
  /** All of them are gone through, however soon what is looked for is found. Default: false */
  readonly goesToEnd?: boolean;
}

export async function* walkRows(
  db: SqlDatabase,
  of: "event" | "log",
  { listed = [], direction = "asc", goesToEnd = false }: WalkOptions = {},
): AsyncGenerator<RowsPart, void, undefined> {
  const pace = db.startPace();
  const [last, isAfter, isUpTo] = direction === "asc" ? ["max", ">", "<="] : ["min", "<", ">="];
  if (goesToEnd && pace.atOnce !== undefined) {
    const [all] = await db.all(sql`
      select ${raw(last)}(seq) as last, count(*) as found from (
        select seq from ${table(of)} ${raw(of)} ${where(listed)} limit ${pace.atOnce + 1}) part`);
    const count = Number(all?.found ?? 0);
    if (count === 0) return;
    if (count <= pace.atOnce) {
      yield { isWithin: sql`seq ${raw(isUpTo)} ${Number(all?.last)}`, after: null, count };
      return;
    }
  }
  let from: number | null = null;
  for (;;) {
    const after: Fragment | undefined = from === null ? undefined : sql`seq ${raw(isAfter)} ${from}`;
    const { rows } = pace;
    const rest: Fragment = sql`from ${table(of)} ${raw(of)} ${where([...listed, after])} order by seq ${raw(direction)}`;
    // To the end of a part that is full it is a third of the way to skip its rows, and not to count them.
    const [full] = await db.all(sql`select seq as last ${rest} limit 1 offset ${rows - 1}`);
    const [short] =
      full === undefined
        ? await db.all(sql`
            select ${raw(last)}(seq) as last, count(*) as found from (select seq ${rest} limit ${rows}) part`)
        : [];
    const count = short === undefined ? rows : Number(short.found);
    if (count === 0) return;
    const to = Number((full ?? short)?.last);
    const upTo: Fragment = sql`seq ${raw(isUpTo)} ${to}`;
    yield { isWithin: after === undefined ? upTo : sql`${after} and ${upTo}`, after: from, count };
    if (full === undefined) return;
    from = to;
    await pace.rest();
  }
}
