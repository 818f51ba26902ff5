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
  contains: (column, placeholder) => `strpos(lower(${column} collate "default"), lower(${placeholder})) > 0`,
  };
}
