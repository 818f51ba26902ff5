import type { Dialect } from "../sql/dialect.ts";

/** Lists are JSON, so that one statement serves lists of any length. `lower` knows the letters of ASCII only. */
export const sqliteDialect: Dialect = {
  table: (name) => name,
  placeholder: () => "?",
  uuid: (placeholder) => `unhex(${placeholder}, '-')`,
  anyOf: (column, placeholder, type) =>
    `${column} in (select ${type === "uuid" ? "unhex(value, '-')" : "value"} from json_each(${placeholder}))`,
  list: (values) => JSON.stringify(values),
  hasAll: (column, placeholder) =>
    `not exists (select 1 from json_each(${placeholder}) w where w.value not in (select value from json_each(${column})))`,
  contains: (column, placeholder) => `instr(lower(${column}), lower(${placeholder})) > 0`,
};
