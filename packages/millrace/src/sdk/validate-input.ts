import type { StandardSchemaV1 } from "@standard-schema/spec";
import { MillraceError } from "../contract/errors.ts";
import { checkBySchema } from "../contract/standard-schema.ts";

/**
 * The value as the schema gives it back, coerced; or as it is, without a schema.
 *
 * @param key names what the value is for
 * @throws INPUT_INVALID, which lists what is wrong by its path in the value
 */
export async function validateInput<Schema extends StandardSchemaV1>(
  schema: Schema | undefined,
  value: unknown,
  key: string,
): Promise<StandardSchemaV1.InferOutput<Schema>> {
  if (schema === undefined) return value;
  const checked = await checkBySchema(schema, value);
  if ("value" in checked) return checked.value;
  throw new MillraceError("INPUT_INVALID", { key, issues: checked.issues });
}
