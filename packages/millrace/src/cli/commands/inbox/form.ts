/** The form that a paused run asks people to fill in: the JSON Schema of its answer, as fields. */

import type { FlowRun } from "../../../contract/flow-run.ts";
import type { JsonObject } from "../../../contract/objects.ts";

export interface FormField {
  readonly name: string;
  /** "boolean", "text", "one of a, b", … */
  readonly type: string;
  readonly isRequired: boolean;
  /** As JSON; null for none. */
  readonly initial: string | null;
  readonly description: string;
}

/** Null for a run that asks for no answer, but waits to be resumed. */
export function schemaOf({ state }: FlowRun): JsonObject | null {
  const schema = state.details?.inputSchema;
  return typeof schema === "object" && schema !== null ? (schema as JsonObject) : null;
}

interface Property {
  readonly type?: unknown;
  readonly enum?: unknown;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly format?: unknown;
  readonly title?: unknown;
  readonly description?: unknown;
  readonly items?: unknown;
}

/** The fields of an object; none for a schema of anything else. */
export function fieldsOf(schema: JsonObject): readonly FormField[] {
  const { properties, required } = schema;
  if (typeof properties !== "object" || properties === null) return [];
  const needed = new Set(Array.isArray(required) ? required : []);
  return Object.entries(properties as Readonly<Record<string, Property>>).map(([name, property]) => ({
    name,
    type: typeText(property),
    isRequired: needed.has(name) && property.default === undefined,
    initial: property.default === undefined ? null : JSON.stringify(property.default),
    description: textOf(property.description) ?? textOf(property.title) ?? "",
  }));
}

function typeText({ type, enum: choices, const: only, format, items }: Property): string {
  if (Array.isArray(choices)) return `one of ${choices.map((choice) => valueText(choice)).join(", ")}`;
  if (only !== undefined) return valueText(only);
  if (type === "string") return typeof format === "string" ? format : "text";
  if (type === "array") {
    return typeof items === "object" && items !== null ? `list of ${typeText(items as Property)}` : "list";
  }
  if (Array.isArray(type)) return type.join(" or ");
  return typeof type === "string" ? type : "JSON";
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
