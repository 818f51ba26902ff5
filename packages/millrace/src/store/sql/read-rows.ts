/** Reading a ledger as rows; see contract/ledger-rows.ts. */

import type { LedgerRow, RowReader, RowSelection } from "../../contract/ledger-rows.ts";
import { assert } from "../../kit/assert.ts";
import { startsWithText } from "./conditions.ts";
import { copiedTable, copiedTables, ownConfigurations } from "./copied-tables.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { anyOf, columns, type Fragment, join, raw, sql, table, where } from "./fragment.ts";

/** Rows of one statement: they may be long. */
const partRows = 500;

export type RowSource = Pick<SqlDatabase, "all" | "listColumns">;

/** The columns of each table that is copied, in the order of their names. */
export async function readColumns(db: RowSource): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const { name } of copiedTables) {
    const rows = await db.all(db.listColumns(name));
    found.set(
      name,
      rows
        .map((row) => String(row.name))
        .filter((column) => column !== "seq")
        .toSorted(),
    );
  }
  return found;
}

/** @param db in which nothing changes meanwhile */
export async function createRowReader(db: RowSource): Promise<RowReader> {
  const tables = await readColumns(db);
  return { tables, walk: (name, selection) => walkTable(db, { name, tables, selection }) };
}

async function* walkTable(
  db: RowSource,
  request: {
    readonly name: string;
    readonly tables: RowReader["tables"];
    readonly selection: RowSelection;
  },
): AsyncGenerator<readonly LedgerRow[], void, undefined> {
  const { name, tables, selection } = request;
  const spec = copiedTable(name);
  const names = tables.get(name);
  if (spec === undefined || names === undefined) assert(false, "is-copied-table", name);
  const chosen = choose(name, selection);
  if (chosen === null) return;
  const order = raw(spec.order.map((column) => `part.${column}`).join(", "));
  let last: Row | null = null;
  for (;;) {
    const after: Fragment | undefined =
      last === null ? undefined : sql`(${order}) > (${join(placeOf(last, spec.order), ", ")})`;
    const rows: readonly Row[] = await db.all(sql`
      select ${raw(spec.order.map((column, at) => `part.${column} as place_${at}`).join(", "))}, ${columns(name, names)}
      from ${table(name)} part ${where([...chosen, after])} order by ${order} limit ${partRows}`);
    if (rows.length > 0) yield rows.map((row) => toLedgerRow(row, { name, names, selection }));
    if (rows.length < partRows) return;
    last = rows.at(-1) ?? null;
  }
}

function placeOf(row: Row, order: readonly string[]): readonly Fragment[] {
  return order.map((_, at) => sql`${row[`place_${at}`] as string | number}`);
}

/** What a process held in the other ledger it does not hold in a copy: its leases have ended, and its pid says nothing. */
const settled: Readonly<Record<string, Readonly<Record<string, number | null>>>> = {
  executor_process: { lease_expires_at: 0, boot_id: null, start_token: null },
  slot_lease: { expires_at: 0 },
};

function toLedgerRow(
  row: Row,
  {
    name,
    names,
    selection,
  }: { readonly name: string; readonly names: readonly string[]; readonly selection: RowSelection },
): LedgerRow {
  const changed = {
    ...settled[name],
    ...(name === "account" && selection.withoutSecrets ? { password_hash: null } : {}),
  };
  const found: Record<string, string | number> = {};
  for (const column of names) {
    const value = column in changed ? changed[column as keyof typeof changed] : row[column];
    if (value != null) found[column] = value as string | number;
  }
  return found;
}

const secretTables: ReadonlySet<string> = new Set(["secret", "block_document"]);

/** Conditions on `part`; null: none of the table. */
function choose(name: string, selection: RowSelection): readonly Fragment[] | null {
  const { since, withoutLogs = false, withoutSecrets = false } = selection;
  if ((withoutLogs && name === "log") || (withoutSecrets && secretTables.has(name))) return null;
  if (name === "configuration") {
    return ownConfigurations.map((own) => sql`not (${startsWithText("part.name", own)})`);
  }
  const chosenRuns = toRuns(selection);
  const { isOfRun, time } = copiedTable(name) ?? {};
  if (name === "flow_run" && chosenRuns !== null) return [sql`part.root_run_id in (${chosenRuns})`];
  const newer = since === undefined || time === undefined ? [] : [sql`part.${raw(time)} >= ${since}`];
  if (isOfRun !== true || chosenRuns === null) return newer;
  const ofRuns = sql`part.flow_run_id in (
    select id from ${table("flow_run")} where root_run_id in (${chosenRuns}))`;
  // What belongs to no run is chosen by its time; of one flow alone it is not.
  if (selection.flowNames !== undefined) return [ofRuns];
  return [
    sql`(${ofRuns} or (part.flow_run_id is null and ${join(newer.length > 0 ? newer : [raw("1 = 1")], " and ")}))`,
  ];
}

/** The uppermost runs that are chosen; null for all. */
function toRuns({ since, flowNames }: RowSelection): Fragment | null {
  if (since === undefined && flowNames === undefined) return null;
  return sql`select id from ${table("flow_run")} ${where([
    raw("id = root_run_id"),
    since === undefined ? undefined : sql`created_at >= ${since}`,
    flowNames === undefined ? undefined : anyOf("flow_name", "text", flowNames),
  ])}`;
}
