import type { SqlDatabase } from "./database.ts";
import { sql, table } from "./fragment.ts";

/** Entries that are looked at in one transaction, which other writers wait for. */
const partRows = 2000;

/** In the order of their keys, part by part. Returns how many are gone. */
export async function deleteExpiredCache(db: SqlDatabase, now: number): Promise<number> {
  const pace = db.startPace();
  let deleted = 0;
  let after = "";
  for (;;) {
    const looked = sql`select key from ${table("cache_entry")} where key > ${after} order by key limit ${partRows}`;
    const [row] = await db.all(sql`select max(key) as last from (${looked}) looked`);
    const last = row?.last as string | null;
    if (last === null) return deleted;
    const [gone = 0] = await db.run(sql`
      delete from ${table("cache_entry")} where key > ${after} and key <= ${last} and expires_at < ${now}`);
    deleted += gone;
    after = last;
    await pace.rest();
  }
}
