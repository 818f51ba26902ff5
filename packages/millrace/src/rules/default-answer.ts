/** What a form says by itself: what it is filled in with at first, and the defaults of its fields. */

import type { Json, JsonObject } from "../contract/objects.ts";

/** The form may not take it: what has no default is missing. */
export function defaultAnswer(schema: JsonObject, initialValues: Json): Json {
  if (initialValues !== null && !isObject(initialValues)) return initialValues;
  if (!isObject(schema.properties)) return initialValues ?? ("default" in schema ? schema.default : {});
  const defaults = Object.entries(schema.properties).flatMap(([name, field]) =>
    isObject(field) && "default" in field ? [[name, field.default as Json] as const] : [],
  );
  return { ...Object.fromEntries(defaults), ...(isObject(schema.default) ? schema.default : {}), ...initialValues };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
