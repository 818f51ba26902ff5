/** Deleting a flow run with all that is its own, and events that are old. */

import type { DeletedEvents, DeleteEventsRequest } from "../../contract/store.ts";
import type { SqlDatabase } from "./database.ts";
import { anyOf, columns, raw, sql, table, uuid } from "./fragment.ts";
import { isUuid } from "./uuid.ts";

/** Rows that are deleted in one transaction: bounds how long other writers wait. */
const chunkRows = 1000;

/** Tables that hold what is a flow run's own. Events stay: they tell what happened, also of what is gone. */
const owned = ["log", "artifact", "run_input", "task_run"] as const;

/**
 * Child runs are deleted too. A big run goes in several transactions, the run itself in the last one: until then it can be
 * seen with less and less, and deleted again.
 */
export async function deleteFlowRun(db: SqlDatabase, id: string): Promise<boolean> {
  if (!isUuid(id)) return false;
  const ids = await readTree(db, id);
  if (ids.length === 0) return false;
  for (const name of owned) await deleteInChunks(db, name, ids);
  // What its own process wrote meanwhile, in the transaction that ends the run.
  const rest = owned.map((name) => sql`delete from ${table(name)} where ${anyOf("flow_run_id", "uuid", ids)}`);
  const changed = await db.run(...rest, sql`delete from ${table("flow_run")} where ${anyOf("id", "uuid", ids)}`);
  return (changed.at(-1) ?? 0) > 0;
}

/** By their numbers, which have an index; the times of events that clients tell of may be in any order. */
export async function deleteEvents(db: SqlDatabase, request: DeleteEventsRequest): Promise<DeletedEvents> {
  const { before, afterSeq, belowSeq, limit } = request;
  const looked = sql`select seq from ${table("event")} where seq > ${afterSeq} and seq < ${belowSeq} order by seq limit ${limit}`;
  const [row] = await db.all(sql`select max(seq) as seq from (${looked}) looked`);
  const lastSeq = (row?.seq ?? null) as number | null;
  if (lastSeq === null) return { deleted: 0, lastSeq };
  const [deleted = 0] = await db.run(
    sql`delete from ${table("event")} where seq > ${afterSeq} and seq <= ${lastSeq} and at < ${before}`,
  );
  return { deleted, lastSeq };
}

async function readTree(db: SqlDatabase, id: string): Promise<readonly string[]> {
  const rows = await db.all(sql`
    with recursive tree (id) as (
      select id from ${table("flow_run")} where id = ${uuid(id)}
      union select child.id from ${table("flow_run")} child join tree on child.parent_run_id = tree.id
    ) select ${columns("flow_run", ["id"])} from tree`);
  return rows.map((row) => row.id as string);
}

async function deleteInChunks(db: SqlDatabase, name: (typeof owned)[number], ids: readonly string[]): Promise<void> {
  const chunk = sql`select seq from ${table(name)} where ${anyOf("flow_run_id", "uuid", ids)} limit ${raw(String(chunkRows))}`;
  for (let deleted = chunkRows; deleted === chunkRows; ) {
    [deleted = 0] = await db.run(sql`delete from ${table(name)} where seq in (${chunk})`);
  }
}
