/** What a form marks as secret is not shown again: properties with `writeOnly: true` or `format: "password"`. */

import type { Json, JsonObject } from "../contract/objects.ts";

/** In place of a secret, whatever its length. */
export const maskedText = "********";

/** Schemas within schemas that are looked into; deeper is nothing that people write. */
const maxDepth = 32;

/** A value as it may be shown, by the JSON Schema of the form that it was given in. */
export function maskSecretFields(schema: JsonObject | null, value: Json): Json {
  return schema === null ? value : mask(value, { schema, root: schema, depth: 0 });
}

interface Place {
  readonly schema: Json;
  /** Where references lead. */
  readonly root: JsonObject;
  readonly depth: number;
}

function mask(value: Json, { schema, root, depth }: Place): Json {
  if (!isObject(schema) || depth > maxDepth || value === null || value === undefined) return value;
  if (schema.writeOnly === true || schema.format === "password") return maskedText;
  const within = (inner: Json, part: Json): Json => mask(inner, { schema: part, root, depth: depth + 1 });
  const merged = [schema.allOf, schema.anyOf, schema.oneOf].flatMap((each) => (Array.isArray(each) ? each : []));
  const parts: readonly Json[] = typeof schema.$ref === "string" ? [follow(schema.$ref, root), ...merged] : merged;
  const seen = parts.reduce((masked: Json, part) => within(masked, part), value);
  if (Array.isArray(seen)) return seen.map((item: Json) => within(item, schema.items));
  if (!isObject(seen)) return seen;
  const properties = isObject(schema.properties) ? schema.properties : {};
  return Object.fromEntries(
    Object.entries(seen).map(([name, inner]) => [
      name,
      within(inner, Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties),
    ]),
  );
}

/** Undefined for a reference out of the schema. */
function follow(reference: string, root: JsonObject): Json {
  if (!reference.startsWith("#/")) return undefined;
  return reference
    .slice(2)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((found: Json, part) => (isObject(found) && Object.hasOwn(found, part) ? found[part] : undefined), root);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
