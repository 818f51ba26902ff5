import type { Dialect } from "../sql/dialect.ts";

/** Names are qualified, and not found by a search path: poolers do not keep one. `lower` goes by the database's locale. */
export function createPostgresDialect(schema: string): Dialect {
  return {
    table: (name) => `${schema}.${name}`,
    columns: (_, names) => names.join(", "),
    placeholder: (position) => `$${position}`,
    uuid: (placeholder) => `${placeholder}::uuid`,
    anyOf: (column, placeholder, type) => `${column} = any(${placeholder}::${type}[])`,
    list: (values) => values,
    hasAll: (column, placeholder) => `${column}::jsonb @> ${placeholder}::jsonb`,
    hasAny: (column, placeholder) =>
      `exists (select 1 from jsonb_array_elements_text(${placeholder}::jsonb) w where ${column}::jsonb ? w)`,
    elementsOf: (column, name) =>
      `json_array_elements(${readable(column)}::json) with ordinality as ${name}(value, key)`,
    textIn: (column, key) => `(${readable(column)}::json ->> '${key}')`,
    contains: (column, placeholder) => `strpos(lower(${column} collate "default"), lower(${placeholder})) > 0`,
  };
}

/** PostgreSQL takes JSON, but refuses to look into it where it has U+0000 or half of a surrogate pair. */
function readable(column: string): string {
  return String.raw`regexp_replace(${column}, '\\u(0000|d[89a-f][0-9a-f]{2})', '\\ufffd', 'g')`;
}
