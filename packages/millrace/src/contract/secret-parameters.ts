/**
 * Parameters of a run that held a secret when it was recorded. They are data: the ledger keeps them as they are, because a
 * resumed run needs them. People are not shown them.
 */

import { isNumber, parseExactly } from "../kit/exact-json.ts";
import type { FlowRun } from "./flow-run.ts";

const stars = "********";

/**
 * Names of the parameters in which a secret is; one empty name where the parameters are no object, and the secret is in them.
 *
 * @param encoded the parameters as a run keeps them
 * @param mask replaces each known secret in a text
 */
export function findSecretParameters(encoded: string, mask: (text: string) => string): readonly string[] {
  if (mask(encoded) === encoded) return [];
  const parameters = toObject(encoded);
  if (parameters === null) return [""];
  const isSecret = ([name, value]: [string, unknown]): boolean => {
    const text = JSON.stringify({ [name]: value });
    return mask(text) !== text;
  };
  return Object.entries(parameters)
    .filter(isSecret)
    .map(([name]) => name);
}

/** The text of a run's parameters for people: each that held a secret is `********`. */
export function shownParameters({ parameters, extra }: Pick<FlowRun, "parameters" | "extra">): string {
  const { secretParameters = [] } = extra;
  if (secretParameters.length === 0) return parameters;
  const known = toObject(parameters);
  if (known === null) return JSON.stringify(stars);
  const shown = Object.entries(known).map(([name, value]) => [name, secretParameters.includes(name) ? stars : value]);
  return JSON.stringify(Object.fromEntries(shown));
}

/** Numbers stay as they are written: see exact-json.ts. */
function toObject(text: string): object | null {
  const value = parseExactly(text);
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isNumber(value) ? value : null;
}
