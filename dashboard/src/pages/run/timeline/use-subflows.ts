import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { onEvents } from "../../../api/live.ts";
import type { Columns } from "./columns.ts";
import { readRunTimeline, timelineKey } from "./use-run-timeline.ts";

/** So many subflows are shown in place at once. */
const maxOpen = 50;

/** The task runs of the subflows that are shown in place, also of those in them, by flow run. */
export function useSubflows(columns: Columns | null, toggled: ReadonlySet<string>): ReadonlyMap<string, Columns> {
  const own = columns === null ? [] : [columns];
  const known = useReadSubflows(openedIn(own, toggled));
  // What is open in them is read with the next rendering; each is kept, so that this comes to an end.
  const deeper = useReadSubflows(openedIn([...own, ...known.values()], toggled));
  const all = deeper.size > known.size ? deeper : known;
  useFollow(all);
  return all;
}

function openedIn(all: readonly Columns[], toggled: ReadonlySet<string>): readonly string[] {
  if (toggled.size === 0) return [];
  const opened = all.flatMap(({ ids, childFlowRunIds }) =>
    childFlowRunIds.flatMap((child, index) => (child !== null && toggled.has(ids[index] ?? "") ? [child] : [])),
  );
  return [...new Set(opened)].slice(0, maxOpen);
}

function useReadSubflows(flowRunIds: readonly string[]): ReadonlyMap<string, Columns> {
  const client = useQueryClient();
  const results = useQueries({
    queries: flowRunIds.map((flowRunId) => ({
      queryKey: timelineKey({ flowRunId, window: null }),
      queryFn: () => readRunTimeline(client, { flowRunId, window: null }),
      structuralSharing: false,
    })),
    combine: (all) => all.map(({ data }) => data),
  });
  return useMemo(() => {
    const found = new Map<string, Columns>();
    for (const timeline of results) {
      const columns = timeline?.columns ?? null;
      if (columns !== null) found.set(columns.flowRunId, columns);
    }
    return found;
  }, [results]);
}

/** Each that something happens in is read again; what happens while it is read, after that. */
function useFollow(subflows: ReadonlyMap<string, Columns>): void {
  const client = useQueryClient();
  const latest = useRef(subflows);
  latest.current = subflows;
  useEffect(() => {
    const reading = new Set<string>();
    const again = new Set<string>();
    const read = async (flowRunId: string): Promise<void> => {
      if (reading.has(flowRunId)) return void again.add(flowRunId);
      reading.add(flowRunId);
      await client.refetchQueries({ queryKey: timelineKey({ flowRunId, window: null }), exact: true });
      reading.delete(flowRunId);
      if (again.delete(flowRunId)) await read(flowRunId);
    };
    return onEvents((events) => {
      for (const id of new Set(events.map(({ flowRunId }) => flowRunId))) {
        if (id !== null && latest.current.has(id)) void read(id);
      }
    });
  }, [client]);
}
