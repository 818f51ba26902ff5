/** The processes that execute runs, and the slots they hold. */

import type { ExecutorProcess, SlotRequest } from "../../contract/records.ts";
import { isOneOfTexts } from "./conditions.ts";
import type { SqlDatabase } from "./database.ts";
import { type Fragment, raw, sql, table, where } from "./fragment.ts";
import { cleanKey, cleanText, cleanTextOrNull } from "./text.ts";
import { isUuid } from "./uuid.ts";

export async function writeProcess(db: SqlDatabase, process: ExecutorProcess): Promise<void> {
  await db.run(sql`
    insert into ${table("executor_process")} (id, host, boot_id, pid, start_token, started_at, lease_expires_at)
    values (${cleanKey(process.id)}, ${cleanText(process.host)}, ${cleanTextOrNull(process.bootId)}, ${process.pid},
      ${cleanTextOrNull(process.startToken)}, ${process.startedAt}, ${process.leaseExpiresAt})
    on conflict (id) do update set host = excluded.host, boot_id = excluded.boot_id, pid = excluded.pid,
      start_token = excluded.start_token, started_at = excluded.started_at, lease_expires_at = excluded.lease_expires_at`);
}

/** With the leases of the slots that it holds: a process that has no time to renew them is alive all the same. */
export async function renewProcess(db: SqlDatabase, id: string, leaseExpiresAt: number): Promise<boolean> {
  const process = table("executor_process");
  const [renewed] = await db.run(
    sql`update ${process} set lease_expires_at = ${leaseExpiresAt} where id = ${cleanKey(id)}`,
    sql`
      update ${table("slot_lease")} set expires_at = ${leaseExpiresAt}, revision = revision + 1
      where expires_at < ${leaseExpiresAt} and ${isHeldBy(id)}
        and exists (select 1 from ${process} p where p.id = ${cleanKey(id)})`,
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

/** Few runs have an owner, and those that have are an index of their own. */
export async function findLostOwners(db: SqlDatabase, limit: number): Promise<readonly string[]> {
  const rows = await db.all(sql`
    select distinct owner_id from ${table("flow_run")} flow_run
    where owner_id is not null and ended_at is null and not exists (select 1 from ${table("executor_process")} p where p.id = flow_run.owner_id)
    order by owner_id limit ${limit}`);
  return rows.map((row) => row.owner_id as string);
}

/** The leases of slots that it holds have expired: whoever ends leases settles their limits. */
export async function deleteProcess(db: SqlDatabase, id: string): Promise<void> {
  await db.run(
    sql`delete from ${table("slot")} where process_id = ${cleanKey(id)}`,
    sql`delete from ${table("executor_process")} where id = ${cleanKey(id)}`,
    sql`update ${table("slot_lease")} set expires_at = 0, revision = revision + 1 where ${isHeldBy(id)}`,
  );
}

/** The lease is of this process, which its JSON says. There are few leases at a time, and the id has no wildcards. */
function isHeldBy(processId: string): Fragment {
  return isUuid(processId) ? sql`body like ${`%"processId":"${processId}"%`}` : raw("1 = 0");
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

export async function findSlotHolders(
  db: SqlDatabase,
  limitName: string,
  processId: string,
): Promise<readonly string[]> {
  const rows = await db.all(sql`
    select holder from ${table("slot")} where limit_name = ${cleanKey(limitName)} and process_id = ${cleanKey(processId)}
    order by taken_at, holder`);
  return rows.map((row) => row.holder as string);
}
