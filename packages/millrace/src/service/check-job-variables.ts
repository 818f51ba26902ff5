/** Whether job variables fit the base job template of the pool whose workers read them. */

import { MillraceError, isMillraceError } from "../contract/errors.ts";
import type { JsonObject, WorkPool } from "../contract/objects.ts";
import type { Store } from "../contract/store.ts";
import {
  defaultVariables,
  hasBlockDefault,
  toDefaultsSchema,
  toVariablesSchema,
  variablesSchemaOf,
} from "../rules/job-variables.ts";
import { describeIssues, type ParameterIssue } from "../rules/parameters.ts";
import { checkValues } from "./check-values.ts";

export interface JobVariables {
  /** Null: nobody's template says anything of them. */
  readonly workPoolId: string | null;
  /** Those that are under the others come first. */
  readonly layers: readonly (JsonObject | undefined)[];
  /** Whether none will be given later, so that those that are required must be there. */
  readonly isComplete: boolean;
}

/** @throws JOB_VARIABLES_INVALID with the place of each wrong value */
export async function checkJobVariables(
  store: Pick<Store, "readObjects">,
  { workPoolId, layers, isComplete }: JobVariables,
): Promise<void> {
  if (workPoolId === null) return;
  const [pool] = await store.readObjects("work-pool", [workPoolId]);
  const schema = variablesSchemaOf(pool?.baseJobTemplate);
  if (pool === undefined || schema === null) return;
  const known = await knownDefaults(pool, schema);
  const requiresAll = isComplete && known.areAllValid;
  const values = Object.assign({}, known.defaults, ...layers) as JsonObject;
  const faults = await findFaults(pool, { schema: toVariablesSchema(schema, { requiresAll }), values });
  if (faults.length > 0) throw invalid(pool, describeIssues(faults), faults);
}

interface KnownDefaults {
  readonly defaults: JsonObject;
  /** Where they are not, nothing can be said of what is missing. */
  readonly areAllValid: boolean;
}

async function knownDefaults(pool: WorkPool, schema: JsonObject): Promise<KnownDefaults> {
  const values = defaultVariables(schema);
  const wrong = new Set(
    (await findFaults(pool, { schema: toDefaultsSchema(schema), values })).map(({ path: [name = ""] }) => name),
  );
  const defaults = Object.fromEntries(Object.entries(values).filter(([name]) => !wrong.has(name)));
  return { defaults, areAllValid: wrong.size === 0 && !hasBlockDefault(schema) };
}

async function findFaults(
  pool: WorkPool,
  check: { readonly schema: JsonObject; readonly values: JsonObject },
): Promise<readonly ParameterIssue[]> {
  try {
    return await checkValues(check);
  } catch (error) {
    if (!isMillraceError(error, "PARAMETER_SCHEMA_INVALID")) throw error;
    throw invalid(pool, `its base job template cannot be used: ${String(error.data.reason)}`, []);
  }
}

function invalid({ name: pool }: WorkPool, issues: string, paths: readonly ParameterIssue[]): MillraceError {
  return new MillraceError("JOB_VARIABLES_INVALID", { pool, issues, paths });
}
