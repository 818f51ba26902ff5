/** What the overview reads: few rows of each, and figures that the server makes. */

import type { Condition, FlowRunRow, InboxItem, RunHistoryCell, WorkPool } from "millrace/client";
import { api } from "../../api/api.ts";
import { readNow } from "../../format/now.ts";
import { familyConditions } from "../runs/runs-search.ts";

export const spanMs = 86_400_000;
export const bucketMs = 1_800_000;
export const buckets = spanMs / bucketMs;

/** Subflows are a part of their runs. */
const isRoot: Condition = { field: "parentRunId", isNull: true };

export interface Strip {
  readonly from: number;
  readonly cells: readonly RunHistoryCell[];
  /** All of the same time as one interval. */
  readonly taskCells: readonly RunHistoryCell[];
}

export async function readStrip(): Promise<Strip> {
  // To the end of an interval, so that columns do not shift with each reading.
  const to = Math.ceil(readNow() / bucketMs) * bucketMs;
  const from = to - spanMs;
  const [cells, taskCells] = await Promise.all([
    api.readRunHistory({ subject: "flow-run", where: isRoot, from, to, bucketMs }),
    api.readRunHistory({ subject: "task-run", from, to, bucketMs: spanMs }),
  ]);
  return { from, cells, taskCells };
}

export interface Attention {
  /** The newest of those of the past day. */
  readonly failed: readonly FlowRunRow[];
  readonly failedCount: number;
  /** Those that are late the longest. */
  readonly late: readonly FlowRunRow[];
  readonly lateCount: number;
  readonly asked: readonly InboxItem[];
  /** Those that deployments use and no worker serves. */
  readonly pools: readonly WorkPool[];
}

const attentionLimit = 6;
const lateLimit = 4;
const poolLimit = 100;

export async function readAttention(): Promise<Attention> {
  const page = { limit: attentionLimit };
  const since = Math.floor((readNow() - spanMs) / 60_000) * 60_000;
  const hasFailed: Condition = {
    all: [isRoot, { any: [familyConditions.failed, familyConditions.crashed] }, { field: "endedAt", atLeast: since }],
  };
  const isLate: Condition = { all: [isRoot, { field: "stateName", in: ["Late"] }] };
  const [failed, failedCount, late, lateCount, asked, pools] = await Promise.all([
    api.listFlowRunRows({ where: hasFailed }, "ended-desc", page),
    api.count("flow-run", hasFailed),
    api.listFlowRunRows({ where: isLate }, "due-asc", { limit: lateLimit }),
    api.count("flow-run", isLate),
    api.listInbox({}, page),
    api.listObjects("work-pool", { where: { related: "deployment", where: { all: [] } } }, { limit: poolLimit }),
  ]);
  return {
    failed: failed.items,
    failedCount,
    late: late.items,
    lateCount,
    asked: asked.items,
    pools: pools.items.filter(({ paused, readiness }) => paused || readiness !== "ready").slice(0, attentionLimit),
  };
}

export interface Moving {
  readonly running: readonly FlowRunRow[];
  /** Beside those. */
  readonly moreRunning: number;
  /** Of each deployment the next one. */
  readonly next: readonly FlowRunRow[];
}

const movingLimit = 8;
/** Among so many are the next ones looked for: one deployment may have many. */
const nextLimit = 60;

export async function readMoving(): Promise<Moving> {
  const page = { limit: movingLimit };
  const now = Math.floor(readNow() / 10_000) * 10_000;
  const isRunning: Condition = { all: [isRoot, familyConditions.running] };
  const [running, runningCount, next] = await Promise.all([
    api.listFlowRunRows({ where: isRunning }, "started-desc", page),
    api.count("flow-run", isRunning),
    api.listFlowRunRows(
      { where: { field: "dueAt", atLeast: now }, stateTypes: ["SCHEDULED"], rootsOnly: true },
      "due-asc",
      { limit: nextLimit },
    ),
  ]);
  const first = new Map(next.items.toReversed().map((run) => [run.deploymentId ?? run.id, run]));
  return {
    running: running.items,
    moreRunning: Math.max(0, runningCount - running.items.length),
    next: next.items.filter((run) => first.get(run.deploymentId ?? run.id) === run).slice(0, movingLimit),
  };
}

/** The newest run, if there is any. */
export async function readNewest(): Promise<FlowRunRow | null> {
  return (await api.listFlowRunRows({}, "created-desc", { limit: 1 })).items[0] ?? null;
}
