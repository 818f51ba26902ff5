/** The parameters that a deployment gives its runs: wrong ones are found when it is made, not when the first run is due. */

import type { DeploymentToSave } from "../contract/deployments.ts";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/objects.ts";
import { describeUnknownParameters, namesInSchema } from "../contract/unknown-parameters.ts";

/**
 * Holds the values that are given against the schema; what is missing a run may still give. Names that the schema does not
 * have are warned of.
 *
 * @throws DEPLOYMENT_INVALID, PARAMETER_SCHEMA_INVALID
 */
export async function checkDefaultParameters(deployment: DeploymentToSave): Promise<void> {
  const { name, flowName, parameters = {}, parameterSchema = null, enforcesSchema = true } = deployment;
  if (parameterSchema === null || Object.keys(parameters).length === 0) return;
  for (const text of describeUnknownParameters({
    flow: flowName,
    given: parameters,
    known: namesInSchema(parameterSchema) ?? Object.keys(parameters),
  })) {
    process.emitWarning(text, "MillraceWarning");
  }
  if (!enforcesSchema) return;
  const { required: _, ...schema } = parameterSchema;
  const { checkParameters } = await import("../service/check-parameters.ts");
  try {
    await checkParameters({ flowName, schema, parameters: known(parameters) });
  } catch (error) {
    if (!isMillraceError(error, "PARAMETERS_INVALID")) throw error;
    const reason = `its parameters do not meet the flow's schema: ${String(error.data.issues)}`;
    throw new MillraceError("DEPLOYMENT_INVALID", { deployment: name, reason }, { cause: error });
  }
}

/** Without those that become values only when a run is made of them: what Prefect's forms refer to, and templates. */
function known(parameters: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(parameters).filter(([, value]) => !/"__prefect_kind":|\{\{/.test(JSON.stringify(value) ?? "")),
  );
}
