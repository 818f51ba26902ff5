import { type QueryClient, useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { onEvents } from "../../../api/live.ts";
import { toCount } from "../../../format/number.ts";
import type { Columns } from "./columns.ts";
import type { Subflow } from "./items.ts";
import type { RunTimeline } from "./run-timeline.ts";
import { findSubflows } from "./subflows.ts";
import { readRunTimeline, timelineKey } from "./use-run-timeline.ts";

/** The subflows that are shown in place, also those in them however deep, by flow run. What is being read is not among them. */
export function useSubflows(columns: Columns | null, toggled: ReadonlySet<string>): ReadonlyMap<string, Subflow> {
  const client = useQueryClient();
  // Each that has been read is rendered with, and shows which of those in it are read next.
  const { shown, left } = findSubflows(columns, { toggled, read: (id) => knownTimeline(client, id) });
  const results = useQueries({
    queries: shown.map((flowRunId) => ({
      queryKey: timelineKey({ flowRunId, window: null }),
      queryFn: () => readRunTimeline(client, { flowRunId, window: null }),
      structuralSharing: false,
    })),
    combine: (all) => all.map(({ data, error }) => data ?? (error === null ? null : error)),
  });
  const leftIds = left.join(" ");
  const subflows = useMemo(() => {
    const found = new Map<string, Subflow>();
    for (const [index, result] of results.entries()) {
      if (result !== null) found.set(shown[index] ?? "", toSubflow(result));
    }
    for (const id of leftIds === "" ? [] : leftIds.split(" ")) {
      found.set(id, { kind: "note", text: "Too many subflows are open to show this one, too." });
    }
    return found;
    // What is shown changes with the results of it.
  }, [results, leftIds]);
  useFollow(shown);
  return subflows;
}

const knownTimeline = (client: QueryClient, flowRunId: string): Columns | null =>
  client.getQueryData<RunTimeline>(timelineKey({ flowRunId, window: null }))?.columns ?? null;

function toSubflow(result: RunTimeline | Error): Subflow {
  if (result instanceof Error) return { kind: "note", text: result.message };
  if (result.columns !== null) return { kind: "read", columns: result.columns };
  return { kind: "note", text: `Its ${toCount(result.total)} task runs are too many to be shown in place.` };
}

/** Each that something happens in is read again; what happens while it is read, after that. */
function useFollow(flowRunIds: readonly string[]): void {
  const client = useQueryClient();
  const latest = useRef(flowRunIds);
  latest.current = flowRunIds;
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
        if (id !== null && latest.current.includes(id)) void read(id);
      }
    });
  }, [client]);
}
