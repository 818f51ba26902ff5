import { expect, test } from "vitest";
import { createPostgresDialect } from "../postgres/dialect.ts";
import { sqliteDialect } from "../sqlite/dialect.ts";
import { anyOf, columns, compile, contains, hasAll, join, raw, sql, table, uuid, where } from "./fragment.ts";

const id = "0190b5c8-1234-7000-8000-0000000000aa";
const postgresDialect = createPostgresDialect("millrace");

test("values become parameters in their order, also those of parts", () => {
  const inner = sql`b = ${2} or c = ${"'; drop table t"}`;
  const whole = sql`select ${raw("x")} from t where a = ${1} and (${inner}) limit ${3}`;
  expect(compile(whole, postgresDialect)).toEqual({
    text: "select x from t where a = $1 and (b = $2 or c = $3) limit $4",
    values: [1, 2, "'; drop table t", 3],
  });
  expect(compile(whole, sqliteDialect).text).toBe("select x from t where a = ? and (b = ? or c = ?) limit ?");
});

test("each database gets ids, lists and names in its own way", () => {
  const whole = sql`select ${columns("flow_run", ["name"])} from ${table("flow_run")}
    where id = ${uuid(id)} and ${anyOf("parent_run_id", "uuid", [id])} and ${anyOf("name", "text", ["a"])}
      and ${hasAll("tags", ["t"])} and ${contains("name", "n")}`;
  const inSqlite = compile(whole, sqliteDialect);
  expect(inSqlite.values).toEqual([id, JSON.stringify([id]), '["a"]', '["t"]', "n"]);
  expect(inSqlite.text).toContain("from flow_run");
  const inPostgres = compile(whole, postgresDialect);
  expect(inPostgres.values).toEqual([id, [id], ["a"], '["t"]', "n"]);
  expect(inPostgres.text).toContain("from millrace.flow_run");
});

test("conditions that are not given are left out", () => {
  const text = (...conditions: Parameters<typeof where>[0]): string => compile(where(conditions), sqliteDialect).text;
  expect(text()).toBe("");
  expect(text(undefined)).toBe("");
  expect(text(raw("a"), undefined, raw("b"))).toBe("where a and b");
  expect(compile(join([], ", "), sqliteDialect).text).toBe("");
});
