/** What lines have in a field; in a long log asked for when somebody is about to choose. */

import type { FieldValue } from "millrace/client";
import { useState } from "react";
import { api } from "../../../api/api.ts";
import { useLive } from "../../../api/queries.ts";
import type { LogScope } from "./logs-search.ts";

export function useFieldValues(
  field: "attempt" | "logger",
  scope: LogScope,
  { isShort }: { readonly isShort: boolean },
): { readonly values: readonly FieldValue[]; readonly want: () => void } {
  const [isWanted, setWanted] = useState(false);
  const where =
    "taskRunId" in scope
      ? { field: "taskRunId", in: [scope.taskRunId] }
      : { field: "flowRunId", in: "flowRunId" in scope ? [scope.flowRunId] : scope.flowRunIds };
  const query = useLive({
    key: ["logs", "values", field, where],
    read: () => api.countBy("log", field, where),
    isEnabled: isWanted || isShort,
  });
  const values = (query.data ?? []).flatMap(({ value }) => (value === null ? [] : [value]));
  return { values, want: () => setWanted(true) };
}
