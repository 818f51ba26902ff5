/** Holds an answer against the schema of its route: for tests, and for those who write clients. */

import * as z from "zod";

/** @param answer as it is sent: what JSON leaves of it is looked at @throws Error that names the place */
export function checkAnswer(
  schema: z.ZodType,
  { route, answer }: { readonly route: string; readonly answer: unknown },
): void {
  const parsed = schema.safeParse(JSON.parse(JSON.stringify(answer)));
  if (!parsed.success)
    throw new Error(`The answer of ${route} is none of its schema: ${z.prettifyError(parsed.error)}`);
}
