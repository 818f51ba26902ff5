import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";

/** What schemas may have beside the standard: a method of their own that gives JSON Schema, as zod 4 has it. */
interface SelfDescribing {
  toJSONSchema?: (options: { readonly io: "input"; readonly unrepresentable: "any" }) => unknown;
}

/**
 * The JSON Schema (draft 2020-12) of what a schema accepts, for a form: by Standard JSON Schema where the library offers it,
 * else by the schema's own `toJSONSchema()`. Parts that JSON cannot represent accept anything. Null where there is none:
 * then people write JSON by hand.
 */
export function toJsonSchema(schema: StandardSchemaV1): Readonly<Record<string, unknown>> | null {
  return byStandard(schema) ?? bySelf(schema);
}

function byStandard(schema: StandardSchemaV1): Readonly<Record<string, unknown>> | null {
  const { jsonSchema } = schema["~standard"] as Partial<StandardJSONSchemaV1.Props>;
  if (jsonSchema === undefined) return null;
  try {
    return jsonSchema.input({ target: "draft-2020-12", libraryOptions: { unrepresentable: "any" } });
  } catch {
    // The standard lets a library refuse what it cannot convert: there is no form then, and answers are still checked.
    return null;
  }
}

function bySelf(schema: StandardSchemaV1): Readonly<Record<string, unknown>> | null {
  try {
    const found = (schema as SelfDescribing).toJSONSchema?.({ io: "input", unrepresentable: "any" });
    return typeof found === "object" && found !== null ? (found as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
