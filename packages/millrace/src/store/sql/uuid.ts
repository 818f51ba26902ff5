/** Ids are UUIDs: 16 bytes in SQLite, the type `uuid` in PostgreSQL, text in lower case everywhere else. */

import { assert } from "../../kit/assert.ts";

const canonical = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isUuid(text: string): boolean {
  return canonical.test(text);
}

/** The id, which a column of ids must be able to hold: SQLite would take another text for no id at all. */
export function checkUuid(id: string): string {
  if (!canonical.test(id)) assert(false, "is-uuid", id);
  return id;
}

export function checkUuidOrNull(id: string | null | undefined): string | null {
  return id == null ? null : checkUuid(id);
}

const first = "00000000-0000-0000-0000-000000000000";
const last = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** The first and the last UUID that begin with this text; null when none does. */
export function uuidRange(prefix: string): { readonly first: string; readonly last: string } | null {
  const range = { first: prefix + first.slice(prefix.length), last: prefix + last.slice(prefix.length) };
  return isUuid(range.first) ? range : null;
}
