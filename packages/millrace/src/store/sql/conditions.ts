/** Conditions that several lists have. */

import { anyOf, type Fragment, raw, sql, uuid } from "./fragment.ts";
import { cleanKey } from "./text.ts";
import { isUuid, uuidRange } from "./uuid.ts";

/** The column is one of these ids; what is no UUID is the id of nothing. */
export function isOneOfIds(column: string, ids: readonly string[]): Fragment {
  const [only, another] = ids;
  if (only !== undefined && another === undefined && isUuid(only)) return sql`${raw(column)} = ${uuid(only)}`;
  return anyOf(column, "uuid", ids.filter(isUuid));
}

/** The column is one of these texts. Both are cut if they are too long for an index; see `cleanKey`. */
export function isOneOfTexts(column: string, texts: readonly string[]): Fragment {
  const [only, another] = texts;
  if (only !== undefined && another === undefined) return sql`${raw(column)} = ${cleanKey(only)}`;
  return anyOf(column, "text", texts.map(cleanKey));
}

/** The column, a text, begins with this one. Both databases count characters, not units of UTF-16. */
export function startsWithText(column: string, prefix: string): Fragment {
  const characters = Array.from(prefix).length;
  return sql`substr(${raw(column)}, 1, ${raw(String(characters))}) = ${prefix}`;
}

/** The id begins with this text, found by the index. */
export function startsWith(column: string, prefix: string): Fragment {
  const range = uuidRange(prefix);
  if (range === null) return raw("1 = 0");
  return sql`${raw(column)} between ${uuid(range.first)} and ${uuid(range.last)}`;
}
