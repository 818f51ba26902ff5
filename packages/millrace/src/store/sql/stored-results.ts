/** Where the ledger's results are that it does not hold itself: what its runs, tasks and cache refer to. */

import type { StoredResult } from "../../contract/store.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { type Fragment, raw, sql, table, where } from "./fragment.ts";

/** What refers to results, with the column that puts its rows into an order. */
const referring = [
  { of: "flow_run", by: "seq" },
  { of: "task_run", by: "seq" },
  { of: "cache_entry", by: "key" },
] as const;

/** Part by part, in no particular order; one that several rows refer to comes several times. */
export async function* walkStoredResults(db: SqlDatabase): AsyncGenerator<readonly StoredResult[], void, undefined> {
  const pace = db.startPace();
  for (const { of, by } of referring) {
    let last: string | number | null = null;
    for (;;) {
      const after: Fragment | undefined = last === null ? undefined : sql`${raw(by)} > ${last}`;
      const rows: readonly Row[] = await db.all(sql`
        select ${raw(by)} as place, case when result like '%"storage":"stored"%' then result end as result
        from ${table(of)} ${where([after])} order by ${raw(by)} limit ${pace.rows}`);
      yield rows.flatMap(({ result }) => toStoredResult(result));
      if (rows.length < pace.rows) break;
      last = rows.at(-1)?.place as string | number;
      await pace.rest();
    }
  }
}

function toStoredResult(text: unknown): readonly StoredResult[] {
  if (typeof text !== "string") return [];
  const ref = JSON.parse(text) as Partial<StoredResult> & { readonly storage?: unknown };
  // An inline value may hold the same words.
  if (ref.storage !== "stored" || typeof ref.store !== "string" || typeof ref.key !== "string") return [];
  return [{ store: ref.store, key: ref.key }];
}
