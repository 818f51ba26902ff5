/** Writing rows of another ledger; see contract/ledger-rows.ts. */

import { MillraceError } from "../../contract/errors.ts";
import { configurationIdOf } from "../../contract/evaluations.ts";
import { importName, type ImportState, type LedgerRow, type RowWriter } from "../../contract/ledger-rows.ts";
import { copiedTable, numberedTables } from "./copied-tables.ts";
import type { Row, SqlDatabase, Steps } from "./database.ts";
import { anyOf, columns, type Fragment, join, raw, sql, table, uuid } from "./fragment.ts";
import { isIdColumn } from "./id-columns.ts";
import { readColumns } from "./read-rows.ts";
import { isUuid } from "./uuid.ts";

type Part = Parameters<RowWriter["writeRows"]>[0];

export async function createRowWriter(db: SqlDatabase): Promise<RowWriter> {
  const tables = await readColumns(db);
  return {
    tables,
    readImport: async (importId) => (await readState(db, importId))?.state ?? null,
    startImport: (importId, at) => startImport(db, importId, at),
    writeRows: (part) => writeRows(db, part, tables),
    finishImport: async (importId, state, at) => {
      await db.runSteps(function* () {
        yield* keepState(importId, { from: state, to: { ...state, isDone: true }, at });
      });
    },
    countKnown: (name, rows) => countKnown(db, name, rows),
  };
}

function selectState(importId: string): Fragment {
  return sql`select revision, body from ${table("configuration")} where id = ${uuid(configurationIdOf(importName(importId)))}`;
}

function toState(row: Row | undefined): { readonly state: ImportState; readonly revision: number } | null {
  if (row === undefined) return null;
  const { value } = JSON.parse(row.body as string) as { readonly value: ImportState };
  return { state: value, revision: row.revision as number };
}

async function readState(db: SqlDatabase, importId: string) {
  return toState((await db.all(selectState(importId)))[0]);
}

async function startImport(db: SqlDatabase, importId: string, at: number): Promise<ImportState> {
  const before: Record<string, number> = {};
  for (const name of numberedTables) {
    const [row] = await db.all(sql`select coalesce(max(seq), 0) as seq from ${table(name)}`);
    before[name] = Number(row?.seq ?? 0);
  }
  const found = await readState(db, importId);
  const state: ImportState = { rowsDone: 0, isDone: false, eventRanges: found?.state.eventRanges ?? [], before };
  const name = importName(importId);
  const body = JSON.stringify({ value: state });
  await db.run(sql`
    insert into ${table("configuration")} as kept (id, revision, created_at, updated_at, name, body)
    values (${uuid(configurationIdOf(name))}, 1, ${at}, ${at}, ${name}, ${body})
    on conflict (id) do update set revision = kept.revision + 1, updated_at = excluded.updated_at, body = excluded.body`);
  return state;
}

/** Only over the state that is known: of two processes with the same file one goes on. */
function* keepState(
  importId: string,
  { from, to, at }: { readonly from: ImportState; readonly to: ImportState; readonly at: number },
): Steps<void> {
  const known = toState((yield selectState(importId))[0]);
  if (known === null || known.state.rowsDone !== from.rowsDone || known.state.isDone) {
    throw new MillraceError("LEDGER_BUSY", { location: `import ${importId}`, waited: "no time" });
  }
  const changed = yield sql`
    update ${table("configuration")} set revision = revision + 1, updated_at = ${at}, body = ${JSON.stringify({ value: to })}
    where id = ${uuid(configurationIdOf(importName(importId)))} and revision = ${known.revision} returning revision`;
  if (changed.length === 0)
    throw new MillraceError("LEDGER_BUSY", { location: `import ${importId}`, waited: "no time" });
}

async function writeRows(
  db: SqlDatabase,
  { importId, state, table: name, rows, at }: Part,
  tables: RowWriter["tables"],
): Promise<{ readonly state: ImportState; readonly written: number }> {
  const known = new Set(tables.get(name));
  const names = [...known].filter((column) => rows.some((row) => column in row));
  return db.runSteps(function* () {
    for (const lock of db.beforeEvents) yield lock;
    const fresh = yield* findFresh(name, rows, state);
    const inserted = fresh.length === 0 ? [] : yield insertRows(name, names, fresh);
    if (name === "flow_run") yield* dropLost(fresh);
    const eventRanges =
      name === "event"
        ? withNumbers(
            state.eventRanges,
            inserted.map((row) => Number(row.seq)),
          )
        : state.eventRanges;
    const next: ImportState = { ...state, rowsDone: state.rowsDone + rows.length, eventRanges };
    yield* keepState(importId, { from: state, to: next, at });
    return { state: next, written: inserted.length };
  });
}

function insertRows(name: string, names: readonly string[], rows: readonly LedgerRow[]): Fragment {
  const values = rows.map((row) => {
    const ofRow = names.map((column) => {
      const value = row[column] ?? null;
      return isIdColumn(name, column) ? uuid(value as string | null) : sql`${value}`;
    });
    return sql`(${join(ofRow, ", ")})`;
  });
  const told = raw(copiedTable(name)?.order[0] ?? "seq");
  return sql`
    insert into ${table(name)} (${raw(names.join(", "))}) values ${join(values, ", ")}
    on conflict do nothing returning ${told}`;
}

