/** Whether parameters meet the JSON Schema that they were deployed with. */

import type { ErrorObject } from "ajv/dist/2020.js";
import { MillraceError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/objects.ts";
import { late } from "../kit/late.ts";
import { StepsExceeded } from "../kit/step-count.ts";
import { describeIssues, type ParameterIssue } from "../rules/parameters.ts";
import { type BoundedSchema, compileBounded } from "./bounded-schema.ts";

/** Schemas that are kept compiled; the oldest goes when it is full. */
const maxKept = 200;
/** Wrong values that are told. */
const maxIssues = 100;

const kept = new Map<string, BoundedSchema>();

const loadAjv = late(async () => (await import("ajv/dist/2020.js")).default.Ajv2020);

/**
 * Formats say what a text means, as the standard has it, and do not refuse it. A pattern of another language that this one
 * cannot read is left out. The work of a check is bounded, whatever the schema and the values are.
 *
 * @throws PARAMETERS_INVALID with the place of each wrong value, PARAMETER_SCHEMA_INVALID
 */
export async function checkParameters(options: {
  readonly flowName: string;
  readonly schema: JsonObject;
  readonly parameters: unknown;
}): Promise<void> {
  const { flowName, schema, parameters } = options;
  const bounded = await compile(flowName, schema);
  const errors = findErrors(bounded, { flowName, parameters });
  if (errors.length === 0) return;
  const issues = errors.slice(0, maxIssues).map(toIssue);
  const told = describeIssues(issues, errors.length);
  throw new MillraceError("PARAMETERS_INVALID", { flow: flowName, issues: told, paths: issues });
}

function findErrors(
  bounded: BoundedSchema,
  { flowName: flow, parameters }: { readonly flowName: string; readonly parameters: unknown },
): readonly ErrorObject[] {
  try {
    return bounded.check(parameters);
  } catch (error) {
    if (error instanceof StepsExceeded) {
      const issues = `to check them by the schema takes more than ${error.allowed.toLocaleString("en-US")} steps`;
      throw new MillraceError("PARAMETERS_INVALID", { flow, issues, paths: [] }, { cause: error });
    }
    if (!(error instanceof RangeError)) throw error;
    throw new MillraceError(
      "PARAMETER_SCHEMA_INVALID",
      { flow, reason: "it refers to itself without an end" },
      { cause: error },
    );
  }
}

/** Whether anything could be checked by a schema. @throws PARAMETER_SCHEMA_INVALID */
export async function checkParameterSchema(flowName: string, schema: JsonObject): Promise<void> {
  await compile(flowName, schema);
}

async function compile(flowName: string, schema: JsonObject): Promise<BoundedSchema> {
  const key = JSON.stringify(schema);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const Ajv = await loadAjv();
  let bounded: BoundedSchema;
  try {
    bounded = compileBounded(Ajv, schema);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MillraceError("PARAMETER_SCHEMA_INVALID", { flow: flowName, reason }, { cause: error });
  }
  if (kept.size >= maxKept) for (const oldest of kept.keys()) if (kept.delete(oldest)) break;
  kept.set(key, bounded);
  return bounded;
}

/** Of the value that is wrong, and of those that are allowed, so many characters are told. */
const maxValueLength = 100;
const maxAllowedLength = 1000;

function toIssue({ instancePath, keyword, params, data, message = "is not valid" }: ErrorObject): ParameterIssue {
  const path = instancePath.split("/").slice(1).map(unescapePointer);
  if (keyword === "required") return { path: [...path, String(params.missingProperty)], message: "is missing" };
  if (keyword === "additionalProperties")
    return { path: [...path, String(params.additionalProperty)], message: "is not known" };
  if (keyword === "enum")
    return { path, message: `${message}: ${startOfJson(params.allowedValues, maxAllowedLength)}` };
  return { path, message: data === undefined ? message : `${message}, not ${startOfJson(data, maxValueLength)}` };
}

/** The first characters of a value as JSON, however much more there is of it. */
function startOfJson(value: unknown, max: number): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, max)).slice(0, max);
  if (typeof value !== "object" || value === null) return String(value).slice(0, max);
  const isList = Array.isArray(value);
  let text = isList ? "[" : "{";
  for (const name of Object.keys(value)) {
    if (text.length >= max) break;
    if (text.length > 1) text += ",";
    if (!isList) text += `${JSON.stringify(name.slice(0, max))}:`;
    text += startOfJson((value as Readonly<Record<string, unknown>>)[name], Math.max(1, max - text.length));
  }
  return `${text}${isList ? "]" : "}"}`.slice(0, max);
}

function unescapePointer(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}
