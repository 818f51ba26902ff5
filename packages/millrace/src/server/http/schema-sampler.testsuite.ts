/** Values of JSON Schemas, and what makes them bad: drawn from a seed, so that a case can be had again. */

import type { Random } from "../../kit/random.ts";
import type { JsonSchema } from "./openapi-schema.ts";

/** How deep a value goes where its schema goes on for ever. */
const maxDepth = 5;

const texts = [
  "",
  "a",
  "etl",
  "nightly run",
  "0199a000-0000-7000-8000-000000000001",
  "RUNNING",
  "%",
  "_",
  "'",
  "é",
  "2026-11-22",
];

export function createSchemaSampler(document: unknown, random: Random): (schema: JsonSchema) => unknown {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;

  function resolve(reference: string): JsonSchema {
    let found: unknown = document;
    for (const part of reference.slice(2).split("/")) found = (found as Record<string, unknown>)[part];
    return found as JsonSchema;
  }

  function sample(given: JsonSchema, depth = 0): unknown {
    const schema = given as Record<string, unknown>;
    if (typeof schema.$ref === "string") return depth > maxDepth ? null : sample(resolve(schema.$ref), depth + 1);
    if ("const" in schema) return schema.const;
    if (Array.isArray(schema.enum)) return pick(schema.enum);
    for (const word of ["anyOf", "oneOf"]) {
      const choices = schema[word];
      if (Array.isArray(choices)) return sample(pick(choices as JsonSchema[]), depth + 1);
    }
    if (Array.isArray(schema.allOf)) {
      return Object.assign({}, ...(schema.allOf as JsonSchema[]).map((each) => sample(each, depth + 1)));
    }
    const type = Array.isArray(schema.type) ? pick(schema.type as string[]) : schema.type;
    switch (type) {
      case "null":
        return null;
      case "boolean":
        return random() < 0.5;
      case "integer":
      case "number":
        return pick(
          [0, 1, 2, 50, 1000, 1.5, -1, 1_764_000_000_000].filter((n) => type === "number" || Number.isInteger(n)),
        );
      case "string":
        return pick(texts);
      case "array":
        return depth > maxDepth
          ? []
          : Array.from({ length: Math.floor(random() * 3) }, () =>
              sample((schema.items ?? {}) as JsonSchema, depth + 1),
            );
      case "object": {
        const required = new Set((schema.required ?? []) as string[]);
        const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
        const taken = properties.filter(([name]) => required.has(name) || (depth < maxDepth && random() < 0.4));
        return Object.fromEntries(taken.map(([name, each]) => [name, sample(each, depth + 1)]));
      }
      default:
        return pick<unknown>([null, 1, "a", [], {}, { a: 1 }]);
    }
  }
  return sample;
}

/** What is put in the place of a value, or beside it. */
const bad: readonly unknown[] = [
  null,
  "",
  "\0",
  "a\0b",
  "\ud800",
  "'; drop table flow_run; --",
  '" or 1=1 --',
  "%_\\",
  "$.a",
  '$."a"[0]',
  "{{ constructor.constructor('return process')() }}",
  "{% for i in range(1000000) %}{{ i }}{% endfor %}",
  "* * * * * * * * *",
  "0 0 31 2 *",
  "FREQ=SECONDLY;BYSECOND=61",
  `${"(a+".repeat(30)}${")+".repeat(30)}$`,
  "a".repeat(20_000),
  // JSON within JSON, which the depth of the body says nothing of.
  "[".repeat(5000) + "]".repeat(5000),
  "../../../../etc/passwd",
  "__proto__",
  "constructor",
  "9".repeat(400),
  "NaN",
  -1,
  0,
  1e308,
  -1e308,
  2 ** 53,
  2 ** 63,
  0.1,
  true,
  [],
  {},
  [[[[[[]]]]]],
  { "": "" },
  { __proto__: null, constructor: { prototype: { isBad: true } } },
  JSON.parse('{"__proto__":{"isBad":true}}'),
  Array.from({ length: 2000 }, (_, at) => at),
];

/** The value with one or two places of it made bad. */
export function spoil(value: unknown, random: Random): unknown {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  if (Array.isArray(value) && value.length > 0 && random() < 0.8) {
    const at = Math.floor(random() * value.length);
    return value.map((item: unknown, index) => (index === at ? spoil(item, random) : item));
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value) && random() < 0.9) {
    const entries = Object.entries(value);
    if (entries.length === 0 || random() < 0.15) {
      const key = pick(["__proto__", "constructor", "prototype", "toString", "", "a.b", "$.a", "'", "limit", "cursor"]);
      // A key of this name and no prototype: as JSON.parse makes it.
      return JSON.parse(JSON.stringify({ ...value, "\u0001": pick(bad) }).replace('"\\u0001"', JSON.stringify(key)));
    }
    const [chosen] = pick(entries);
    const spoilt = entries.flatMap(([key, each]): (readonly [string, unknown])[] =>
      key === chosen ? (random() < 0.1 ? [] : [[key, spoil(each, random)]]) : [[key, each]],
    );
    return Object.fromEntries(spoilt);
  }
  return pick(bad);
}
