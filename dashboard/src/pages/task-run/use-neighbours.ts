/** The task runs of the same task in the same flow run that were called just before and after one. */

import type { Condition, TaskRun } from "millrace/client";
import { api } from "../../api/api.ts";
import { useLive } from "../../api/queries.ts";

export interface Neighbours {
  /** From 0. */
  readonly place: number;
  readonly total: number;
  readonly previousId: string | null;
  readonly nextId: string | null;
}

/** Task runs that were first seen at the same time: so many are looked through. */
const maxTies = 20;

export function useNeighbours(run: TaskRun): Neighbours | null {
  const { id, flowRunId, taskName, createdAt } = run;
  const query = useLive({
    key: ["task-run", id, "neighbours"],
    read: () => readNeighbours({ id, flowRunId: flowRunId ?? "", taskName, createdAt }),
    isEnabled: flowRunId !== null,
  });
  return query.isPlaceholderData ? null : (query.data ?? null);
}

async function readNeighbours(of: {
  readonly id: string;
  readonly flowRunId: string;
  readonly taskName: string;
  readonly createdAt: number;
}): Promise<Neighbours | null> {
  const same: Condition = {
    all: [
      { field: "flowRunId", in: [of.flowRunId] },
      { field: "taskName", in: [of.taskName] },
    ],
  };
  const [total, before] = await Promise.all([
    api.count("task-run", same),
    api.count("task-run", { all: [same, { field: "createdAt", below: of.createdAt }] }),
  ]);
  const offset = Math.max(0, before - 1);
  const { items } = await api.listTaskRuns({ where: same }, { offset, limit: maxTies }, "expected-asc");
  const at = items.findIndex(({ id }) => id === of.id);
  if (at === -1) return null;
  return { place: offset + at, total, previousId: items[at - 1]?.id ?? null, nextId: items[at + 1]?.id ?? null };
}
