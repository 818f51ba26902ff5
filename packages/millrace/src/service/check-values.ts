import type { Api, ValueFault } from "../contract/api.ts";
import { isMillraceError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/objects.ts";
import { checkParameters } from "./check-parameters.ts";

/** What is wrong with values by a JSON Schema. */
export const checkValues: Api["checkValues"] = ({ schema, values }) => findFaults(schema, values);

/** As checkValues, of any value. @throws PARAMETER_SCHEMA_INVALID */
export async function findFaults(schema: JsonObject, value: unknown): Promise<readonly ValueFault[]> {
  try {
    await checkParameters({ flowName: "values", schema, parameters: value });
    return [];
  } catch (error) {
    if (!isMillraceError(error, "PARAMETERS_INVALID")) throw error;
    return error.data.paths as readonly ValueFault[];
  }
}
