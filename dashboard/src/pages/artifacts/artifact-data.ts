/** What artifacts hold, read from their JSON text whoever has written it. */

import type { Artifact, ArtifactRow } from "millrace/client";

/** What of an artifact is drawn. */
export type Content = Pick<Artifact, "id" | "key" | "kind" | "data">;

const encoder = new TextEncoder();

/** Null for one of which the row has only the start. */
export function wholeOf({ id, key, kind, preview, sizeBytes }: ArtifactRow): Content | null {
  return encoder.encode(preview).length === sizeBytes ? { id, key, kind, data: preview } : null;
}

type Data = Pick<Artifact, "kind" | "data">;

/** Undefined for a text that is no JSON. */
export function readData({ data }: Pick<Artifact, "data">): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return undefined;
  }
}

export interface TableData {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Of columns and rows, or of rows that are objects. Null for what is neither. */
export function toTable(data: unknown): TableData | null {
  if (Array.isArray(data)) return fromObjects(data);
  if (typeof data !== "object" || data === null) return null;
  const { columns, rows } = data as { readonly columns?: unknown; readonly rows?: unknown };
  if (!Array.isArray(columns) || !Array.isArray(rows)) return null;
  return { columns: columns.map(String), rows: rows.map((row) => (Array.isArray(row) ? row : [row])) };
}

function fromObjects(rows: readonly unknown[]): TableData | null {
  if (!rows.every((row) => typeof row === "object" && row !== null && !Array.isArray(row))) return null;
  const records = rows as readonly Readonly<Record<string, unknown>>[];
  const columns = [...new Set(records.flatMap((row) => Object.keys(row)))];
  return {
    columns,
    rows: records.map((row) => columns.map((name) => (Object.hasOwn(row, name) ? row[name] : null))),
  };
}

/** From 0 to 1; null for what says none. */
export function toProgress(data: unknown): number | null {
  const value = typeof data === "number" ? data : fieldOf(data, "value");
  return typeof value === "number" && Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : null;
}

export function fieldOf(data: unknown, name: string): unknown {
  return typeof data === "object" && data !== null && Object.hasOwn(data, name)
    ? (data as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

export function textField(data: unknown, name: string): string | null {
  const value = fieldOf(data, name);
  return typeof value === "string" && value !== "" ? value : null;
}

export function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** As RFC 4180 has it, with line feeds. Cells that a spreadsheet would take for a formula are texts in it. */
export function toCsv({ columns, rows }: TableData): string {
  const line = (cells: readonly unknown[]): string => `${cells.map(csvCell).join(",")}\n`;
  return line(columns) + rows.map(line).join("");
}

function csvCell(value: unknown): string {
  const text = cellText(value);
  const safe = typeof value === "string" && /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** What two versions are compared by. */
export function toText(artifact: Data): string {
  const data = readData(artifact);
  if (data === undefined) return artifact.data;
  if (typeof data === "string") return data;
  const table = artifact.kind === "table" ? toTable(data) : null;
  return table === null ? JSON.stringify(data, null, 2) : toCsv(table);
}

export interface Measure {
  readonly name: string;
  readonly value: number;
}

/** A number that a version can be followed by: how far it is, or what the first column of numbers comes to. */
export function toMeasure(artifact: Data): Measure | null {
  const data = readData(artifact);
  if (artifact.kind === "progress") {
    const value = toProgress(data);
    return value === null ? null : { name: "Progress", value };
  }
  const table = artifact.kind === "table" ? toTable(data) : null;
  if (table === null) return null;
  const at = table.columns.findIndex((_, index) => table.rows.some((row) => typeof row[index] === "number"));
  const name = table.columns[at];
  if (name === undefined) return null;
  const value = table.rows.reduce((sum, row) => sum + (typeof row[at] === "number" ? row[at] : 0), 0);
  return { name: `Sum of ${name}`, value };
}

/** Numbers by size, then texts as people sort them; what is not there last. */
export function compareCells(a: unknown, b: unknown): number {
  const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === "";
  if (isEmpty(a) || isEmpty(b)) return Number(isEmpty(a)) - Number(isEmpty(b));
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "number" || typeof b === "number") return typeof a === "number" ? -1 : 1;
  return cellText(a).localeCompare(cellText(b), "en", { numeric: true });
}