/** Without the rows whose owner is not there, or was there before, with all that was its own. */
function* findFresh(name: string, rows: readonly LedgerRow[], state: ImportState): Steps<readonly LedgerRow[]> {
  const spec = copiedTable(name);
  if (spec?.of !== undefined) {
    const { table: owner, by } = spec.of;
    const there = yield* findIds(
      owner,
      rows.map((row) => row[by]),
    );
    return rows.filter((row) => there.has(row[by]));
  }
  const isKnownText = name === "audit_entry" || name === "event" || name === "log";
  const same = isKnownText ? yield* findSame(name, rows, state) : new Set<string>();
  if (spec?.isOfRun !== true) return rows.filter((row) => !same.has(sameKey(row)));
  const runs = yield* findIds(
    "flow_run",
    rows.map((row) => row.flow_run_id),
  );
  const tasks = yield* findIds("task_run", name === "task_run" ? [] : rows.map(taskWithoutRun));
  const told = yield* findOwnersBefore(name, rows, state);
  return rows.filter((row) => {
    const { flow_run_id: run } = row;
    if (run !== undefined) return !runs.has(run) && !told.has(run);
    const task = taskWithoutRun(row);
    return task === undefined ? !same.has(sameKey(row)) : !tasks.has(task);
  });
}

const taskWithoutRun = (row: LedgerRow): string | number | undefined =>
  row.flow_run_id === undefined ? row.task_run_id : undefined;

function* findIds(name: string, ids: readonly (string | number | undefined)[]): Steps<ReadonlySet<unknown>> {
  const wanted = [...new Set(ids)].filter((id) => typeof id === "string" && isUuid(id)) as string[];
  if (wanted.length === 0) return new Set();
  const rows = yield sql`select ${columns(name, ["id"])} from ${table(name)} where ${anyOf("id", "uuid", wanted)}`;
  return new Set(rows.map((row) => row.id));
}

/** Runs that are gone, but whose events or logs were there before. */
function* findOwnersBefore(
  name: string,
  rows: readonly LedgerRow[],
  { before }: ImportState,
): Steps<ReadonlySet<unknown>> {
  const last = before[name];
  const wanted = [...new Set(rows.map((row) => row.flow_run_id))].filter((id) => typeof id === "string") as string[];
  if (last === undefined || wanted.length === 0) return new Set();
  const found = yield sql`
    select distinct ${columns(name, ["flow_run_id"])} from ${table(name)}
    where ${anyOf("flow_run_id", "uuid", wanted)} and seq <= ${last}`;
  return new Set(found.map((row) => row.flow_run_id));
}

/** Rows that belong to nothing and have no id: the same time and the same words. */
function* findSame(name: string, rows: readonly LedgerRow[], { before }: ImportState): Steps<ReadonlySet<string>> {
  const times = rows
    .filter((row) => row.flow_run_id === undefined && row.task_run_id === undefined)
    .map((row) => Number(row.at));
  const last = before[name] ?? 0;
  if (times.length === 0 || last === 0) return new Set();
  const word = name === "audit_entry" ? "request_id" : name === "event" ? "name" : "message";
  const alone = name === "audit_entry" ? raw("1 = 1") : raw("flow_run_id is null and task_run_id is null");
  const found = yield sql`
    select at, ${raw(word)} as word from ${table(name)}
    where ${alone} and seq <= ${last} and at >= ${Math.min(...times)} and at <= ${Math.max(...times)}`;
  return new Set(found.map((row) => `${String(row.at)} ${String(row.word)}`));
}

const sameKey = (row: LedgerRow): string => `${row.at} ${row.request_id ?? row.message ?? row.name}`;

/** A run that another has the idempotency key of was not written: what is its own goes, too. */
function* dropLost(rows: readonly LedgerRow[]): Steps<void> {
  const there = yield* findIds(
    "flow_run",
    rows.map((row) => row.id),
  );
  const lost = rows.map((row) => String(row.id)).filter((id) => !there.has(id));
  if (lost.length === 0) return;
  for (const name of ["log", "artifact", "run_input", "task_run", "event"]) {
    yield sql`delete from ${table(name)} where ${anyOf("flow_run_id", "uuid", lost)}`;
  }
}

async function countKnown(db: SqlDatabase, name: string, rows: readonly LedgerRow[]): Promise<number> {
  const id = copiedTable(name)?.id;
  if (id == null) return 0;
  const ids = rows.map((row) => String(row[id]));
  const type = isIdColumn(name, id) ? "uuid" : "text";
  const [found] = await db.all(sql`select count(*) as found from ${table(name)} where ${anyOf(id, type, ids)}`);
  return Number(found?.found ?? 0);
}

/** Numbers that follow each other are one range. */
export function withNumbers(
  ranges: ImportState["eventRanges"],
  numbers: readonly number[],
): ImportState["eventRanges"] {
  const made = ranges.map(([first, last]): [number, number] => [first, last]);
  for (const number of numbers.toSorted((one, other) => one - other)) {
    const newest = made.at(-1);
    if (newest !== undefined && newest[1] + 1 === number) newest[1] = number;
    else made.push([number, number]);
  }
  return made;
}
