/**
 * Pools of a ledger from before there were templates of the types have none. They are given that of their type, once a ledger:
 * a template that somebody takes away later stays away.
 */

import type { Api } from "../contract/api.ts";
import { isMillraceError } from "../contract/errors.ts";
import { configurationIdOf } from "../contract/evaluations.ts";
import { jobTemplateOf } from "../contract/job-templates/job-template-of.ts";
import type { JsonObject, ObjectTypes, WorkPool } from "../contract/objects.ts";
import type { Condition } from "../contract/query.ts";
import type { Page } from "../contract/records.ts";
import { toVariablesSchema, variablesSchemaOf } from "../rules/job-variables.ts";

type FillingApi = Pick<Api, "checkValues" | "createObject" | "listObjects" | "readObject" | "updateObject">;

const pageSize = 200;
/** Says that it was done. */
const markName = "bare-work-pools-filled";

/** The names of the pools that were filled. One whose deployments would not fit the template stays as it is. */
export async function fillBarePools(api: FillingApi): Promise<readonly string[]> {
  const id = configurationIdOf(markName);
  if ((await api.readObject("configuration", id)) !== null) return [];
  const filled: string[] = [];
  for (const pool of await readAll(api, "work-pool", { all: [] })) {
    if (await fillPool(api, pool)) filled.push(pool.name);
  }
  try {
    await api.createObject("configuration", { id, name: markName, value: filled });
  } catch (error) {
    // Another server over the same ledger has done it too.
    if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
  }
  return filled;
}

async function fillPool(api: FillingApi, pool: WorkPool): Promise<boolean> {
  const { id, type, baseJobTemplate = {}, revision } = pool;
  const template = Object.keys(baseJobTemplate).length === 0 ? await jobTemplateOf(type) : null;
  if (template === null || !(await doAllFit(api, id, template))) return false;
  try {
    return (await api.updateObject("work-pool", id, { baseJobTemplate: template }, revision)) !== null;
  } catch (error) {
    // Whoever writes it now may well write its template.
    if (isMillraceError(error, "REVISION_CONFLICT")) return false;
    throw error;
  }
}

/** Runs of a deployment whose variables do not fit would be refused, and ran before. */
async function doAllFit(api: FillingApi, workPoolId: string, template: JsonObject): Promise<boolean> {
  const variables = variablesSchemaOf(template);
  if (variables === null) return true;
  const schema = toVariablesSchema(variables, { requiresAll: false });
  const ofPool: Condition = { field: "workPoolId", in: [workPoolId] };
  for (const { jobVariables = {} } of await readAll(api, "deployment", ofPool)) {
    if ((await api.checkValues({ schema, values: jobVariables })).length > 0) return false;
  }
  return true;
}

async function readAll<Kind extends "deployment" | "work-pool">(
  api: FillingApi,
  kind: Kind,
  where: Condition,
): Promise<readonly ObjectTypes[Kind][]> {
  const found: ObjectTypes[Kind][] = [];
  let cursor: string | null = null;
  do {
    const page: Page<ObjectTypes[Kind]> = await api.listObjects(kind, { where }, { limit: pageSize, cursor });
    found.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return found;
}
