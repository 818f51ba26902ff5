/** Results that are kept under keys: of cached tasks, and of transactions. Most are written with their task run. */

import type { ResultRef } from "../../contract/results.ts";
import type { CacheEntry } from "../../contract/task-run.ts";
import type { SqlDatabase } from "./database.ts";
import { columns, sql, table, uuid } from "./fragment.ts";
import { cleanKey } from "./text.ts";
import { checkUuid, isUuid } from "./uuid.ts";

export async function readCacheEntry(db: SqlDatabase, key: string): Promise<CacheEntry | null> {
  const kept = columns("cache_entry", ["result", "task_run_id", "created_at", "expires_at"]);
  const query = sql`select ${kept} from ${table("cache_entry")} where key = ${cleanKey(key)}`;
  const [row] = await db.all(query, "cache-entry");
  if (row === undefined) return null;
  return {
    key,
    result: JSON.parse(row.result as string) as ResultRef,
    taskRunId: row.task_run_id as string,
    createdAt: row.created_at as number,
    expiresAt: row.expires_at as number | null,
  };
}

export async function keepOnce(db: SqlDatabase, entry: CacheEntry): Promise<CacheEntry> {
  const { key, result, taskRunId, createdAt, expiresAt } = entry;
  await db.run(sql`
    insert into ${table("cache_entry")} as kept (key, result, task_run_id, created_at, expires_at)
    values (${cleanKey(key)}, ${JSON.stringify(result)}, ${uuid(checkUuid(taskRunId))}, ${createdAt}, ${expiresAt})
    on conflict (key) do update set result = excluded.result, task_run_id = excluded.task_run_id,
      created_at = excluded.created_at, expires_at = excluded.expires_at
    where kept.expires_at <= excluded.created_at`);
  return (await readCacheEntry(db, key)) ?? entry;
}

export async function dropKept(db: SqlDatabase, key: string, taskRunId: string): Promise<boolean> {
  if (!isUuid(taskRunId)) return false;
  const [dropped] = await db.run(
    sql`delete from ${table("cache_entry")} where key = ${cleanKey(key)} and task_run_id = ${uuid(taskRunId)}`,
  );
  return dropped === 1;
}
