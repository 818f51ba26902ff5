import type { Api, ValueFault } from "../contract/api.ts";
import { isMillraceError } from "../contract/errors.ts";
import { checkParameters } from "./check-parameters.ts";

/** What is wrong with values by a JSON Schema. */
export const checkValues: Api["checkValues"] = async ({ schema, values }) => {
  try {
    await checkParameters({ flowName: "values", schema, parameters: values });
    return [];
  } catch (error) {
    if (!isMillraceError(error, "PARAMETERS_INVALID")) throw error;
    return error.data.paths as readonly ValueFault[];
  }
};
