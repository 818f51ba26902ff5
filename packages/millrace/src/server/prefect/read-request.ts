/** A request of Prefect's API, read by its route's schemas. */

import * as z from "zod";
import { invalidRequest, PrefectError, type RequestIssue } from "./errors.ts";
import type { PrefectRoute } from "./routes-table-types.ts";

export interface RawRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** Issues that one answer names, at most. */
const maxIssues = 50;

/** Parameters of paths that are ids: where one is none, there is no such path. */
const idParams: ReadonlySet<string> = new Set(["id", "schedule_id"]);

/** @throws PrefectError 404 for a path that is none, 422 for the rest */
export function readRequest(route: PrefectRoute, raw: RawRequest): RawRequest {
  const params = read(route.params, raw.params);
  const query = read(route.query, raw.query);
  const body = read(route.body, toBody(route.body, raw.body));
  if (params.issues.some(({ path: [name] }) => idParams.has(String(name))))
    throw new PrefectError({ status: 404, detail: "Not Found" });
  const issues = [
    ...params.issues.map((issue) => toRequestIssue("path", issue)),
    ...query.issues.map((issue) => toRequestIssue("query", issue)),
    ...body.issues.map((issue) => toRequestIssue("body", issue)),
  ];
  if (issues.length === 0) return { params: params.value, query: query.value, body: body.value };
  const [first] = body.issues;
  if (issues.length === 1 && first !== undefined && isLimitIssue(first))
    throw new PrefectError({ status: 422, detail: first.message });
  throw invalidRequest(issues.slice(0, maxIssues), raw.body ?? null);
}

interface Read {
  readonly value: unknown;
  readonly issues: readonly z.core.$ZodIssue[];
}

function read(schema: z.ZodType | undefined, value: unknown): Read {
  if (schema === undefined) return { value: value === undefined ? undefined : {}, issues: [] };
  const parsed = schema.safeParse(value, { reportInput: true });
  return parsed.success ? { value: parsed.data, issues: [] } : { value: undefined, issues: parsed.error.issues };
}

/**
 * A body without a name of its own is made of parameters: null counts as left out, and where all may be left out so may
 * the body. Clients do both.
 */
function toBody(schema: z.ZodType | undefined, body: unknown): unknown {
  if (!(schema instanceof z.ZodObject) || isNamed(schema)) return body;
  if (body === undefined || body === null) return acceptsNothing(schema) ? {} : undefined;
  if (typeof body !== "object" || !Object.values(body).includes(null)) return body;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

function isNamed(schema: z.ZodType): boolean {
  return z.globalRegistry.get(schema)?.id !== undefined;
}

const accepting = new WeakMap<z.ZodType, boolean>();

function acceptsNothing(schema: z.ZodType): boolean {
  let answer = accepting.get(schema);
  if (answer === undefined) accepting.set(schema, (answer = schema.safeParse({}).success));
  return answer;
}

/** Prefect finds it out later than the rest, and has a shorter answer for it. */
function isLimitIssue({ path, message }: z.core.$ZodIssue): boolean {
  return path.length === 1 && path[0] === "limit" && message.startsWith("Invalid limit: ");
}

function toRequestIssue(place: "path" | "query" | "body", issue: z.core.$ZodIssue): RequestIssue {
  const loc = [place, ...issue.path.map((part) => (typeof part === "number" ? part : String(part)))];
  const isMissing = issue.code === "invalid_type" && issue.input === undefined;
  if (isMissing) return { type: "missing", loc, msg: "Field required" };
  return { type: typeOf(issue), loc, msg: issue.message, input: issue.input };
}

function typeOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `${issue.expected === "int" ? "int" : issue.expected}_type`;
    case "invalid_value":
      return issue.values.length === 1 ? "literal_error" : "enum";
    case "invalid_format":
      return issue.format === "guid" ? "uuid_parsing" : "string_pattern_mismatch";
    case "too_small":
      if (issue.origin === "string") return "string_too_short";
      if (issue.origin === "array") return "too_short";
      return issue.inclusive === true ? "greater_than_equal" : "greater_than";
    case "too_big":
      if (issue.origin === "string") return "string_too_long";
      if (issue.origin === "array") return "too_long";
      return issue.inclusive === true ? "less_than_equal" : "less_than";
    default:
      return "value_error";
  }
}
