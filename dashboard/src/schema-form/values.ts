/** Values by a JSON Schema: what a form begins with, which branch of a choice a value is of, and changes by path. */

import type { JsonObject } from "millrace/client";
import { isObject, maxDepth, own, propertiesOf, resolve, toPlace } from "./schema.ts";

/** Values that are made up for one place in all, so that a schema that contains itself many times ends. */
const maxMade = 2000;

/** What a form begins with: the defaults, and what is required as empty as it may be. Undefined: nothing is given. */
export function initialOf(node: unknown, root: JsonObject): unknown {
  let made = 0;
  const make = (given: unknown, depth: number): unknown => {
    made++;
    const { kind, schema, isNullable, branches } = toPlace(given, root);
    if (Object.hasOwn(schema, "default")) return structuredClone(schema.default);
    if (kind === "fixed") return schema.const;
    if (isNullable || kind === "nothing") return null;
    if (kind === "options") return Array.isArray(schema.enum) ? schema.enum[0] : undefined;
    if (kind === "text") return "";
    if (kind === "truth") return false;
    if (depth >= maxDepth || made > maxMade) return undefined;
    if (kind === "list") return [];
    if (kind === "choice") return make(branches[0], depth + 1);
    if (kind === "object") return makeObject(schema, depth);
    return undefined;
  };
  const makeObject = (schema: JsonObject, depth: number): JsonObject => {
    const values: Record<string, unknown> = {};
    for (const { name, node: inner, isRequired } of propertiesOf(schema, root)) {
      if (made > maxMade) break;
      if (!isRequired && !hasDefault(inner, root)) continue;
      const value = make(inner, depth + 1);
      if (value !== undefined) define(values, name, value);
    }
    return values;
  };
  return make(node, 0);
}

function hasDefault(node: unknown, root: JsonObject): boolean {
  return Object.hasOwn(resolve(node, root), "default");
}

/** What a form over a whole schema begins with: its defaults, and nothing made up for what has none. */
export function defaultsOf(schema: JsonObject): JsonObject {
  const values: Record<string, unknown> = {};
  for (const { name, node } of propertiesOf(resolve(schema, schema), schema)) {
    const resolved = resolve(node, schema);
    if (Object.hasOwn(resolved, "default")) define(values, name, structuredClone(resolved.default));
  }
  return values;
}

/** Sets an own property, whatever its name is. */
function define(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

/** With a property changed; undefined takes it away. Order is kept. */
export function withProperty(object: JsonObject, name: string, value: unknown): JsonObject {
  const next: Record<string, unknown> = {};
  for (const [each, before] of Object.entries(object)) {
    if (each !== name) define(next, each, before);
    else if (value !== undefined) define(next, each, value);
  }
  if (value !== undefined && !Object.hasOwn(object, name)) define(next, name, value);
  return next;
}

/** With a property called otherwise, at its place. */
export function withName(object: JsonObject, name: string, nextName: string): JsonObject {
  const next: Record<string, unknown> = {};
  for (const [each, value] of Object.entries(object)) define(next, each === name ? nextName : each, value);
  return next;
}

/** Whether a value could be shown by the field of a place, seen from outside. */
export function suits(value: unknown, node: unknown, root: JsonObject): boolean {
  const { kind, schema, isNullable, branches } = toPlace(node, root);
  if (value === null) return isNullable || kind === "nothing" || kind === "any" || isOption(value, schema);
  switch (kind) {
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number" && (schema.type !== "integer" || Number.isInteger(value));
    case "truth":
      return typeof value === "boolean";
    case "list":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "options":
      return isOption(value, schema);
    case "fixed":
      return isSame(value, schema.const);
    case "nothing":
      return false;
    case "choice":
    case "any":
      return branches.length === 0 || branchOf(value, branches, root) !== null;
  }
}

function isOption(value: unknown, { enum: options }: JsonObject): boolean {
  return Array.isArray(options) && options.some((option) => isSame(option, value));
}

/** As JSON. */
export function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b));
}

/** Branches that are looked at. */
const maxBranches = 200;

/**
 * Which branch a value is of, by its place: the one that suits it best. Of objects, the one whose fixed properties it has,
 * then the one that knows most of its properties and misses fewest. Null when none suits.
 */
export function branchOf(value: unknown, branches: readonly unknown[], root: JsonObject): number | null {
  let best: { readonly index: number; readonly rank: number } | null = null;
  for (const [index, branch] of branches.slice(0, maxBranches).entries()) {
    const rank = rankOf(value, branch, root);
    if (rank !== null && (best === null || rank > best.rank)) best = { index, rank };
  }
  return best?.index ?? null;
}

function rankOf(value: unknown, branch: unknown, root: JsonObject): number | null {
  const { kind, schema } = toPlace(branch, root);
  // Choices inside of choices suit by the look of it; they are told apart when they are shown.
  if (kind === "choice") return 0;
  if (!suits(value, branch, root)) return null;
  if (kind === "any") return -1000;
  if (kind !== "object" || !isObject(value)) return kind === "fixed" || kind === "options" ? 2 : 1;
  let rank = 0;
  const properties = propertiesOf(schema, root);
  for (const { name, node, isRequired } of properties.slice(0, maxBranches)) {
    const inner = own(value, name);
    const expected = resolve(node, root);
    if (inner === undefined) rank -= isRequired ? 2 : 0;
    else if (Object.hasOwn(expected, "const") && !isSame(expected.const, inner)) return null;
    else rank += Object.hasOwn(expected, "const") ? 10 : 1;
  }
  return rank;
}
