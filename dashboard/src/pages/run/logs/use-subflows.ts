/** The runs of subflows that a run has called, and those of these. */

import type { FlowRun } from "millrace/client";
import { api } from "../../../api/api.ts";
import { useLive } from "../../../api/queries.ts";
import { findDescendants } from "./descendants.ts";

/** Runs of one tree that are looked through. */
const maxRuns = 1000;
/** Subflows are called while a run goes on, in ms. */
const liveMs = 10_000;

/** Their ids; an empty list while they are looked up. */
export function useSubflowIds(run: FlowRun, { isLive }: { readonly isLive: boolean }): readonly string[] {
  const query = useLive({
    key: ["run", run.id, "subflow-ids"],
    read: async () => {
      const where = { field: "rootRunId", in: [run.rootRunId] };
      const { items } = await api.listFlowRuns({ where }, "created-asc", { limit: maxRuns });
      return findDescendants(run.id, items);
    },
    ...(isLive ? { everyMs: liveMs } : {}),
  });
  return query.isPlaceholderData ? [] : (query.data ?? []);
}
