/**
 * Parameters with templates in them. A text that is one expression (`{{ event.payload.size }}`) becomes the value that it
 * gives; other templates become texts. Prefect's marked values are read too: `{"__prefect_kind": "jinja" | "json" |
 * "workspace_variable" | "none"}`.
 */

import { parseJson } from "../../kit/json.ts";
import { createSafeTemplate, type FillOptions, isTemplate, TemplateError } from "../../kit/safe-template.ts";

const kindMark = "__prefect_kind";

/** Stands for a value that a form was left without: the parameter is not given then. */
const removed = Symbol("removed");
const maxDepth = 50;

export interface FillParameters {
  readonly values: Readonly<Record<string, unknown>>;
  /** The value of a variable; undefined when there is none. */
  readonly variable: (name: string) => unknown;
  readonly options?: FillOptions;
}

/** @throws TemplateError */
export function fillParameters(
  parameters: Readonly<Record<string, unknown>>,
  filling: FillParameters,
): Readonly<Record<string, unknown>> {
  if (isMarked(parameters)) {
    const filled = fillMarked(parameters, filling, 0);
    return filled === removed ? {} : (filled as Readonly<Record<string, unknown>>);
  }
  return fillObject(parameters, filling, 0);
}

/** The templates in parameters: to see which values they read, and to refuse those that cannot be read. */
export function parameterTemplates(parameters: unknown, depth = 0): readonly string[] {
  if (typeof parameters === "string") return isTemplate(parameters) ? [parameters] : [];
  if (typeof parameters !== "object" || parameters === null) return [];
  if (depth > maxDepth) throw tooDeep();
  if (isMarked(parameters) && parameters[kindMark] === "jinja") return [String(parameters["template"])];
  return Object.values(parameters).flatMap((part) => parameterTemplates(part, depth + 1));
}

function fillObject(object: object, filling: FillParameters, depth: number): Readonly<Record<string, unknown>> {
  const filled = Object.entries(object).map(([name, part]) => [name, fillPart(part, filling, depth + 1)] as const);
  // fromEntries defines properties, so that one named __proto__ stays one.
  return Object.fromEntries(filled.filter(([, part]) => part !== removed));
}

function fillPart(part: unknown, filling: FillParameters, depth: number): unknown {
  if (depth > maxDepth) throw tooDeep();
  if (typeof part === "string") {
    return isTemplate(part) ? createSafeTemplate(part).fillValue(filling.values, filling.options) : part;
  }
  if (Array.isArray(part)) {
    return part.map((item) => fillPart(item, filling, depth + 1)).filter((item) => item !== removed);
  }
  if (typeof part !== "object" || part === null) return part;
  return isMarked(part) ? fillMarked(part, filling, depth) : fillObject(part, filling, depth);
}

function fillMarked(part: Readonly<Record<string, unknown>>, filling: FillParameters, depth: number): unknown {
  const field = (name: string): unknown => {
    const given = part[name];
    return typeof given === "object" && given !== null ? fillPart(given, filling, depth + 1) : given;
  };
  switch (part[kindMark]) {
    case "none":
      if (!("value" in part)) throw new TemplateError("a marked value has no `value`");
      return fillPart(part["value"], filling, depth + 1);
    case "jinja": {
      if (!("template" in part)) throw new TemplateError("a marked template has no `template`");
      const template = field("template");
      return template === removed
        ? removed
        : createSafeTemplate(String(template)).fill(filling.values, filling.options);
    }
    case "json": {
      const value = "value" in part ? field("value") : removed;
      return value === removed ? removed : readJson(value);
    }
    case "workspace_variable": {
      const name = "variable_name" in part ? field("variable_name") : removed;
      if (name === removed) return removed;
      const value = typeof name === "string" ? filling.variable(name) : undefined;
      if (value === undefined) throw new TemplateError(`there is no variable ${String(name)}`);
      return value;
    }
    default:
      return part["value"] ?? null;
  }
}

function readJson(text: unknown): unknown {
  if (typeof text !== "string") return text ?? null;
  try {
    return parseJson(text);
  } catch (error) {
    throw new TemplateError(`a value that should be JSON is not: ${(error as Error).message}`);
  }
}

function isMarked(part: object): part is Readonly<Record<string, unknown>> {
  return Object.hasOwn(part, kindMark);
}

function tooDeep(): TemplateError {
  return new TemplateError(`parameters are more than ${maxDepth} deep`);
}
