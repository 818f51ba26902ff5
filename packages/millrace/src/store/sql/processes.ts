/** The processes that execute runs, and the slots they hold. */

import type { ExecutorProcess, SlotRequest } from "../../contract/records.ts";
import { isOneOfTexts } from "./conditions.ts";
import type { SqlDatabase } from "./database.ts";
import { type Fragment, sql, table, where } from "./fragment.ts";
import { cleanKey, cleanText, cleanTextOrNull } from "./text.ts";

export async function writeProcess(db: SqlDatabase, process: ExecutorProcess): Promise<void> {
  await db.run(sql`
    insert into ${table("executor_process")} (id, host, boot_id, pid, start_token, started_at, lease_expires_at)
    values (${cleanKey(process.id)}, ${cleanText(process.host)}, ${cleanTextOrNull(process.bootId)}, ${process.pid},
      ${cleanTextOrNull(process.startToken)}, ${process.startedAt}, ${process.leaseExpiresAt})
    on conflict (id) do update set host = excluded.host, boot_id = excluded.boot_id, pid = excluded.pid,
      start_token = excluded.start_token, started_at = excluded.started_at, lease_expires_at = excluded.lease_expires_at`);
}

export async function renewProcess(db: SqlDatabase, id: string, leaseExpiresAt: number): Promise<boolean> {
  const [renewed] = await db.run(
    sql`update ${table("executor_process")} set lease_expires_at = ${leaseExpiresAt} where id = ${cleanKey(id)}`,
  );
  return renewed === 1;
}

/** In the order in which they started. */
export async function findProcesses(
  db: SqlDatabase,
  ids: readonly string[] | undefined,
): Promise<readonly ExecutorProcess[]> {
  const rows = await db.all(sql`
    select id, host, boot_id, pid, start_token, started_at, lease_expires_at
    from ${table("executor_process")} ${where([ids && isOneOfTexts("id", ids)])} order by started_at, id`);
  return rows.map((row) => ({
    id: row.id as string,
    host: row.host as string,
    bootId: row.boot_id as string | null,
    pid: row.pid as number,
    startToken: row.start_token as string | null,
    startedAt: row.started_at as number,
    leaseExpiresAt: row.lease_expires_at as number,
  }));
}

export async function deleteProcess(db: SqlDatabase, id: string): Promise<void> {
  await db.run(
    sql`delete from ${table("slot")} where process_id = ${cleanKey(id)}`,
    sql`delete from ${table("executor_process")} where id = ${cleanKey(id)}`,
  );
}

/**
 * Takes a slot in one statement, which changes one row if it was free and none if not. Must not run beside another of the
 * same limit. A process that is not known, or not any more, gets none: nobody would ever free it.
 */
export function takeSlot({ limitName, limit, holder, processId }: SlotRequest, at: number): Fragment {
  const slot = table("slot");
  const name = cleanKey(limitName);
  const whose = cleanKey(holder);
  const owner = cleanKey(processId);
  return sql`
    insert into ${slot} (limit_name, holder, process_id, taken_at)
    select ${name}, ${whose}, p.id, ${at} from ${table("executor_process")} p
    where p.id = ${owner} and (
      exists (select 1 from ${slot} where limit_name = ${name} and holder = ${whose})
      or (select count(*) from ${slot} where limit_name = ${name}) < ${limit})
    on conflict (limit_name, holder) do update set process_id = excluded.process_id`;
}

export async function releaseSlot(db: SqlDatabase, limitName: string, holder: string): Promise<void> {
  await db.run(
    sql`delete from ${table("slot")} where limit_name = ${cleanKey(limitName)} and holder = ${cleanKey(holder)}`,
  );
}
