/** Checking values by any Standard Schema: zod, valibot, arktype and others. */

import type { StandardSchemaV1 } from "@standard-schema/spec";

/** Issues named in an error; the rest are counted. */
const maxIssues = 10;

/** The value as the schema gives it back, coerced; or what is wrong with it, by path in the value. */
export async function checkBySchema<Schema extends StandardSchemaV1>(
  schema: Schema,
  value: unknown,
): Promise<{ readonly value: StandardSchemaV1.InferOutput<Schema> } | { readonly issues: string }> {
  const result = await schema["~standard"].validate(value);
  return result.issues === undefined ? { value: result.value } : { issues: describeIssues(result.issues) };
}

/** Whether a library's message names the place itself, as a word at its beginning. */
function beginsWith(message: string, place: string): boolean {
  const bare = message.replace(/^["'`]/, "");
  return bare.startsWith(place) && !/^[\p{ID_Continue}$]/u.test(bare.slice(place.length));
}

function describeIssues(issues: readonly StandardSchemaV1.Issue[]): string {
  const named = issues.slice(0, maxIssues).map(({ path = [], message }) => {
    const place = path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
    return place === "" || beginsWith(message, place) ? message : `${place}: ${message}`;
  });
  return [...named, ...(issues.length > maxIssues ? [`${issues.length - maxIssues} more`] : [])].join("; ");
}
