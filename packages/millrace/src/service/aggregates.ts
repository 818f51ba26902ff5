/** Figures over many runs: what is asked is checked, and is read in one statement or two. */

import {
  countBuckets,
  maxDurationRuns,
  maxHistoryBuckets,
  maxTimelineBuckets,
  maxTimelineRows,
  type RunHistoryRequest,
  type TimelineRequest,
} from "../contract/aggregates.ts";
import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";

type AggregateMethods = Pick<
  Api,
  | "countBy"
  | "readDurationHistory"
  | "readRunHistory"
  | "readEventHistory"
  | "groupEvents"
  | "measureRuns"
  | "listSeenStates"
  | "readTimeline"
  | "readRunGraph"
>;

const defaultTimelineBuckets = 400;

/** Flow runs, and task runs, whose states are told: their histories are read. */
const newestSeen = 2000;

const everything = { all: [] };

export function createAggregates({ store, clock }: { readonly store: Store; readonly clock: Clock }): AggregateMethods {
  async function needFlowRun(id: string): Promise<void> {
    if ((await store.readFlowRuns([id])).length > 0) return;
    throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id });
  }

  return {
    countBy: (subject, field, where) => store.countBy(subject, field, where),

    async readRunHistory(request) {
      checkHistory(request);
      return store.readRunHistory({ where: everything, by: "expected", ...request, now: clock.now() });
    },

    async readDurationHistory(request) {
      checkHistory(request);
      return store.readDurationHistory({ where: everything, ...request, maxRuns: maxDurationRuns });
    },

    async readEventHistory(request) {
      checkHistory(request);
      return store.readEventHistory(request);
    },

    groupEvents: (request) => store.groupEvents(request),

    measureRuns: (subject, where) => store.measureRuns({ subject, where, now: clock.now() }),

    listSeenStates: () => store.findSeenStates(newestSeen),

    async readTimeline(request) {
      const { flowRunId, maxRows = maxTimelineRows, buckets = defaultTimelineBuckets } = request;
      checkTimeline({ ...request, maxRows, buckets });
      await needFlowRun(flowRunId);
      return store.readTimeline({ ...request, maxRows, buckets, now: clock.now() });
    },

    async readRunGraph(request) {
      await needFlowRun(request.flowRunId);
      return store.readRunGraph({ ...request, now: clock.now() });
    },
  };
}

function checkHistory({ from, to, bucketMs }: Pick<RunHistoryRequest, "from" | "to" | "bucketMs">): void {
  if (!(bucketMs > 0) || !Number.isFinite(from) || !Number.isFinite(to)) {
    throw new MillraceError("USAGE", {
      reason: `The time from ${from} to ${to} cannot be divided in intervals of ${bucketMs} ms`,
      advice: "Give times in ms since the epoch, and an interval that is longer than 0 ms.",
    });
  }
  if (countBuckets({ from, to, bucketMs }) > maxHistoryBuckets) {
    throw new MillraceError("USAGE", {
      reason: `The time from ${from} to ${to} has more than ${maxHistoryBuckets} intervals of ${bucketMs} ms`,
      advice: "Ask for longer intervals, or for less time.",
    });
  }
}

function checkTimeline({ from, to, maxRows, buckets }: TimelineRequest & { maxRows: number; buckets: number }): void {
  const isWindow = from === undefined || to === undefined || from <= to;
  if (
    isWindow &&
    isCount(maxRows, { from: 0, to: maxTimelineRows }) &&
    isCount(buckets, { from: 1, to: maxTimelineBuckets })
  ) {
    return;
  }
  throw new MillraceError("USAGE", {
    reason: `A timeline from ${from} to ${to} with ${maxRows} rows or ${buckets} intervals cannot be had`,
    advice: `Ask for 0 to ${maxTimelineRows} rows and 1 to ${maxTimelineBuckets} intervals of a window that begins before it ends.`,
  });
}

function isCount(value: number, { from, to }: { readonly from: number; readonly to: number }): boolean {
  return Number.isInteger(value) && value >= from && value <= to;
}
