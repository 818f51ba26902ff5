/** Which task runs the lines are of. */

import type { TaskRun } from "millrace/client";
import { useCallback, useRef, useState } from "react";
import { api } from "../../../api/api.ts";
import { useLive } from "../../../api/queries.ts";
import { wholeId } from "../../../format/whole-id.ts";
import type { LogScope } from "./logs-search.ts";

/** Of one question. */
const maxIds = 200;
/** Of task runs of one name, beyond what a timeline tells. */
const maxNamed = 10_000;

/** The task runs that `of` names: undefined while they are looked up; null when it names none. */
export function useTaskRunIds(scope: LogScope, of: string | undefined): readonly string[] | null | undefined {
  const flowRunId = "flowRunId" in scope ? scope.flowRunId : null;
  const isName = of !== undefined && !wholeId.test(of) && flowRunId !== null;
  const query = useLive({
    key: ["logs", "task-runs", flowRunId, of],
    read: () => readIds(flowRunId ?? "", of ?? ""),
    isEnabled: isName,
    everyMs: 10_000,
  });
  if (of === undefined || "taskRunId" in scope) return null;
  if (!isName) return wholeId.test(of) ? [of] : [];
  return query.isPlaceholderData ? undefined : query.data;
}

async function readIds(flowRunId: string, taskName: string): Promise<readonly string[]> {
  const { rows, taskNames } = await api.readTimeline({ flowRunId, buckets: 1 });
  if (rows !== null) return rows.ids.filter((_, at) => taskNames[rows.tasks[at] ?? -1] === taskName);
  const filter = { flowRunIds: [flowRunId], taskNames: [taskName] };
  return (await api.listTaskRuns(filter, { limit: maxNamed })).items.map(({ id }) => id);
}

/** The names of tasks that a run has called: asked for when somebody is about to choose. */
export function useTaskNames(scope: LogScope): { readonly names: readonly string[]; readonly want: () => void } {
  const flowRunId = "flowRunId" in scope ? scope.flowRunId : null;
  const [isWanted, setWanted] = useState(false);
  const query = useLive({
    key: ["logs", "task-names", flowRunId],
    read: async () => [...new Set((await api.countTaskRuns(flowRunId ?? "")).map(({ taskName }) => taskName))],
    isEnabled: isWanted && flowRunId !== null,
  });
  return { names: query.data ?? [], want: () => setWanted(true) };
}

export type TaskLabel = Pick<TaskRun, "id" | "name" | "taskName">;

/** Names of task runs by their ids, looked up for lines that are in view. */
export function useTaskLabels(): {
  readonly labelOf: (id: string | null) => TaskLabel | undefined;
  readonly want: (ids: readonly string[]) => void;
} {
  const known = useRef(new Map<string, TaskLabel | null>());
  const [, render] = useState(0);
  const want = useCallback((ids: readonly string[]): void => {
    const missing = [...new Set(ids)].filter((id) => !known.current.has(id)).slice(0, maxIds);
    if (missing.length === 0) return;
    for (const id of missing) known.current.set(id, null);
    void api.listTaskRuns({ ids: missing }, { limit: missing.length }).then(
      ({ items }) => {
        for (const { id, name, taskName } of items) known.current.set(id, { id, name, taskName });
        render((count) => count + 1);
      },
      // Lines can be read without; they are asked for again.
      () => {
        for (const id of missing) known.current.delete(id);
      },
    );
  }, []);
  const labelOf = useCallback(
    (id: string | null) => (id === null ? undefined : (known.current.get(id) ?? undefined)),
    [],
  );
  return { labelOf, want };
}
