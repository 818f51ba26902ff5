/** Whether the defaults of a base job template fit the schema of the variables that they are for. */

import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/objects.ts";
import type { Store } from "../contract/store.ts";
import { blockDefaults, defaultVariables, toVariablesSchema, variablesSchemaOf } from "../rules/job-variables.ts";
import { describeIssues, type ParameterIssue } from "../rules/parameters.ts";
import { checkValues } from "./check-values.ts";

/**
 * What is required and has no default is for deployments and runs to give. Of a default that is a block only its being there
 * is checked.
 *
 * @throws JOB_TEMPLATE_INVALID with the place of each wrong default, NOT_FOUND for a block
 */
export async function checkJobTemplate(
  store: Pick<Store, "readObjects">,
  { name: pool, template }: { readonly name: string; readonly template: JsonObject | undefined },
): Promise<void> {
  const schema = variablesSchemaOf(template);
  if (schema === null) return;
  for (const block of blockDefaults(schema)) await requireBlock(store, block);
  const faults = await findFaults(pool, schema);
  if (faults.length === 0) return;
  throw invalid(pool, `defaults do not fit their variables: ${describeIssues(faults)}`, faults);
}

async function requireBlock(
  store: Pick<Store, "readObjects">,
  { variable, blockId }: { readonly variable: string; readonly blockId: string },
): Promise<void> {
  const [block] = await store.readObjects("block-document", [blockId]);
  if (block !== undefined) return;
  const advice = `It is the default of the variable \`${variable}\` in the base job template.`;
  throw new MillraceError("NOT_FOUND", { kind: "block", name: blockId, advice });
}

async function findFaults(pool: string, schema: JsonObject): Promise<readonly ParameterIssue[]> {
  try {
    const values = defaultVariables(schema);
    return await checkValues({ schema: toVariablesSchema(schema, { requiresAll: false }), values });
  } catch (error) {
    if (!isMillraceError(error, "PARAMETER_SCHEMA_INVALID")) throw error;
    throw invalid(pool, `its variables are no JSON Schema that can be used: ${String(error.data.reason)}`, []);
  }
}

function invalid(pool: string, issues: string, paths: readonly ParameterIssue[]): MillraceError {
  return new MillraceError("JOB_TEMPLATE_INVALID", { pool, issues, paths });
}
