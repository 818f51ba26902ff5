/**
 * Limits come in two families, which have the same commands: those that code names, and those of a tag, which hold for each
 * task with the tag. The limit of a tag is one of the name `tag:<tag>`.
 */

import type { Api } from "../../../contract/api.ts";
import { tagLimitPrefix } from "../../../contract/concurrency.ts";
import type { ConcurrencyLimit, ObjectChange } from "../../../contract/objects.ts";
import type { Condition } from "../../../contract/query.ts";
import type { CommandContext } from "../../command.ts";
import { demandChanged } from "../../demand-changed.ts";
import type { Lookup } from "../../find-object.ts";

export interface LimitFamily {
  /** The words before the verb. */
  readonly group: string;
  /** "tag limit" */
  readonly noun: string;
  /** The name of the argument, and of the column. */
  readonly title: string;
  readonly argument: string;
  /** A name of an example. */
  readonly example: string;
  /** What is before the name in the ledger. */
  readonly prefix: string;
  /** Which limits are of the family. */
  readonly isMember: Condition;
}

const deploymentPrefix = "deployment:";

const isOfTag: Condition = { field: "name", startsWith: tagLimitPrefix };
const isOfDeployment: Condition = { field: "name", startsWith: deploymentPrefix };

export const tagLimits: LimitFamily = {
  group: "concurrency-limit",
  noun: "tag limit",
  title: "TAG",
  argument: "A tag of tasks, or the id of its limit.",
  example: "database",
  prefix: tagLimitPrefix,
  isMember: isOfTag,
};

export const globalLimits: LimitFamily = {
  group: "global-concurrency-limit",
  noun: "global limit",
  title: "NAME",
  argument: "The name of a limit, its id or the start of it.",
  example: "their-api",
  prefix: "",
  isMember: { not: isOfTag },
};

/** The limits that deployments have of their own are looked at as any other, but not listed unless asked for. */
export function listed(family: LimitFamily, { isAll }: { readonly isAll: boolean }): Condition {
  return isAll ? family.isMember : { all: [family.isMember, { not: isOfDeployment }] };
}

/** What people call it. */
export function limitName({ prefix }: LimitFamily, { name }: Pick<ConcurrencyLimit, "name">): string {
  return name.slice(prefix.length);
}

export function toLookup(family: LimitFamily): Lookup<"concurrency-limit"> {
  return {
    kind: "concurrency-limit",
    noun: family.noun,
    list: `${family.group} ls`,
    within: family.isMember,
    named: (reference) => ({ field: "name", in: [family.prefix + reference] }),
    titles: async (_, limits) => limits.map((limit) => limitName(family, limit)),
  };
}

/** Changes a limit and says so. @throws NOT_FOUND when it was deleted meanwhile */
export async function changeLimit(
  api: Api,
  options: {
    readonly limit: ConcurrencyLimit;
    readonly change: ObjectChange<"concurrency-limit">;
    readonly context: CommandContext;
    readonly told: (limit: ConcurrencyLimit) => string;
  },
): Promise<void> {
  const { limit, change, context, told } = options;
  const updated = await api.updateObject("concurrency-limit", limit.id, change);
  const changed = demandChanged(updated, { kind: "concurrency limit", name: limit.name });
  if (context.json) context.out.json(changed);
  else context.out.line(told(changed));
}
