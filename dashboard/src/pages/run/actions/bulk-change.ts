/** One change of many runs, call by call: at first as if, then for good. */

import type { Api, FlowRunsChange, FlowRunsChanged } from "millrace/client";

export interface BulkProgress {
  /** Runs that met the condition when it began. */
  readonly matched: number;
  /** Runs that were looked at so far. */
  readonly done: number;
  readonly changed: number;
  readonly refusedCount: number;
  /** The first of them. */
  readonly refused: FlowRunsChanged["refused"];
  readonly isFinished: boolean;
}

/** Runs of one call. Those that are only looked at are quick. */
const maxDry = 1000;
const maxReal = 200;
/** Refusals that are told one by one. */
const maxRefused = 100;

const start: BulkProgress = { matched: 0, done: 0, changed: 0, refusedCount: 0, refused: [], isFinished: false };

/** What it has come to when it ends, or was told to stop: what was changed by then stays. */
export async function changeMany(options: {
  readonly runs: Pick<FlowRunsChange, "where" | "failure" | "action">;
  readonly isDryRun: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: BulkProgress) => void;
  readonly change: Api["changeFlowRuns"];
}): Promise<BulkProgress> {
  const { runs, isDryRun, signal, onProgress, change } = options;
  let progress = start;
  let cursor: string | null = null;
  do {
    const page: FlowRunsChanged = await change({ ...runs, isDryRun, max: isDryRun ? maxDry : maxReal, cursor });
    cursor = page.next;
    progress = {
      matched: Math.max(progress.matched, page.matched),
      done: progress.done + page.changed.length + page.refused.length,
      changed: progress.changed + page.changed.length,
      refusedCount: progress.refusedCount + page.refused.length,
      refused: [...progress.refused, ...page.refused].slice(0, maxRefused),
      isFinished: cursor === null,
    };
    if (!signal.aborted) onProgress(progress);
  } while (cursor !== null && !signal.aborted);
  return progress;
}
