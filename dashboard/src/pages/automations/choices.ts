/** What actions may be done to, to choose from: the first so many by name. */

import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/api.ts";

export type ChoiceKind = "deployment" | "work-pool" | "work-queue" | "automation" | "notifier" | "webhook-block";

export type Choice = readonly [id: string, name: string];

const maxChoices = 500;
const byName = { field: "name", direction: "asc" } as const;

async function readChoices(kind: ChoiceKind): Promise<readonly Choice[]> {
  const page = { limit: maxChoices };
  switch (kind) {
    case "deployment": {
      const { items } = await api.listObjects("deployment", { sort: byName }, page);
      return items.map(({ id, flowName, name }) => [id, `${flowName}/${name}`] as const);
    }
    case "work-queue": {
      const [queues, pools] = await Promise.all([
        api.listObjects("work-queue", { sort: byName }, page),
        api.listObjects("work-pool", { sort: byName }, page),
      ]);
      const names = new Map(pools.items.map(({ id, name }) => [id, name]));
      return queues.items.map(({ id, workPoolId, name }) => [id, `${names.get(workPoolId) ?? "?"}/${name}`] as const);
    }
    case "work-pool":
    case "automation": {
      const { items } = await api.listObjects(kind, { sort: byName }, page);
      return items.map(({ id, name }) => [id, name] as const);
    }
    case "notifier":
      return readBlocks({ related: "block-schema", where: { field: "capabilities", hasAny: ["notify"] } });
    case "webhook-block":
      return readBlocks({ related: "block-type", where: { field: "slug", in: ["webhook"] } });
  }
}

async function readBlocks(ofType: {
  readonly related: "block-schema" | "block-type";
  readonly where:
    | { readonly field: string; readonly in: readonly string[] }
    | { readonly field: string; readonly hasAny: readonly string[] };
}): Promise<readonly Choice[]> {
  const where = { all: [{ field: "anonymous", in: [false] }, ofType] };
  const [blocks, types] = await Promise.all([
    api.listObjects("block-document", { where, sort: byName }, { limit: maxChoices }),
    api.listObjects("block-type", {}, { limit: maxChoices }),
  ]);
  const slugs = new Map(types.items.map(({ id, slug }) => [id, slug]));
  return blocks.items.map(({ id, blockTypeId, name }) => [id, `${slugs.get(blockTypeId) ?? "?"}/${name}`] as const);
}

export function useChoices(kind: ChoiceKind): readonly Choice[] | undefined {
  return useQuery({ queryKey: ["choices", kind], queryFn: () => readChoices(kind) }).data;
}

/** The schedules of a deployment. */
export function useSchedules(deploymentId: string): readonly Choice[] | undefined {
  return useQuery({
    queryKey: ["choices", "schedule", deploymentId],
    queryFn: async () => {
      const where = { field: "deploymentId", in: [deploymentId] };
      const { items } = await api.listObjects("schedule", { where }, { limit: maxChoices });
      return items.map(
        ({ id, slug, spec }) =>
          [id, slug ?? `${typeof spec.kind === "string" ? spec.kind : "schedule"} ${id.slice(0, 8)}`] as const,
      );
    },
    enabled: deploymentId !== "",
  }).data;
}
