/** Changes of single rows with the event that tells of them, in one transaction. */

import type { Event } from "../../contract/records.ts";
import type { SqlDatabase } from "./database.ts";
import { eventColumns, toEventValues } from "./event-row.ts";
import { type Fragment, join, raw, sql, table, uuid } from "./fragment.ts";
import { isIdColumn } from "./id-columns.ts";

/** Writes the event if `row` selects anything. A transaction that does begins with `beforeEvents`. */
export function tell(event: Event, row: Fragment): Fragment {
  const values = toEventValues(event).map((value, index) =>
    isIdColumn("event", eventColumns[index] ?? "") ? uuid(value as string | null) : sql`${value}`,
  );
  return sql`
    insert into ${table("event")} (${raw(eventColumns.join(", "))})
    select ${join(values, ", ")} where exists (${row}) on conflict do nothing`;
}

/**
 * Changes or deletes a row, and tells of it. The event comes first, while the row is as it was, which is held still until
 * both are done. Returns whether the row was changed.
 *
 * @param row the row to change, as `from` takes it
 * @param and what must hold beside, for the event alone
 */
export async function changeTold(
  db: SqlDatabase,
  change: Fragment,
  { event, row, and = raw("") }: { readonly event: Event | null; readonly row: Fragment; readonly and?: Fragment },
): Promise<boolean> {
  const before =
    event === null
      ? []
      : [...db.beforeEvents, sql`select 1 from ${row} ${db.forUpdate}`, tell(event, sql`select 1 from ${row} ${and}`)];
  return (await db.run(...before, change)).at(-1) === 1;
}
