/**
 * Parameters that say how their value is found, in place of the value: `{"__prefect_kind": "json" | "jinja" |
 * "workspace_variable" | "none"}`, as the forms of Prefect's page write them. Other texts are left as they are, templates too.
 */

import type { Api } from "../../contract/api.ts";
import type { JsonObject } from "../../contract/objects.ts";
import { isJson, parseJson } from "../../kit/json.ts";
import { createSafeTemplate, TemplateError } from "../../kit/safe-template.ts";
import { PrefectError } from "./errors.ts";

const kindMark = "__prefect_kind";
const maxDepth = 50;
/** Variables that are read at once. */
const pageSize = 200;

/** Stands for a value that a form was left without: the parameter is not given then. */
const removed = Symbol("removed");

type Variables = ReadonlyMap<string, unknown>;

class HydrationProblem extends Error {}

/**
 * The parameters with their values found, by the variables as they are now.
 *
 * @param options.what begins the error: "Error hydrating flow run parameters"
 * @throws PrefectError, status 400
 */
export async function hydrateParameters(
  parameters: JsonObject,
  { api, what }: { readonly api: Pick<Api, "listVariables">; readonly what: string },
): Promise<JsonObject> {
  const text = JSON.stringify(parameters);
  if (!text.includes(kindMark)) return parameters;
  const variables = text.includes("workspace_variable") ? await readVariables(api) : new Map<string, unknown>();
  try {
    const hydrated = hydrate(parameters, variables, 0);
    return hydrated === removed ? {} : (hydrated as JsonObject);
  } catch (error) {
    if (!(error instanceof HydrationProblem)) throw error;
    throw new PrefectError({ status: 400, detail: `${what}: ${error.message}` });
  }
}

async function readVariables(api: Pick<Api, "listVariables">): Promise<Variables> {
  const variables = new Map<string, unknown>();
  let cursor: string | null | undefined;
  do {
    const page = await api.listVariables({ limit: pageSize, ...(cursor == null ? {} : { cursor }) });
    for (const { name, value } of page.items) if (isJson(value)) variables.set(name, parseJson(value));
    cursor = page.next;
  } while (cursor != null);
  return variables;
}

function hydrate(part: unknown, variables: Variables, depth: number): unknown {
  if (depth > maxDepth) throw new HydrationProblem(`parameters are more than ${maxDepth} deep`);
  if (typeof part !== "object" || part === null) return part;
  if (Array.isArray(part)) {
    return part.map((item) => hydrate(item, variables, depth + 1)).filter((item) => item !== removed);
  }
  if (Object.hasOwn(part, kindMark)) return hydrateMarked(part as JsonObject, variables, depth);
  const entries = Object.entries(part).map(([name, each]) => [name, hydrate(each, variables, depth + 1)] as const);
  // fromEntries defines properties, so that one named __proto__ stays one.
  return Object.fromEntries(entries.filter(([, each]) => each !== removed));
}

function hydrateMarked(part: JsonObject, variables: Variables, depth: number): unknown {
  /** Only an object in place of the field is looked into. */
  const field = (name: string): unknown => {
    const given = part[name];
    return typeof given === "object" && given !== null && !Array.isArray(given)
      ? hydrate(given, variables, depth + 1)
      : given;
  };
  switch (part[kindMark]) {
    case "none":
      if (!("value" in part)) throw missing("value");
      return hydrate(part.value, variables, depth + 1);
    case "json":
      return "value" in part ? readJson(field("value")) : removed;
    case "jinja":
      if (!("template" in part)) throw missing("template");
      return fillTemplate(field("template"));
    case "workspace_variable":
      return "variable_name" in part ? variableOf(field("variable_name"), variables) : removed;
    default:
      return part.value ?? null;
  }
}

function readJson(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return parseJson(value);
  } catch (error) {
    throw new HydrationProblem(`Invalid JSON: ${(error as Error).message}`);
  }
}

function fillTemplate(template: unknown): unknown {
  if (template === removed) return removed;
  try {
    return createSafeTemplate(String(template)).fill({});
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new HydrationProblem(`Invalid jinja: ${error.message}`);
  }
}

function variableOf(name: unknown, variables: Variables): unknown {
  if (name === removed) return removed;
  const key = String(name);
  if (variables.has(key)) return variables.get(key);
  throw new HydrationProblem(`Variable '${key}' not found in workspace.`);
}

function missing(field: string): HydrationProblem {
  return new HydrationProblem(`Missing '${field}' key in __prefect object`);
}
