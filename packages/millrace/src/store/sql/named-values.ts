/** Secrets and the inputs of runs. */

import type { Event, RunInput, SealedSecret } from "../../contract/records.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { columns, sql, table, uuid, where } from "./fragment.ts";
import { changeTold, tell } from "./tell.ts";
import { cleanKey, cleanText, cleanTextOrNull } from "./text.ts";
import { isUuid } from "./uuid.ts";

export async function readSecret(db: SqlDatabase, name: string): Promise<SealedSecret | null> {
  const [row] = await db.all(
    sql`select name, sealed, created_at, updated_at from ${table("secret")} where name = ${cleanKey(name)}`,
  );
  return row === undefined ? null : { ...toSecret(row), sealed: row.sealed as string };
}

/** In the order of their names. */
export async function findSecrets(db: SqlDatabase): Promise<readonly Omit<SealedSecret, "sealed">[]> {
  const rows = await db.all(sql`select name, created_at, updated_at from ${table("secret")} order by name`);
  return rows.map(toSecret);
}

export async function writeSecret(
  db: SqlDatabase,
  secret: { readonly name: string; readonly sealed: string; readonly at: number },
  event: Event | null,
): Promise<void> {
  const write = sql`
    insert into ${table("secret")} (name, sealed, created_at, updated_at)
    values (${cleanKey(secret.name)}, ${cleanText(secret.sealed)}, ${secret.at}, ${secret.at})
    on conflict (name) do update set sealed = excluded.sealed, updated_at = excluded.updated_at`;
  await db.run(...(event === null ? [write] : [...db.beforeEvents, write, tell(event, sql`select 1`)]));
}

export async function deleteSecret(db: SqlDatabase, name: string, event: Event | null): Promise<boolean> {
  const row = sql`${table("secret")} where name = ${cleanKey(name)}`;
  return changeTold(db, sql`delete from ${row}`, { event, row });
}

export async function findSealedSecrets(
  db: SqlDatabase,
  after: string | null,
  limit: number,
): Promise<readonly SealedSecret[]> {
  const isAfter = after === null ? undefined : sql`name > ${cleanKey(after)}`;
  const rows = await db.all(sql`
    select name, sealed, created_at, updated_at from ${table("secret")} ${where([isAfter])} order by name limit ${limit}`);
  return rows.map((row) => ({ ...toSecret(row), sealed: row.sealed as string }));
}

export async function resealSecret(
  db: SqlDatabase,
  { name, from, to }: { readonly name: string; readonly from: string; readonly to: string },
): Promise<boolean> {
  const [written] = await db.run(sql`
    update ${table("secret")} set sealed = ${cleanText(to)} where name = ${cleanKey(name)} and sealed = ${cleanText(from)}`);
  return written === 1;
}

function toSecret(row: Row): Omit<SealedSecret, "sealed"> {
  return {
    name: row.name as string,
    createdAt: row.created_at as number,
    updatedAt: row.updated_at as number,
  };
}

/** False when it is there already, and when the run is not. */
export async function writeRunInput(db: SqlDatabase, input: RunInput): Promise<boolean> {
  if (!isUuid(input.flowRunId)) return false;
  const [written] = await db.run(sql`
    insert into ${table("run_input")} (flow_run_id, key, id, value, sender, created_at)
    select f.id, ${cleanKey(input.key)}, ${cleanKey(input.id)}, ${cleanText(input.value)},
      ${cleanTextOrNull(input.sender)}, ${input.createdAt}
    from ${table("flow_run")} f where f.id = ${uuid(input.flowRunId)}
    on conflict (flow_run_id, key, id) do nothing`);
  return written === 1;
}

/** In the order in which they came. */
export async function findRunInputs(
  db: SqlDatabase,
  flowRunId: string,
  key: string | undefined,
): Promise<readonly RunInput[]> {
  if (!isUuid(flowRunId)) return [];
  const conditions = [
    sql`flow_run_id = ${uuid(flowRunId)}`,
    key === undefined ? undefined : sql`key = ${cleanKey(key)}`,
  ];
  const rows = await db.all(sql`
    select ${columns("run_input", ["flow_run_id", "key", "id", "value", "sender", "created_at"])} from ${table("run_input")} ${where(conditions)} order by seq`);
  return rows.map((row) => ({
    flowRunId: row.flow_run_id as string,
    key: row.key as string,
    id: row.id as string,
    value: row.value as string,
    sender: row.sender as string | null,
    createdAt: row.created_at as number,
  }));
}

/** All of the key. False when there is none. */
export async function deleteRunInputs(db: SqlDatabase, flowRunId: string, key: string): Promise<boolean> {
  if (!isUuid(flowRunId)) return false;
  const [deleted = 0] = await db.run(
    sql`delete from ${table("run_input")} where flow_run_id = ${uuid(flowRunId)} and key = ${cleanKey(key)}`,
  );
  return deleted > 0;
}
