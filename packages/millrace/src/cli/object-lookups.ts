/** How each noun is found by what people call it. */

import type { Api } from "../contract/api.ts";
import type { AnyObject, ObjectKind, ObjectTypes, WorkPool } from "../contract/objects.ts";
import type { Condition } from "../contract/query.ts";
import type { Lookup } from "./find-object.ts";

function nameIs(name: string): Condition {
  return { field: "name", in: [name] };
}

/** A kind whose names are its own. */
function byName<Kind extends ObjectKind>(
  kind: ObjectTypes[Kind] extends { readonly name: string } ? Kind : never,
  noun: string,
  list: string,
): Lookup<Kind> {
  return {
    kind,
    noun,
    list,
    named: nameIs,
    titles: async (_, objects) => objects.map((object) => ("name" in object ? object.name : "")),
  };
}

export const flows: Lookup<"flow"> = byName("flow", "flow", "flow ls");
export const workPools: Lookup<"work-pool"> = byName("work-pool", "work pool", "work-pool ls");
export const automations: Lookup<"automation"> = byName("automation", "automation", "automation ls");

export const webhooks: Lookup<"webhook"> = {
  ...byName("webhook", "webhook", "webhook ls"),
  named: (reference) => ({ any: [{ field: "slug", in: [reference] }, nameIs(reference)] }),
};

/** What help says of an argument that names one of these. */
export const flowArgument = "The name of a flow, its id or the start of it.";
export const deploymentArgument = "A deployment as FLOW/NAME, its name alone if no other has it, or its id.";
export const workPoolArgument = "The name of a work pool, its id or the start of it.";
export const workQueueArgument = "A work queue as POOL/NAME, its name alone if no other pool has it, or its id.";
export const workerArgument = "A worker as POOL/NAME, its name alone if no other pool has it, or its id.";
export const automationArgument = "The name of an automation, its id or the start of it.";
export const webhookArgument = "The name of a webhook, its slug, its id or the start of it.";
export const blockArgument = "A block as TYPE/NAME, its name alone if no other has it, or its id.";
export const blockTypeArgument = "The slug or name of a block type, its id or the start of it.";

/** "flow/name" */
export function deploymentTitle({ flowName, name }: { readonly flowName: string; readonly name: string }): string {
  return `${flowName}/${name}`;
}

export const deployments: Lookup<"deployment"> = {
  kind: "deployment",
  noun: "deployment",
  list: "deployment ls",
  fullName: "FLOW/NAME",
  named: (reference) =>
    anyOf([
      nameIs(reference),
      ...splits(reference).map(([flowName, name]) => [{ field: "flowName", in: [flowName] }, nameIs(name)]),
    ]),
  titles: async (_, found) => found.map(deploymentTitle),
};

export const workQueues: Lookup<"work-queue"> = {
  kind: "work-queue",
  noun: "work queue",
  list: "work-queue ls",
  fullName: "POOL/NAME",
  named: (reference) =>
    anyOf([
      nameIs(reference),
      ...splits(reference).map(([pool, name]) => [
        { related: "work-pool", where: nameIs(pool) } as const,
        nameIs(name),
      ]),
    ]),
  async titles(api, found) {
    const pools = await readWorkPools(api);
    return found.map(({ workPoolId, name }) => `${pools.get(workPoolId)?.name ?? workPoolId}/${name}`);
  },
};

export const workers: Lookup<"worker"> = {
  kind: "worker",
  noun: "worker",
  list: "worker ls",
  fullName: "POOL/NAME",
  named: (reference) => workQueues.named(reference),
  async titles(api, found) {
    const pools = await readWorkPools(api);
    return found.map(({ workPoolId, name }) => `${pools.get(workPoolId)?.name ?? workPoolId}/${name}`);
  },
};

/** Workers of one pool, which their names alone tell apart. */
export function workersOf(pool: WorkPool): Lookup<"worker"> {
  const { fullName: _, ...lookup } = workers;
  return { ...lookup, within: { field: "workPoolId", in: [pool.id] }, list: `worker ls --pool ${pool.name}` };
}

/** Queues of one pool, which their names alone tell apart. */
export function queuesOf(pool: WorkPool): Lookup<"work-queue"> {
  const { fullName: _, ...lookup } = workQueues;
  return { ...lookup, within: { field: "workPoolId", in: [pool.id] }, list: `work-queue ls --pool ${pool.name}` };
}

export const blockTypes: Lookup<"block-type"> = {
  kind: "block-type",
  noun: "block type",
  list: "block type ls",
  named: (reference) => ({ any: [{ field: "slug", in: [reference] }, nameIs(reference)] }),
  titles: async (_, found) => found.map(({ slug }) => slug),
};

export const blocks: Lookup<"block-document"> = {
  kind: "block-document",
  noun: "block",
  list: "block ls",
  fullName: "TYPE/NAME",
  named: (reference) =>
    anyOf([
      nameIs(reference),
      ...splits(reference).map(([slug, name]) => [
        { related: "block-type", where: { field: "slug", in: [slug] } } as const,
        nameIs(name),
      ]),
    ]),
  async titles(api, found) {
    const types = await readById(
      api,
      "block-type",
      found.map(({ blockTypeId }) => blockTypeId),
    );
    return found.map(({ blockTypeId, name }) => `${types.get(blockTypeId)?.slug ?? blockTypeId}/${name}`);
  },
};

/** Each place where a name of two parts may be divided: a slash may be in either. */
function splits(reference: string): readonly (readonly [string, string])[] {
  const parts = reference.split("/");
  return parts.slice(1).map((_, index) => [parts.slice(0, index + 1).join("/"), parts.slice(index + 1).join("/")]);
}

function anyOf(choices: readonly (Condition | readonly Condition[])[]): Condition {
  return { any: choices.map((each) => ("length" in each ? { all: each } : each)) };
}

/** Work pools by id. There are few. */
export function readWorkPools(api: Api): Promise<ReadonlyMap<string, WorkPool>> {
  return readAll(api, "work-pool", { all: [] });
}

/** Objects of these ids; those that are gone are left out. */
export function readById<Kind extends ObjectKind>(
  api: Api,
  kind: Kind,
  ids: readonly (string | null)[],
): Promise<ReadonlyMap<string, ObjectTypes[Kind]>> {
  const known = [...new Set(ids.filter((id) => id !== null))];
  return known.length === 0 ? Promise.resolve(new Map()) : readAll(api, kind, { field: "id", in: known });
}

async function readAll<Kind extends ObjectKind>(
  api: Api,
  kind: Kind,
  where: Condition,
): Promise<ReadonlyMap<string, ObjectTypes[Kind]>> {
  const { items } = await api.listObjects(kind, { where }, { limit: 10_000 });
  return new Map(items.map((object: AnyObject) => [object.id, object as ObjectTypes[Kind]]));
}
