import type { FlowDefinition } from "../contract/definitions.ts";
import { MillraceError } from "../contract/errors.ts";
import { checkBySchema } from "../contract/standard-schema.ts";

/** The parameters as the flow's schema gives them back, coerced. PARAMETERS_INVALID when it does not accept them. */
export async function validateParameters(definition: FlowDefinition, parameters: unknown): Promise<unknown> {
  const schema = definition.options.parameters;
  if (schema === undefined) return parameters;
  const checked = await checkBySchema(schema, parameters ?? {});
  if ("value" in checked) return checked.value;
  throw new MillraceError("PARAMETERS_INVALID", { flow: definition.name, issues: checked.issues });
}
