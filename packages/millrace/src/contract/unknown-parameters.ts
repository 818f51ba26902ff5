/** Parameters that were given to a flow and that nothing of it takes: a mistake in writing, in most cases. */

import { nearest } from "../kit/nearest.ts";

/** The names that a JSON Schema of parameters has; null where it takes any, or does not say. */
export function namesInSchema(schema: Readonly<Record<string, unknown>> | null): readonly string[] | null {
  if (schema === null || typeof schema.properties !== "object" || schema.properties === null) return null;
  const { properties, additionalProperties = false, patternProperties } = schema;
  const takesMore = additionalProperties !== false || patternProperties !== undefined;
  return takesMore || ["allOf", "anyOf", "oneOf", "$ref"].some((word) => word in schema)
    ? null
    : Object.keys(properties);
}

/** A sentence for each that is not known, with the name that was probably meant. */
export function describeUnknownParameters(options: {
  readonly flow: string;
  readonly given: unknown;
  readonly known: readonly string[];
}): readonly string[] {
  const { flow, given, known } = options;
  if (typeof given !== "object" || given === null) return [];
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = nearest(name, known);
      const advice =
        meant === null
          ? `It has ${known.map((each) => `\`${each}\``).join(", ") || "none"}.`
          : `Did you mean \`${meant}\`?`;
      return `Flow \`${flow}\` has no parameter \`${name}\` in its schema. ${advice}`;
    });
}
