/** Schemas as an OpenAPI 3.1 document has them. */

import * as z from "zod";

export type JsonSchema = Record<string, unknown>;

/** Schemas by their ids, which the document lists once. */
export type Components = Map<string, unknown>;

/** Schemas with an id of their own become components, which others refer to. */
export function toSchema(schema: z.ZodType, components: Components): unknown {
  // As input: fields that are not known are ignored, not refused, also in answers.
  const made = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema & {
    readonly $defs?: Record<string, JsonSchema>;
  };
  const { $schema: _, $defs = {}, ...own } = made;
  for (const [id, definition] of Object.entries($defs)) components.set(id, toComponentRefs(withoutId(definition)));
  const { id } = own;
  if (typeof id !== "string") return toComponentRefs(own);
  components.set(id, toComponentRefs(withoutId(own)));
  return { $ref: `#/components/schemas/${id}` };
}

function withoutId(made: JsonSchema): JsonSchema {
  const schema = { ...made };
  delete schema.id;
  return schema;
}

function toComponentRefs(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/')) as unknown;
}
