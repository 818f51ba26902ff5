import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "../../../api/api.ts";
import { type Columns, toColumns } from "./columns.ts";

/** So many subflows are shown in place at once. */
const maxOpen = 50;

/** The task runs of the subflows that are shown in place, also of those in them, by flow run. */
export function useSubflows(columns: Columns | null, toggled: ReadonlySet<string>): ReadonlyMap<string, Columns> {
  const own = columns === null ? [] : [columns];
  const known = useReadSubflows(openedIn(own, toggled));
  // What is open in them is read with the next rendering; each is kept, so that this comes to an end.
  const deeper = useReadSubflows(openedIn([...own, ...known.values()], toggled));
  return deeper.size > known.size ? deeper : known;
}

function openedIn(all: readonly Columns[], toggled: ReadonlySet<string>): readonly string[] {
  if (toggled.size === 0) return [];
  const opened = all.flatMap(({ ids, childFlowRunIds }) =>
    childFlowRunIds.flatMap((child, index) => (child !== null && toggled.has(ids[index] ?? "") ? [child] : [])),
  );
  return [...new Set(opened)].slice(0, maxOpen);
}

function useReadSubflows(flowRunIds: readonly string[]): ReadonlyMap<string, Columns> {
  const results = useQueries({
    queries: flowRunIds.map((flowRunId) => ({
      queryKey: ["timeline", flowRunId],
      queryFn: () => api.readTimeline({ flowRunId }),
    })),
    combine: (all) => all.map(({ data }) => data),
  });
  return useMemo(() => {
    const found = new Map<string, Columns>();
    for (const timeline of results) {
      const columns = timeline === undefined ? null : toColumns(timeline);
      if (columns !== null) found.set(columns.flowRunId, columns);
    }
    return found;
  }, [results]);
}
