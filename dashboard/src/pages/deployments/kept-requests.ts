/** What was last asked for of each deployment, kept in the browser; parameters that hold a secret are not. */

import type { Deployment, JsonObject } from "millrace/client";
import { emptyRequest, type RunRequest } from "./run-request.ts";

const prefix = "millrace.run-request.";
/** Longer ones are not kept, in characters. */
const maxLength = 20_000;

export function keepRequest({ id, parameterSchema = null }: Deployment, request: RunRequest): void {
  try {
    const parameters = withoutSecrets(request.parameters, parameterSchema);
    const text = JSON.stringify({ ...request, parameters, when: "now", at: "", jobVariables: "" });
    if (text.length <= maxLength) localStorage.setItem(prefix + id, text);
  } catch {
    // Storage may be closed to us; then the next form begins as the deployment is.
  }
}

export function readKeptRequest(deploymentId: string): RunRequest | null {
  try {
    const kept = JSON.parse(localStorage.getItem(prefix + deploymentId) ?? "null") as Partial<RunRequest> | null;
    if (kept === null || typeof kept.parameters !== "object" || kept.parameters === null) return null;
    return { ...emptyRequest, ...kept };
  } catch {
    return null;
  }
}

/** Without those whose schema says anywhere that it is of a secret; what a reference leads to may be anything. */
export function withoutSecrets(parameters: JsonObject, schema: JsonObject | null): JsonObject {
  const properties = (schema?.properties ?? {}) as JsonObject;
  const whole = JSON.stringify(schema ?? {});
  return Object.fromEntries(
    Object.entries(parameters).filter(([name]) => {
      const own = JSON.stringify(properties[name] ?? {});
      return !isOfSecret(own.includes('"$ref"') ? whole : own);
    }),
  );
}

const isOfSecret = (schema: string): boolean =>
  schema.includes('"writeOnly":true') || schema.includes('"format":"password"');
