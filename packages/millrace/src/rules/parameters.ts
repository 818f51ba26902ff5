/** Parameters of a run: those of its deployment, with its own over them. */

import { MillraceError } from "../contract/errors.ts";
import { maxParameterBytes } from "../contract/deployments.ts";
import type { JsonObject } from "../contract/objects.ts";

/** @throws PARAMETERS_TOO_LARGE */
export function mergeParameters(options: {
  readonly flowName: string;
  readonly defaults: JsonObject | undefined;
  readonly given: JsonObject | undefined;
}): { readonly parameters: JsonObject; readonly text: string } {
  const { flowName, defaults, given } = options;
  const parameters = { ...defaults, ...given };
  const text = JSON.stringify(parameters);
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= maxParameterBytes) return { parameters, text };
  throw new MillraceError("PARAMETERS_TOO_LARGE", {
    flow: flowName,
    size: inKib(bytes),
    limit: inKib(maxParameterBytes),
  });
}

function inKib(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KiB`;
}

/** What is wrong with a value, and where in it: the names and indexes that lead there. */
export interface ParameterIssue {
  readonly path: readonly string[];
  readonly message: string;
}

/** `rows[2].name must be a string; date is missing`; a long list is cut. */
export function describeIssues(issues: readonly ParameterIssue[], total = issues.length): string {
  const shown = issues.slice(0, maxIssues).map(({ path, message }) => `${toPathText(path)} ${message}`);
  const more = total - shown.length;
  return more > 0 ? `${shown.join("; ")}; and ${more} more` : shown.join("; ");
}

const maxIssues = 10;

function toPathText(path: readonly string[]): string {
  if (path.length === 0) return "the parameters";
  return path.map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`)).join("");
}
