/** The attempts that lines are of; in a long log asked for when somebody is about to choose. */

import { useState } from "react";
import { api } from "../../../api/api.ts";
import { useLive } from "../../../api/queries.ts";
import type { LogScope } from "./logs-search.ts";

export function useAttempts(
  scope: LogScope,
  chosen: number | undefined,
  { isShort }: { readonly isShort: boolean },
): { readonly values: readonly number[]; readonly want: () => void } {
  const [isWanted, setWanted] = useState(false);
  const where =
    "taskRunId" in scope
      ? { field: "taskRunId", in: [scope.taskRunId] }
      : { field: "flowRunId", in: "flowRunId" in scope ? [scope.flowRunId] : scope.flowRunIds };
  const query = useLive({
    key: ["logs", "attempts", where],
    read: () => api.countBy("log", "attempt", where),
    isEnabled: isWanted || isShort,
  });
  const counted = (query.data ?? []).flatMap(({ value }) => (typeof value === "number" && value > 0 ? [value] : []));
  const values = [...new Set([...counted, ...(chosen === undefined ? [] : [chosen])])].sort((a, b) => a - b);
  return { values, want: () => setWanted(true) };
}
