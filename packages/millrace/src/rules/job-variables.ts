/**
 * Job variables by the base job template of a work pool: a JSON Schema of them, whose defaults are under those of the
 * deployment, which are under those of the run.
 */

import type { JsonObject } from "../contract/objects.ts";

/** The schema of a template's variables; null where it has none. */
export function variablesSchemaOf(template: JsonObject | undefined): JsonObject | null {
  const schema = template?.variables;
  return isObject(schema) && Object.keys(schema).length > 0 ? schema : null;
}

/** What each variable is where nobody says so. A reference to a block stands for what the block holds, and is left out. */
export function defaultVariables(schema: JsonObject): JsonObject {
  const defaults = Object.entries(propertiesOf(schema)).flatMap(([name, property]) =>
    isObject(property) && "default" in property && !isReference(property.default) ? [[name, property.default]] : [],
  );
  return Object.fromEntries(defaults) as JsonObject;
}

/** Whether a default is a block, which may hold what is required. */
export function hasBlockDefault(schema: JsonObject): boolean {
  return Object.values(propertiesOf(schema)).some((property) => isObject(property) && isReference(property.default));
}

/** The blocks that are defaults of variables, by the ids of their documents. */
export function blockDefaults(schema: JsonObject): readonly { readonly variable: string; readonly blockId: string }[] {
  return Object.entries(propertiesOf(schema)).flatMap(([variable, property]) => {
    const reference = isObject(property) && isObject(property.default) ? property.default.$ref : undefined;
    const blockId = isObject(reference) ? reference.block_document_id : undefined;
    return typeof blockId === "string" ? [{ variable, blockId }] : [];
  });
}

/** What a default by itself is checked against: templates may have some that do not fit, which must not stop a run. */
export function toDefaultsSchema(schema: JsonObject): JsonObject {
  return withoutRequired(takePlainEnvironment(schema)) as JsonObject;
}

/** Workers of either language make texts of the values of an environment, so numbers and truths do where texts are asked for. */
function takePlainEnvironment(schema: JsonObject): JsonObject {
  const properties = propertiesOf(schema);
  const { env } = properties;
  const values = isObject(env) ? env.additionalProperties : undefined;
  if (!isObject(values)) return schema;
  const additionalProperties = { anyOf: [values, { type: ["number", "boolean"] }] };
  return { ...schema, properties: { ...properties, env: { ...(env as JsonObject), additionalProperties } } };
}

/**
 * What the variables of a run are checked against. Templates are made by tools that say neither that a variable may be null
 * nor how a tuple is written today, so both are put right; and where a block is wanted, a reference to one does. So does a
 * number where a variable of the environment is wanted.
 *
 * @param options.requiresAll false where some may still be given later
 */
export function toVariablesSchema(schema: JsonObject, { requiresAll }: { readonly requiresAll: boolean }): JsonObject {
  const definitions = Object.entries(isObject(schema.definitions) ? schema.definitions : {});
  const mended = {
    ...mendProperties(takePlainEnvironment(schema)),
    ...(definitions.length === 0
      ? {}
      : { definitions: Object.fromEntries(definitions.map(([name, each]) => [name, mendDefinition(each)])) }),
  };
  return requiresAll ? mended : (withoutRequired(mended) as JsonObject);
}

function mendDefinition(definition: unknown): unknown {
  if (!isObject(definition)) return definition;
  const mended = mendProperties(definition);
  // Where nothing is required a reference is both.
  return "block_type_slug" in definition ? { anyOf: [mended, blockReference] } : mended;
}

const blockReference = {
  type: "object",
  properties: {
    $ref: {
      oneOf: [{ type: "string" }, { type: "object", additionalProperties: { type: "string" }, minProperties: 1 }],
    },
  },
  required: ["$ref"],
} as const;

function mendProperties(schema: JsonObject): JsonObject {
  if (!isObject(schema.properties)) return schema;
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  const properties = Object.entries(schema.properties).map(([name, property]) => {
    if (!isObject(property)) return [name, property];
    const mended = mendTuple(mendProperties(property));
    return [name, required.includes(name) ? mended : allowNull(mended)];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}

function allowNull(property: JsonObject): JsonObject {
  const { type } = property;
  if (Array.isArray(type)) return { ...property, type: [...new Set([...type, "null"])] };
  return typeof type === "string" && type !== "null" ? { ...property, type: [type, "null"] } : property;
}

function mendTuple(property: JsonObject): JsonObject {
  const { items, ...rest } = property;
  return Array.isArray(items) ? { prefixItems: items, ...rest } : property;
}

function withoutRequired(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withoutRequired);
  if (!isObject(part)) return part;
  const { items, required: _, ...rest } = part;
  const mended = Array.isArray(items)
    ? { prefixItems: items, ...rest }
    : items === undefined
      ? rest
      : { items, ...rest };
  return Object.fromEntries(Object.entries(mended).map(([name, each]) => [name, withoutRequired(each)]));
}

function propertiesOf(schema: JsonObject): JsonObject {
  return isObject(schema.properties) ? schema.properties : {};
}

function isReference(value: unknown): boolean {
  return isObject(value) && "$ref" in value;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
