/** Whether parameters meet the JSON Schema that they were deployed with. */

import type { Ajv2020, ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import { MillraceError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/objects.ts";
import { late } from "../kit/late.ts";
import { describeIssues, type ParameterIssue } from "../rules/parameters.ts";

/** Schemas that are kept compiled; the oldest goes when it is full. */
const maxKept = 200;

const kept = new Map<string, ValidateFunction>();

const loadAjv = late(async () => (await import("ajv/dist/2020.js")).default.Ajv2020);

/**
 * Formats say what a text means, as the standard has it, and do not refuse it. A pattern of another language that this one
 * cannot read is left out.
 *
 * @throws PARAMETERS_INVALID with the place of each wrong value, PARAMETER_SCHEMA_INVALID
 */
export async function checkParameters(options: {
  readonly flowName: string;
  readonly schema: JsonObject;
  readonly parameters: unknown;
}): Promise<void> {
  const { flowName, schema, parameters } = options;
  const validate = await compile(flowName, schema);
  if (validate(parameters) === true) return;
  const issues = (validate.errors ?? []).map(toIssue);
  throw new MillraceError("PARAMETERS_INVALID", { flow: flowName, issues: describeIssues(issues), paths: issues });
}

/** Whether anything could be checked by a schema. @throws PARAMETER_SCHEMA_INVALID */
export async function checkParameterSchema(flowName: string, schema: JsonObject): Promise<void> {
  await compile(flowName, schema);
}

async function compile(flowName: string, schema: JsonObject): Promise<ValidateFunction> {
  const key = JSON.stringify(schema);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const ajv = createAjv(await loadAjv());
  let validate: ValidateFunction;
  try {
    validate = ajv.compile(schema);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MillraceError("PARAMETER_SCHEMA_INVALID", { flow: flowName, reason }, { cause: error });
  }
  if (kept.size >= maxKept) for (const oldest of kept.keys()) if (kept.delete(oldest)) break;
  kept.set(key, validate);
  return validate;
}

/** One a schema: what a schema names by `$id` is its own. */
function createAjv(Ajv: typeof Ajv2020): Ajv2020 {
  const regExp = Object.assign(
    (pattern: string, flags: string): RegExp => {
      try {
        return new RegExp(pattern, flags);
      } catch {
        return /(?:)/;
      }
    },
    { code: "new RegExp" },
  );
  return new Ajv({
    strict: false,
    allErrors: true,
    verbose: true,
    validateFormats: false,
    logger: false,
    code: { regExp },
  });
}

/** Of the value that is wrong, so many characters are told. */
const maxValueLength = 100;

function toIssue({ instancePath, keyword, params, data, message = "is not valid" }: ErrorObject): ParameterIssue {
  const path = instancePath.split("/").slice(1).map(unescapePointer);
  if (keyword === "required") return { path: [...path, String(params.missingProperty)], message: "is missing" };
  if (keyword === "additionalProperties")
    return { path: [...path, String(params.additionalProperty)], message: "is not known" };
  if (keyword === "enum") return { path, message: `${message}: ${JSON.stringify(params.allowedValues)}` };
  const value = JSON.stringify(data) as string | undefined;
  return { path, message: value === undefined ? message : `${message}, not ${value.slice(0, maxValueLength)}` };
}

function unescapePointer(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}
