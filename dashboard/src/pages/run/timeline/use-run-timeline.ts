/** Follows the timeline of a run: what has changed is read some four times a second at most, and put into what is known. */

import { type QueryClient, type UseQueryResult, useQueryClient } from "@tanstack/react-query";
import { api } from "../../../api/api.ts";
import { ofFlowRun, useLive } from "../../../api/queries.ts";
import { patchTimeline, type RunTimeline, toRunTimeline } from "./run-timeline.ts";

/** Intervals of a run that is too big to be shown one by one. */
const buckets = 700;
/** Between two readings of what has changed, in ms. */
const leastMs = 250;
/** A density is counted anew each time, over all of the run. In ms. */
const leastOfDensityMs = 5000;

export interface TimelinePart {
  readonly flowRunId: string;
  /** In ms since the epoch; null: all of the run. */
  readonly window: { readonly from: number; readonly to: number } | null;
}

export const timelineKey = ({ flowRunId, window }: TimelinePart) =>
  window === null ? (["timeline", flowRunId] as const) : (["timeline", flowRunId, window] as const);

export function useRunTimeline(
  part: TimelinePart,
  { isEnabled }: { readonly isEnabled: boolean },
): UseQueryResult<RunTimeline> {
  const client = useQueryClient();
  const key = timelineKey(part);
  const isDense = client.getQueryData<RunTimeline>(key)?.columns === null;
  return useLive({
    key,
    read: () => readRunTimeline(client, part),
    concerns: ofFlowRun(part.flowRunId),
    isEnabled,
    isBig: true,
    leastMs: isDense ? leastOfDensityMs : leastMs,
  });
}

/** Only what has changed, where the rest is known. */
export async function readRunTimeline(client: QueryClient, part: TimelinePart): Promise<RunTimeline> {
  const { flowRunId, window } = part;
  const asked = { flowRunId, buckets, ...window };
  const known = client.getQueryData<RunTimeline>(timelineKey(part));
  if (known !== undefined && known.columns !== null) {
    const answer = await api.readTimeline({ ...asked, changedAfter: known.eventSeq });
    const patched = patchTimeline(known, answer, { isWhole: window === null });
    if (patched !== null) return patched;
  }
  return toRunTimeline(await api.readTimeline(asked));
}
