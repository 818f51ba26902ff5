/**
 * Takes an export into a ledger, which servers and flows may use meanwhile. The file is read twice: to its end first, so that
 * nothing is written of one that is not whole.
 */

import { isMillraceError, MillraceError } from "../../contract/errors.ts";
import type { ImportState, RowWriter } from "../../contract/ledger-rows.ts";
import type { Clock } from "../../kit/clock.ts";
import { openStore } from "../open-store.ts";
import type { Settings } from "../settings.ts";
import { type ExportEnd, type ExportHeader, invalid, readExport } from "./export-file.ts";

export interface ImportRequest {
  readonly settings: Pick<Settings, "home" | "database" | "durability">;
  readonly clock: Clock;
  readonly from: string;
  /** What becomes of the import when the ledger has something of it already. */
  readonly onConflict: "skip" | "fail";
  readonly onProgress?: (progress: { readonly rows: number; readonly of: number }) => void;
  readonly signal?: AbortSignal;
}

export interface Imported {
  readonly id: string;
  /** Rows of the file. */
  readonly rows: number;
  /** Rows that were written now, by table. */
  readonly written: Readonly<Record<string, number>>;
  /** Rows that were left out, because the ledger has them, or what they belong to. */
  readonly skipped: number;
  /** Rows that an earlier attempt at the same file had dealt with. */
  readonly done: number;
}

/** @throws EXPORT_INVALID, IMPORT_CONFLICT, LEDGER_BUSY, and what opening the ledger throws */
export async function importLedger(request: ImportRequest): Promise<Imported> {
  const { settings, clock, from, onConflict } = request;
  // First of all: an old file is no reason to make a ledger.
  const { header, end } = await readToEnd(from);
  const store = await openStore({ ...settings, poolSize: 2 }, clock);
  try {
    const writer = await store.openRowWriter();
    checkTables(header, { writer, from });
    const found = await writer.readImport(header.id);
    const begun = found === null || found.isDone ? null : found;
    if (onConflict === "fail" && begun === null) await refuseKnown(request, writer);
    const state = begun ?? (await writer.startImport(header.id, clock.now()));
    return await writeAll({ ...request, writer, header, end, begun: state });
  } finally {
    await store.close();
  }
}

async function readToEnd(from: string): Promise<{ readonly header: ExportHeader; readonly end: ExportEnd }> {
  let header: ExportHeader | null = null;
  const parts = readExport(from, (found) => {
    header = found;
  });
  for (;;) {
    const step = await parts.next();
    if (step.done === true) return { header: header as unknown as ExportHeader, end: step.value };
  }
}

/** A column that this version does not know would be lost. */
function checkTables(
  header: ExportHeader,
  { writer, from }: { readonly writer: RowWriter; readonly from: string },
): void {
  for (const [table, columns] of Object.entries(header.tables)) {
    const known = writer.tables.get(table);
    const strange = known === undefined ? table : columns.find((column) => !known.includes(column));
    if (strange === undefined) continue;
    const reason = `it has \`${strange}\`${strange === table ? "" : ` of ${table}`}, which this Millrace does not know`;
    throw invalid(from, reason, `Upgrade Millrace to ${header.millrace} or newer.`);
  }
}

async function refuseKnown({ from }: ImportRequest, writer: RowWriter): Promise<void> {
  for await (const { table, rows } of readExport(from, () => undefined)) {
    const count = await writer.countKnown(table, rows);
    if (count > 0) throw new MillraceError("IMPORT_CONFLICT", { count, table, location: from });
  }
}

async function writeAll(
  request: ImportRequest & {
    readonly writer: RowWriter;
    readonly header: ExportHeader;
    readonly end: ExportEnd;
    readonly begun: ImportState;
  },
): Promise<Imported> {
  const { from, clock, writer, header, end, begun, onProgress = () => undefined, signal } = request;
  const of = Object.values(end.rows).reduce((sum, count) => sum + count, 0);
  const written: Record<string, number> = {};
  let state = begun;
  let seen = 0;
  for await (const part of readExport(from, () => undefined)) {
    signal?.throwIfAborted();
    // What another attempt has dealt with.
    const rows = part.rows.slice(Math.max(0, Math.min(part.rows.length, state.rowsDone - seen)));
    seen += part.rows.length;
    if (rows.length === 0) continue;
    const one = { importId: header.id, state, table: part.table, rows, at: clock.now() };
    const outcome = await writer.writeRows(one).catch(tellOfOther(from));
    state = outcome.state;
    written[part.table] = (written[part.table] ?? 0) + outcome.written;
    onProgress({ rows: seen, of });
  }
  await writer.finishImport(header.id, state, clock.now());
  const total = Object.values(written).reduce((sum, count) => sum + count, 0);
  return { id: header.id, rows: of, written, skipped: of - begun.rowsDone - total, done: begun.rowsDone };
}

function tellOfOther(from: string) {
  return (error: unknown): never => {
    if (isMillraceError(error, "LEDGER_BUSY") && String(error.data.location).startsWith("import ")) {
      throw new MillraceError(
        "LEDGER_IN_USE",
        { location: from, who: ", which imports the same file" },
        { cause: error },
      );
    }
    throw error;
  };
}
