/** The form that a paused run asks people to fill in: the JSON Schema of its answer, as fields. */

import type { Json, JsonObject } from "../../../contract/objects.ts";
import { type Bounded, boundsText } from "./form-bounds.ts";

export interface FormField {
  readonly name: string;
  /** "boolean", "text", "one of a, b", … */
  readonly type: string;
  /** "1 to 10", "at most 20 characters"; absent where anything of the type will do. */
  readonly bounds?: string;
  /** False for one that has an initial value. */
  readonly isRequired: boolean;
  /** What it is filled in with at first, as JSON; null for nothing. */
  readonly initial: string | null;
  readonly description: string;
}

interface Property extends Bounded {
  readonly type?: unknown;
  readonly enum?: unknown;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly format?: unknown;
  readonly title?: unknown;
  readonly description?: unknown;
  readonly items?: unknown;
  readonly anyOf?: unknown;
  readonly writeOnly?: unknown;
}

/** Definitions within definitions that are looked through. */
const maxDepth = 8;

/** The fields of an object; none for a schema of anything else. */
export function fieldsOf(schema: JsonObject, initialValues: Json = null): readonly FormField[] {
  const { required } = schema;
  const needed = new Set(Array.isArray(required) ? required : []);
  const initially = isObject(initialValues) ? initialValues : {};
  return propertiesOf(schema).map(([name, property]) => {
    const initial = initially[name] ?? property.default;
    const bounds = boundsOf(property, schema);
    return {
      name,
      type: typeText(property, schema),
      ...(bounds === null ? {} : { bounds }),
      isRequired: needed.has(name) && initial === undefined,
      initial: initial === undefined ? null : JSON.stringify(initial),
      description: textOf(property.description) ?? textOf(property.title) ?? "",
    };
  });
}

/** The fields that take texts and nothing else, but for null: what is written for them is no JSON. */
export function textFieldsOf(schema: JsonObject): ReadonlySet<string> {
  const isText = (property: Property): boolean => {
    const types = typesOf(property, schema);
    return types.includes("string") && types.every((type) => type === "string" || type === "null");
  };
  return new Set(propertiesOf(schema).flatMap(([name, property]) => (isText(property) ? [name] : [])));
}

function propertiesOf(schema: JsonObject): readonly (readonly [string, Property])[] {
  const { properties } = schema;
  if (!isObject(properties)) return [];
  return Object.entries(properties).map(([name, property]) => [name, resolve(property, schema)]);
}

/** Follows a reference to a definition of the schema; what is said beside it counts. */
function resolve(property: unknown, schema: JsonObject, depth = 0): Property {
  if (!isObject(property)) return {};
  const { $ref, allOf, ...own } = property;
  const [only, ...others] = Array.isArray(allOf) ? (allOf as readonly unknown[]) : [];
  const referred = typeof $ref === "string" ? definition(schema, $ref) : others.length === 0 ? only : undefined;
  if (referred === undefined || depth >= maxDepth) return own;
  return { ...resolve(referred, schema, depth + 1), ...own };
}

function definition(schema: JsonObject, reference: string): unknown {
  const [, group = "", name = ""] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(reference) ?? [];
  const definitions = schema[group];
  return isObject(definitions) ? definitions[name] : undefined;
}

function typeText(property: Property, schema: JsonObject, depth = 0): string {
  const { type, enum: choices, const: only, format, items, anyOf, writeOnly } = property;
  const inner = (each: unknown): string => typeText(resolve(each, schema), schema, depth + 1);
  if (depth >= maxDepth) return "JSON";
  if (Array.isArray(choices)) return `one of ${choices.map((choice) => valueText(choice)).join(", ")}`;
  if (only !== undefined) return valueText(only);
  if (Array.isArray(anyOf)) return [...new Set(anyOf.map(inner))].join(" or ");
  if (type === "string" && typeof format === "string") return format;
  if (type === "string") return writeOnly === true ? "password" : "text";
  if (type === "array") return isObject(items) ? `list of ${inner(items)}` : "list";
  if (Array.isArray(type)) return type.map((each) => (each === "string" ? "text" : String(each))).join(" or ");
  return typeof type === "string" ? type : "JSON";
}

/** Those of the first of several that has some: a number or null, as Pydantic writes what may be absent. */
function boundsOf(property: Property, schema: JsonObject): string | null {
  const own = boundsText(property);
  if (own !== null || !Array.isArray(property.anyOf)) return own;
  return property.anyOf.map((each) => boundsText(resolve(each, schema))).find((each) => each !== null) ?? null;
}

/** As JSON Schema names them; none where anything goes. */
function typesOf({ type, enum: choices, anyOf }: Property, schema: JsonObject, depth = 0): readonly unknown[] {
  if (depth >= maxDepth) return [];
  if (Array.isArray(choices)) return choices.map((choice) => (choice === null ? "null" : typeof choice));
  if (Array.isArray(anyOf)) return anyOf.flatMap((each) => typesOf(resolve(each, schema), schema, depth + 1));
  return Array.isArray(type) ? type : type === undefined ? [] : [type];
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
