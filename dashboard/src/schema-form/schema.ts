/**
 * Reading a JSON Schema for a form: references followed, `allOf` taken together, unions told apart. Schemas come from
 * anybody: whatever is read here ends, however they are made.
 */

import type { JsonObject } from "millrace/client";

/** References that lead to references, and schemas inside `allOf`, of one place. */
const maxSteps = 64;
/** Levels that a form shows by fields; what is deeper is shown as JSON. */
export const maxDepth = 12;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is written under a name, and never what every object has. */
export function own(object: unknown, name: string): unknown {
  return isObject(object) && Object.hasOwn(object, name) ? object[name] : undefined;
}

export const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** Where `#/$defs/name` leads. Null for an address outside of the schema. */
export function lookUp(root: JsonObject, reference: string): JsonObject | null {
  if (reference === "#") return root;
  if (!reference.startsWith("#/")) return null;
  let at: unknown = root;
  for (const part of reference.slice(2).split("/")) {
    const name = decode(part).replaceAll("~1", "/").replaceAll("~0", "~");
    at = Array.isArray(at) ? at[Number(name)] : own(at, name);
  }
  return isObject(at) ? at : null;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * The schema that holds at a place: what is referred to, with what is written beside the reference over it, and all of
 * `allOf` taken together. `true` and what cannot be read allow anything.
 */
export function resolve(node: unknown, root: JsonObject): JsonObject {
  let steps = 0;
  const join = (given: unknown): JsonObject => {
    if (!isObject(given) || steps++ > maxSteps) return {};
    const { $ref, allOf, ...rest } = given;
    let joined: JsonObject = typeof $ref === "string" ? join(lookUp(root, $ref)) : {};
    if (Array.isArray(allOf)) for (const part of allOf) joined = merge(joined, join(part));
    return merge(joined, rest);
  };
  return join(node);
}

/** What is later counts, but properties and what is required add up. */
function merge(before: JsonObject, after: JsonObject): JsonObject {
  const merged: JsonObject = { ...before, ...after };
  return {
    ...merged,
    ...(isObject(before.properties) && isObject(after.properties)
      ? { properties: { ...before.properties, ...after.properties } }
      : {}),
    ...(Array.isArray(before.required) && Array.isArray(after.required)
      ? { required: [...before.required, ...after.required] }
      : {}),
  };
}

export type Kind = "text" | "number" | "truth" | "options" | "fixed" | "list" | "object" | "choice" | "nothing" | "any";

const kindsOfTypes: Readonly<Record<string, Kind>> = {
  string: "text",
  number: "number",
  integer: "number",
  boolean: "truth",
  array: "list",
  object: "object",
  null: "nothing",
};

export interface Place {
  readonly kind: Kind;
  /** Resolved; of a union with null, that of what else it may be. */
  readonly schema: JsonObject;
  /** Whether null is a value of it. */
  readonly isNullable: boolean;
  /** Of a choice: what it is between, as written. */
  readonly branches: readonly unknown[];
}

/** What a form shows for a place in a schema. */
export function toPlace(node: unknown, root: JsonObject): Place {
  return readPlace(resolve(node, root), root, 0);
}

function readPlace(schema: JsonObject, root: JsonObject, depth: number): Place {
  const plain = (kind: Kind, isNullable = false): Place => ({ kind, schema, isNullable, branches: [] });
  if (Object.hasOwn(schema, "const")) return plain(schema.const === null ? "nothing" : "fixed");
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return plain("options");
  const union = Array.isArray(schema.oneOf) ? schema.oneOf : Array.isArray(schema.anyOf) ? schema.anyOf : null;
  if (union !== null && union.length > 0 && depth < maxDepth) {
    return readUnion({ schema, root, depth, union });
  }
  if (Array.isArray(schema.type)) {
    const types = schema.type.filter((type): type is string => typeof type === "string" && type !== "null");
    const isNullable = schema.type.includes("null");
    const [only] = types;
    if (types.length === 1 && only !== undefined) {
      return { ...readPlace({ ...schema, type: only }, root, depth + 1), isNullable };
    }
    if (types.length === 0) return plain("nothing");
    return { kind: "choice", schema, isNullable, branches: types.map((type) => ({ ...schema, type, title: type })) };
  }
  const kind = typeof schema.type === "string" ? kindsOfTypes[schema.type] : undefined;
  if (kind !== undefined) return plain(kind);
  if (isObject(schema.properties)) return plain("object");
  if (isObject(schema.items)) return plain("list");
  return plain("any");
}

function readUnion(options: {
  readonly schema: JsonObject;
  readonly root: JsonObject;
  readonly depth: number;
  readonly union: readonly unknown[];
}): Place {
  const { schema, root, depth, union } = options;
  const { anyOf: _anyOf, oneOf: _oneOf, ...around } = schema;
  const isNull = (branch: unknown): boolean => {
    const resolved = resolve(branch, root);
    return resolved.type === "null" || (Object.hasOwn(resolved, "const") && resolved.const === null);
  };
  const others = union.filter((branch) => !isNull(branch));
  const isNullable = others.length < union.length;
  if (others.length === 0) return { kind: "nothing", schema, isNullable: true, branches: [] };
  if (others.length === 1) {
    // What is said around a union is said of its only branch: its title, its default.
    const only = readPlace(merge(resolve(others[0], root), around), root, depth + 1);
    return { ...only, isNullable: only.isNullable || isNullable };
  }
  return {
    kind: "choice",
    schema,
    isNullable,
    // Properties that are written beside the union belong to each branch.
    branches: isObject(around.properties)
      ? others.map((branch) => merge({ type: "object", properties: around.properties }, resolve(branch, root)))
      : others,
  };
}

export interface Property {
  readonly name: string;
  readonly node: unknown;
  readonly isRequired: boolean;
}

/** In the order that `position` or `order` says, then as they are written. */
export function propertiesOf(schema: JsonObject, root: JsonObject): readonly Property[] {
  if (!isObject(schema.properties)) return [];
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const listed = Object.entries(schema.properties).map(([name, node], index) => {
    const { position, order } = isObject(node) && typeof node.$ref === "string" ? resolve(node, root) : asObject(node);
    const place = typeof position === "number" ? position : typeof order === "number" ? order : Infinity;
    return { name, node, isRequired: required.has(name), place, index };
  });
  listed.sort((a, b) => (a.place === b.place ? a.index - b.index : a.place - b.place));
  return listed.map(({ name, node, isRequired }) => ({ name, node, isRequired }));
}

const asObject = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** How a branch of a choice is called. */
export function branchName(branch: unknown, root: JsonObject, index: number): string {
  const schema = resolve(branch, root);
  const title = textOf(schema.title);
  if (title !== null) return title;
  const reference = textOf(own(branch, "$ref"));
  if (reference !== null) return reference.slice(reference.lastIndexOf("/") + 1);
  if (Object.hasOwn(schema, "const")) return JSON.stringify(schema.const);
  if (typeof schema.type === "string") return textOf(schema.format) ?? schema.type;
  return `Choice ${index + 1}`;
}

/** `batchSize` and `batch_size` as people write them: "Batch size". */
export function toLabel(name: string): string {
  const words = name
    .replaceAll(/[_-]+/g, " ")
    .replaceAll(
      /([a-z\d])([A-Z])(?=[a-z]|$)/g,
      (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
    )
    .trim();
  return words === "" ? name : words.charAt(0).toUpperCase() + words.slice(1);
}
