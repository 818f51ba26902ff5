/** The parameters that a run was given, for a form. */

import type { FlowRun, JsonObject } from "millrace/client";

export interface GivenParameters {
  readonly values: JsonObject;
  /** Names of those that held a secret: they are not shown, and have to be given again. */
  readonly secret: readonly string[];
}

export function givenParameters({ parameters, extra }: Pick<FlowRun, "parameters" | "extra">): GivenParameters {
  const secret = extra.secretParameters ?? [];
  const read = readJson(parameters);
  const isObject = typeof read === "object" && read !== null && !Array.isArray(read);
  const kept = isObject ? Object.entries(read).filter(([name]) => !secret.includes(name)) : [];
  return { values: Object.fromEntries(kept), secret };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
