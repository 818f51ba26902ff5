/**
 * What Prefect 3.9.1's own server was asked and answered, recorded once in fixtures/, against our schemas: they read
 * every request, and know every field of every answer.
 */

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { prefectRouteNames, routeOf } from "../routes-table.ts";
import type { PrefectRouteName } from "../routes-table-types.ts";

interface Exchange {
  readonly operation: PrefectRouteName;
  readonly verb: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status: number;
  readonly answer: unknown;
}

const folder = new URL("fixtures/", import.meta.url);
const readFixture = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), "utf8"));
const exchanges = readdirSync(folder)
  .filter((name) => name !== "operations.json")
  .flatMap((name) => readFixture(name) as readonly Exchange[]);
const named = exchanges.map((each) => [`${each.operation} ${each.status}`, each] as const);

/** Some of them can only be asked of a server in another state, or answer with what is not ours to record. */
const notRecorded = ["readSettings", "deleteConcurrencyLimit"];

test("there is an exchange for every operation", () => {
  const recorded = new Set(exchanges.map(({ operation }) => operation));
  expect(prefectRouteNames.filter((name) => !recorded.has(name)).sort()).toEqual(notRecorded.sort());
});

test("the table has the operations of Prefect's server, and no other", () => {
  const ours = prefectRouteNames.map((name) => {
    const { verb, path } = routeOf(name);
    return `${verb} ${path.replace(/:(\w+)/g, "{$1}")}`;
  });
  expect(ours.sort()).toEqual((readFixture("operations.json") as string[]).sort());
});

describe("requests", () => {
  test.each(named.filter(([, { status }]) => status !== 422))(
    "%s",
    (_, { operation, query = {}, body = {}, verb, path }) => {
      const route = routeOf(operation);
      expect([verb, path.split("/").length]).toEqual([route.verb, route.path.split("/").length]);
      expect(route.query?.safeParse(query).error?.issues ?? []).toEqual([]);
      expect(route.body?.safeParse(body).error?.issues ?? []).toEqual([]);
    },
  );
});

/** What a schema makes of an answer: the same, where it knows all of it. Text in parts came as a whole. */
function readAnswer({ operation, status, answer }: Exchange): unknown {
  const { answers, contentType } = routeOf(operation);
  if (!(String(status) in answers)) return `${status} is no status of ${operation}`;
  const schema = answers[status as keyof typeof answers];
  if (schema === null || schema === undefined) return null;
  return contentType === "text/csv" ? answer : schema.parse(answer);
}

describe("answers", () => {
  test.each(named.filter(([, { status }]) => status < 400))("%s", (_, exchange) => {
    expect(readAnswer(exchange)).toEqual(exchange.answer);
  });

  test("that lack a field, or have a time that is none, are found", () => {
    const [, exchange] = named.find(([name]) => name === "readFlow 200") ?? [];
    const flow = exchange?.answer as Record<string, unknown>;
    const { tags: _, ...rest } = flow;
    const { success } = routeOf("readFlow").answers[200]?.safeParse(rest) ?? {};
    const late = routeOf("readFlow").answers[200]?.safeParse({ ...flow, created: "yesterday" });
    expect([success, late?.success]).toEqual([false, false]);
  });
});
