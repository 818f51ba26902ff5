/**
 * What artifacts hold. Prefect has a table as the text of some rows, an image as its address, progress in percent; ours are
 * told in sdk/artifact-data.ts. What would not come back the same from ours is kept beside it, as `source`.
 */

import { isDeepStrictEqual } from "node:util";
import { parseJson } from "../../../kit/json.ts";

/** The kinds whose data is another in Prefect. A link is sent as markdown. */
const mappedKinds: ReadonlySet<string> = new Set(["table", "image", "progress"]);

type Json = Readonly<Record<string, unknown>>;

/** Ours, of what a client sent. @param kind as the client called it */
export function fromPrefectData(kind: string, sent: unknown): unknown {
  const ours = toOurs(kind, sent);
  if (ours === null) return sent;
  return isDeepStrictEqual(toPrefectData(kind, ours), sent) ? ours : { ...ours, source: sent };
}

/** What a client is shown of ours. */
export function toPrefectData(kind: string, data: unknown): unknown {
  if (!isObject(data)) return data;
  if (mappedKinds.has(kind) && "source" in data) return data.source;
  switch (kind) {
    case "table":
      return toTableText(data);
    case "image":
      return data.url;
    case "progress":
      return typeof data.value === "number" ? data.value * 100 : data;
    case "link":
      return typeof data.text === "string" ? `[${data.text}](${String(data.url)})` : `<${String(data.url)}>`;
    default:
      return data;
  }
}

function toOurs(kind: string, sent: unknown): Json | null {
  switch (kind) {
    case "table":
      return toTable(typeof sent === "string" ? parse(sent) : sent);
    case "image":
      return typeof sent === "string" ? { url: sent, alt: null } : null;
    case "progress":
      return typeof sent === "number" ? { value: sent / 100 } : null;
    default:
      return null;
  }
}

/** Of rows as objects, rows as lists, or columns as lists. */
function toTable(rows: unknown): Json {
  if (isObject(rows)) {
    const lists = Object.values(rows).map((list) => (Array.isArray(list) ? list : [list]));
    const count = Math.max(0, ...lists.map((list) => list.length));
    const cells = Array.from({ length: count }, (_, index) => lists.map((list) => (list[index] ?? null) as unknown));
    return { columns: Object.keys(rows), rows: cells };
  }
  if (!Array.isArray(rows)) return { columns: [], rows: [] };
  if (rows.every(isObject)) {
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    return { columns, rows: rows.map((row) => columns.map((column) => row[column] ?? null)) };
  }
  const lists = rows.map((row) => (Array.isArray(row) ? row : [row]));
  const width = Math.max(0, ...lists.map((list) => list.length));
  const columns = Array.from({ length: width }, (_, index) => String(index + 1));
  return { columns, rows: lists.map((list) => columns.map((_, index) => (list[index] ?? null) as unknown)) };
}

function toTableText({ columns, rows }: Json): string {
  const names = Array.isArray(columns) ? columns.map(String) : [];
  const lists = Array.isArray(rows) ? rows.filter((row) => Array.isArray(row)) : [];
  return JSON.stringify(lists.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null]))));
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    // It is shown as it was sent.
    return null;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
