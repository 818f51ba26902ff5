/**
 * JSON Schemas that people have written, held against what other people send: each part of a schema that is looked at counts, and so
 * does each character that a pattern goes through. A schema of a few lines can ask for more work than a day has, by patterns that try
 * everything or by parts that refer to each other twice; that ends after so many steps, whatever it is.
 */

import type { Ajv2020, ErrorObject } from "ajv/dist/2020.js";
import type { JsonObject } from "../contract/objects.ts";
import { createLinearPattern, type LinearPattern } from "../kit/linear-pattern.ts";
import { PatternRefused } from "../kit/linear-pattern-nodes.ts";
import { createStepCount, type StepCount } from "../kit/step-count.ts";

/** Steps of one check: well under a second of them. */
export const maxSchemaSteps = 5_000_000;
/** Schemas within a schema. */
export const maxSchemaParts = 2000;

/** Why a schema that is one is not used. */
export class SchemaRefused extends Error {
  override readonly name = "SchemaRefused";
}

const stepsKeyword = "x-millrace-steps";

/** Its values are schemas by names that people have chosen. */
const mapKeywords: ReadonlySet<string> = new Set([
  "$defs",
  "definitions",
  "properties",
  "patternProperties",
  "dependencies",
  "dependentSchemas",
]);
/** Values, not schemas. */
const valueKeywords: ReadonlySet<string> = new Set(["enum", "const"]);
/** A reference to a value as if it were a schema. */
const toValue =
  /(?<!\/(?:\$defs|definitions|properties|patternProperties|dependencies|dependentSchemas))\/(?:enum|const)(?:\/|$)/;

export interface BoundedSchema {
  /** All that is wrong with it. @throws StepsExceeded, and RangeError where the schema goes round in a circle */
  check(data: unknown): readonly ErrorObject[];
}

/** One Ajv a schema: what a schema names by `$id` is its own. @throws SchemaRefused, and what Ajv throws for a schema that is none */
export function compileBounded(Ajv: typeof Ajv2020, schema: JsonObject): BoundedSchema {
  let count: StepCount = createStepCount(maxSchemaSteps);
  const steps: StepCount = { spend: (some) => count.spend(some) };
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    verbose: true,
    validateFormats: false,
    logger: false,
    code: { regExp: Object.assign((source: string) => toPattern(source, steps), { code: "new RegExp" }) },
  });
  ajv.addKeyword({
    keyword: stepsKeyword,
    schemaType: "number",
    errors: false,
    validate: (weight: number, data: unknown) => {
      steps.spend(weight + (sizeOf(data) >> 4));
      return true;
    },
  });
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    error: { message: "must NOT have duplicate items" },
    validate: (isWanted: boolean, data: readonly unknown[]) => !isWanted || areUnique(data, steps),
  });
  const validate = ajv.compile(countParts(schema));
  return {
    check(data) {
      count = createStepCount(maxSchemaSteps);
      return validate(data) ? [] : (validate.errors ?? []);
    },
  };
}

/** One that this language cannot read, as it was written for another, takes everything. */
function toPattern(source: string, steps: StepCount): { test(text: string): boolean; toString(): string } {
  return {
    test: (
      (pattern) => (text) =>
        pattern?.test(text, steps) ?? true
    )(readPattern(source)),
    // By which Ajv knows it.
    toString: () => source,
  };
}

function readPattern(source: string): LinearPattern | null {
  try {
    return createLinearPattern(source);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    if (!(error instanceof PatternRefused)) throw error;
    throw new SchemaRefused(`the pattern \`${source.slice(0, 100)}\` cannot be used: ${error.message}`, {
      cause: error,
    });
  }
}

/** The schema, with a keyword in each of its parts that counts when it is looked at. */
function countParts(schema: JsonObject): JsonObject {
  let parts = 0;

  function count(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(count);
    if (!isObject(value)) return value;
    if (++parts > maxSchemaParts) throw new SchemaRefused(`it has more than ${maxSchemaParts} parts`);
    let weight = 1;
    const counted = Object.entries(value).map(([keyword, part]): [string, unknown] => {
      if (keyword === "$ref" && typeof part === "string" && toValue.test(decodeURIComponent(part))) {
        throw new SchemaRefused(`\`${part.slice(0, 100)}\` refers to a value, and not to a schema`);
      }
      if (valueKeywords.has(keyword)) weight += JSON.stringify(part).length >> 4;
      if (valueKeywords.has(keyword) || typeof part !== "object") return [keyword, part];
      if (!mapKeywords.has(keyword) || !isObject(part)) return [keyword, count(part)];
      const entries = Object.entries(part);
      weight += entries.length >> 4;
      return [keyword, Object.fromEntries(entries.map(([name, each]) => [name, count(each)]))];
    });
    return Object.fromEntries([...counted, [stepsKeyword, weight]]);
  }

  return count(schema) as JsonObject;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const sizes = new WeakMap<object, number>();

/** Of which a part may have to look at each. */
function sizeOf(data: unknown): number {
  if (typeof data === "string" || Array.isArray(data)) return data.length;
  if (!isObject(data)) return 0;
  const known = sizes.get(data) ?? Object.keys(data).length;
  sizes.set(data, known);
  return known;
}

/** By their texts: comparing each with each takes the square of their number. */
function areUnique(items: readonly unknown[], steps: StepCount): boolean {
  const texts = items.map((item) => toCanonical(item, steps));
  return new Set(texts).size === texts.length;
}

/** The same for what is equal, in whatever order its fields are. */
function toCanonical(value: unknown, steps: StepCount): string {
  steps.spend(1 + (sizeOf(value) >> 4));
  if (Array.isArray(value)) return `[${value.map((item) => toCanonical(item, steps)).join()}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? "";
  const fields = Object.keys(value).toSorted();
  return `{${fields.map((name) => `${JSON.stringify(name)}:${toCanonical(value[name], steps)}`).join()}}`;
}
