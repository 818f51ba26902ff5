/** Deleting a flow run with all that is its own, and events that are old. */

import { setImmediate as letOthers } from "node:timers/promises";
import { isTerminal, stateTypes } from "../../contract/states.ts";
import type { DeletedEvents, DeleteEventsRequest, DeleteFlowRunOptions } from "../../contract/store.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { anyOf, columns, type Fragment, raw, sql, table, uuid } from "./fragment.ts";
import { isUuid } from "./uuid.ts";

/** Rows that are deleted in one transaction, of each table: bounds how long other writers wait. */
const chunkRows = 1000;

/** Tables that hold what is a flow run's own. Events stay: they tell what happened, also of what is gone. */
const owned = ["log", "artifact", "run_input", "task_run"] as const;

/**
 * Child runs are deleted too. A big run goes in several transactions, the run itself in the last one: until then it can be
 * seen with less and less, and deleted again. One that is taken up again in between stays, with what was not deleted yet.
 */
export async function deleteFlowRun(
  db: SqlDatabase,
  id: string,
  { endedBefore, isWaiting }: DeleteFlowRunOptions = {},
): Promise<boolean> {
  if (!isUuid(id)) return false;
  const mayStay = endedBefore !== undefined ? goesOn(endedBefore) : isWaiting === true ? hasBeenTaken : raw("1 = 0");
  const tree = selectTree(id, mayStay);
  const ids = toDeletable(await db.all(tree));
  if (ids === null) return false;
  for (const name of owned) await deleteInChunks(db, name, { ids, mayStay });
  return db.runSteps(function* () {
    // Nobody takes up one of them from here on.
    yield sql`select 1 from ${table("flow_run")} where ${anyOf("id", "uuid", ids)} order by seq ${db.forUpdate}`;
    const all = toDeletable(yield tree);
    if (all === null) return false;
    // What was written meanwhile, too.
    for (const name of owned) yield sql`delete from ${table(name)} where ${anyOf("flow_run_id", "uuid", all)}`;
    yield sql`delete from ${table("flow_run")} where ${anyOf("id", "uuid", all)}`;
    return true;
  });
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

const terminal = raw(
  stateTypes
    .filter(isTerminal)
    .map((type) => `'${type}'`)
    .join(", "),
);

const hasBeenTaken = raw("(state_type <> 'SCHEDULED' or run_count > 0 or owner_id is not null)");

/** Whether a run is under way, or has ended at this time (ms UTC) or later. */
function goesOn(endedBefore: number): Fragment {
  return sql`(state_type not in (${terminal}) or ended_at >= ${endedBefore})`;
}

/** The run and all below it, each with whether it is to stay. */
function selectTree(id: string, mayStay: Fragment): Fragment {
  const stays = sql`case when ${mayStay} then 1 else 0 end`;
  return sql`
    with recursive tree (id, stays) as (
      select id, ${stays} from ${table("flow_run")} where id = ${uuid(id)}
      union select child.id, ${stays} from ${table("flow_run")} child join tree on child.parent_run_id = tree.id
    ) select ${columns("flow_run", ["id"])}, stays from tree`;
}

/** Null when there is nothing to delete, or one of them stays. */
function toDeletable(rows: readonly Row[]): readonly string[] | null {
  if (rows.length === 0 || rows.some(({ stays }) => stays === 1)) return null;
  return rows.map((row) => row.id as string);
}

/** What makes no whole chunk goes with the run itself. SQLite works within the call, so others have their turn in between. */
async function deleteInChunks(
  db: SqlDatabase,
  name: (typeof owned)[number],
  { ids, mayStay }: { readonly ids: readonly string[]; readonly mayStay: Fragment },
): Promise<void> {
  const rows = sql`select seq from ${table(name)} where ${anyOf("flow_run_id", "uuid", ids)}`;
  const isWhole = sql`exists (${rows} limit 1 offset ${raw(String(chunkRows - 1))})`;
  const noneStays = sql`not exists (select 1 from ${table("flow_run")} where ${anyOf("id", "uuid", ids)} and ${mayStay})`;
  const chunk = sql`${rows} limit ${raw(String(chunkRows))}`;
  for (;;) {
    const [deleted = 0] = await db.run(
      sql`delete from ${table(name)} where seq in (${chunk}) and ${isWhole} and ${noneStays}`,
    );
    if (deleted === 0) return;
    await letOthers();
  }
}
