/**
 * Pages by keyset: a cursor holds the values of the last row, so that a page costs the same wherever it is.
 *
 * Cursors are not signed. A cursor is a bound that is added to what the caller asks for, over rows that the caller may read anyway:
 * one that somebody has made up skips rows, and shows none. It has to be of this list and order, and its value of the column's type.
 */

import { MillraceError } from "../../contract/errors.ts";
import type { Page, PageRequest } from "../../contract/records.ts";
import type { Row } from "./database.ts";
import { type Fragment, raw, sql, uuid } from "./fragment.ts";
import { cleanText } from "./text.ts";
import { isUuid } from "./uuid.ts";

const defaultLimit = 200;
const maxLimit = 10_000;
/** Of one that is refused. */
const maxToldChars = 200;

/** An order of rows that is total: by `column`, and by `seq` among equals. By `seq` alone where there is no column. */
export interface Order {
  /** The table. */
  readonly of: string;
  readonly column?: string;
  /** What the column holds; of UUIDs the rows have it under the same name, as texts. Default: numbers. */
  readonly type?: "number" | "text" | "uuid";
  readonly direction: "asc" | "desc";
}

function placeOf({ of, column = "seq", type }: Order): string {
  return type === "uuid" ? `${of}.${column}` : column;
}

export interface Keyset {
  readonly limit: number;
  /** The condition that continues after the cursor. */
  readonly after: Fragment | undefined;
  /** `order by … limit …`; one row more than the page, which tells whether there is another. */
  readonly tail: Fragment;
  /** Cuts the rows to the page. They need `seq`, and the order's column as `sort_value`. */
  toPage<T>(rows: readonly Row[], toItem: (row: Row) => T): Page<T>;
}

/** USAGE for a cursor that is not of such a list, or a limit that is none. */
export function toKeyset(order: Order, page: PageRequest): Keyset {
  const limit = toLimit(page.limit ?? defaultLimit);
  const { column, direction } = order;
  const offset = toOffset(page.offset ?? 0);
  const cursor = page.cursor == null ? undefined : fromCursor(page.cursor, order);
  const sorted = column === undefined ? "seq" : `${placeOf(order)} ${direction}, seq`;
  return {
    limit,
    after: cursor === undefined ? undefined : isAfter(order, cursor),
    tail: sql`order by ${raw(`${sorted} ${direction}`)} limit ${limit + 1}${offset === 0 ? raw("") : sql` offset ${offset}`}`,
    toPage: (rows, toItem) => ({
      items: rows.slice(0, limit).map(toItem),
      next: rows.length > limit ? toCursor(rows[limit - 1] as Row, order) : null,
    }),
  };
}

function toLimit(limit: number): number {
  if (Number.isInteger(limit) && limit > 0) return Math.min(limit, maxLimit);
  throw new MillraceError("USAGE", {
    reason: `A page of ${limit} items cannot be had`,
    advice: `Ask for 1 to ${maxLimit} items.`,
  });
}

function toOffset(offset: number): number {
  if (Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new MillraceError("USAGE", {
    reason: `A page cannot begin after ${offset} items`,
    advice: "Leave out 0 or more.",
  });
}

function isAfter(order: Order, { seq, value }: Cursor): Fragment {
  const { column, direction, type } = order;
  const beyond = raw(direction === "asc" ? ">" : "<");
  return column === undefined
    ? sql`seq ${beyond} ${seq}`
    : sql`(${raw(placeOf(order))}, seq) ${beyond} (${type === "uuid" ? uuid(String(value)) : value}, ${seq})`;
}

interface Cursor {
  readonly seq: number;
  /** Null where the order is by `seq` alone. */
  readonly value: string | number | null;
}

/** The list and the order are in the cursor, so that one list's cursor is not taken for another's. */
function toCursor(row: Row, { of, column, direction, type }: Order): string {
  const value = column === undefined ? null : row[type === "uuid" ? column : "sort_value"];
  const cursor = [of, direction, column ?? "seq", row.seq, value];
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

function fromCursor(text: string, order: Order): Cursor {
  const { of, column = "seq", direction } = order;
  const [itsList, itsDirection, itsColumn, seq, value = null, ...more] = parse(text);
  if (itsList !== of || itsDirection !== direction || itsColumn !== column || more.length > 0) throw notACursor(text);
  if (typeof seq !== "number" || !Number.isSafeInteger(seq) || !isOfOrder(value, order)) throw notACursor(text);
  return { seq, value: typeof value === "string" ? cleanText(value) : value };
}

function isOfOrder(value: unknown, { column, type = "number" }: Order): value is Cursor["value"] {
  if (column === undefined) return value === null;
  switch (type) {
    case "number":
      return typeof value === "number";
    case "text":
      return typeof value === "string";
    case "uuid":
      return typeof value === "string" && isUuid(value);
  }
}

function parse(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    if (Array.isArray(parsed)) return parsed;
  } catch {
    // Told below.
  }
  throw notACursor(text);
}

function notACursor(text: string): MillraceError {
  return new MillraceError("USAGE", {
    reason: `The cursor \`${text.slice(0, maxToldChars)}\` does not continue this list`,
    advice: "Begin again without a cursor.",
  });
}
