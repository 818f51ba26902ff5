import type { z } from "zod";
import { MillraceError } from "../../contract/errors.ts";
import { describeIssues } from "./describe-issues.ts";

/** The body as its schema has it. @throws REQUEST_INVALID */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new MillraceError("REQUEST_INVALID", {
    reason: describeIssues({ in: "body", name: null }, parsed.error.issues),
  });
}
