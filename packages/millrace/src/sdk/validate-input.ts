import type { StandardSchemaV1 } from "@standard-schema/spec";
import { MillraceError } from "../contract/errors.ts";

/** Issues named in an error; the rest are counted. */
const maxIssues = 10;

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
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) return result.value;
  throw new MillraceError("INPUT_INVALID", { key, issues: describeIssues(result.issues) });
}

function describeIssues(issues: readonly StandardSchemaV1.Issue[]): string {
  const named = issues.slice(0, maxIssues).map(({ path = [], message }) => {
    const place = path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
    return place === "" || message.includes(place) ? message : `${place}: ${message}`;
  });
  return [...named, ...(issues.length > maxIssues ? [`${issues.length - maxIssues} more`] : [])].join("; ");
}
