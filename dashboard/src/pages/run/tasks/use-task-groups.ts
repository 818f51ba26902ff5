import type { FieldCount } from "millrace/client";
import { api } from "../../../api/api.ts";
import { ofFlowRun, useLive } from "../../../api/queries.ts";
import { families, type Family } from "../../../states/families.ts";
import { familyConditions } from "../../runs/runs-search.ts";
import { type TaskGroup, toGroups, toNameCondition } from "./task-groups.ts";

/** The tasks of a run with how many of their runs are in each family of states; of those whose name has a text in it. */
export function useTaskGroups(flowRunId: string, name: string | undefined) {
  return useLive({
    key: ["run", flowRunId, "task-groups", name],
    read: () => readGroups(flowRunId, name),
    concerns: ofFlowRun(flowRunId),
  });
}

async function readGroups(flowRunId: string, name: string | undefined): Promise<readonly TaskGroup[]> {
  const all = toGroups(await api.countTaskRuns(flowRunId));
  if (name === undefined) return all;
  const where = toNameCondition(flowRunId, name);
  const counted = await Promise.all(
    families.map(
      async (family) =>
        [family, await api.countBy("task-run", "taskName", { all: [where, familyConditions[family]] })] as const,
    ),
  );
  return all.flatMap((group) => {
    const counts = Object.fromEntries(
      counted.map(([family, values]) => [family, countOf(values, group.taskName)] as const),
    ) as Readonly<Record<Family, number>>;
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return total === 0 ? [] : [{ ...group, counts, total }];
  });
}

function countOf(values: readonly FieldCount[], taskName: string): number {
  return values.find(({ value }) => value === taskName)?.count ?? 0;
}
