/**
 * The JSON Schema of a flow's parameters, where a deployment is made of it: by the schema itself, else by a package of its
 * library. Without one a server has nothing to check a run by, and shows no form; that is told, not passed over.
 */

import type { FlowDefinition } from "../contract/definitions.ts";
import type { DeploymentToSave } from "../contract/deployments.ts";
import type { JsonObject } from "../contract/objects.ts";
import { importOptional, ModuleMissing } from "../kit/late.ts";

type Schema = NonNullable<FlowDefinition["options"]["parameters"]>;

/** What is used of `@valibot/to-json-schema`. */
interface ValibotConverter {
  readonly toJsonSchema: (
    schema: Schema,
    config: { readonly typeMode: "input"; readonly errorMode: "ignore"; readonly target: "draft-2020-12" },
  ) => JsonObject;
}

type LoadPackage = <Package>(specifier: string, why: string) => Promise<Package>;

type Conversion = { readonly schema: JsonObject } | { readonly reason: string };

/** Flows whose missing schema was told of. */
const told = new Set<string>();

/** The deployment, with the schema that its library makes where its own has none; else with a warning, once a flow. */
export async function withParameterSchema<
  Deployment extends Pick<DeploymentToSave, "flowName" | "parameterSchema" | "enforcesSchema">,
>(
  deployment: Deployment,
  { options: { parameters } }: Pick<FlowDefinition, "options">,
  load: LoadPackage = importOptional,
): Promise<Deployment> {
  const { flowName, parameterSchema = null, enforcesSchema = true } = deployment;
  if (parameters === undefined || parameterSchema !== null) return deployment;
  const conversion = await convert(parameters, load);
  if ("schema" in conversion) return { ...deployment, parameterSchema: conversion.schema };
  if (enforcesSchema && !told.has(flowName)) {
    told.add(flowName);
    const what = `The parameters of flow ${flowName} are checked only when a run starts, not when it is submitted`;
    const message = `${what}, and have no form: ${conversion.reason}.`;
    process.emitWarning(message, { type: "MillraceWarning", code: "PARAMETER_SCHEMA_MISSING" });
  }
  return deployment;
}

async function convert(schema: Schema, load: LoadPackage): Promise<Conversion> {
  const { vendor } = schema["~standard"];
  if (vendor !== "valibot") {
    const advice = "describe them by one that does: zod, arktype, or valibot with @valibot/to-json-schema";
    return { reason: `their schema (of ${vendor}) gives no JSON Schema; ${advice}` };
  }
  try {
    const why = "the JSON Schema of what valibot checks";
    const { toJsonSchema } = await load<ValibotConverter>("@valibot/to-json-schema", why);
    return { schema: toJsonSchema(schema, { typeMode: "input", errorMode: "ignore", target: "draft-2020-12" }) };
  } catch (error) {
    if (error instanceof ModuleMissing) return { reason: error.message };
    return {
      reason: `no JSON Schema can be made of theirs (${error instanceof Error ? error.message : String(error)})`,
    };
  }
}
