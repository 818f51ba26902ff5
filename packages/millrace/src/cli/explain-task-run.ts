/** Why a task run ran, was taken from somewhere, waited or was left out, in words. Read from the record alone. */

import type { FlowRun } from "../contract/flow-run.ts";
import { isTerminal, type State } from "../contract/states.ts";
import type { TaskRun } from "../contract/task-run.ts";
import { formatDuration } from "../kit/duration.ts";
import { shortId } from "./output/short-id.ts";

export type Verdict =
  | "ran"
  | "cached"
  | "recorded"
  | "fallback"
  | "failed"
  | "cancelled"
  | "not-run"
  | "running"
  | "waiting";

export interface Explanation {
  readonly verdict: Verdict;
  /** A sentence without its full stop. */
  readonly why: string;
  /** What it waited for, before and between its attempts. */
  readonly waits: readonly string[];
}

/** Shorter waits are part of how things go. In ms. */
const minWaitMs = 50;

export function explainTaskRun(record: TaskRun, run: Pick<FlowRun, "createdAt" | "history" | "adopts">): Explanation {
  const source = recordedBy(record, run);
  if (source !== null) return { verdict: "recorded", why: source, waits: [] };
  const waits = waitsOf(record);
  return { ...explainState(record, executionStarts(run.history)), waits };
}

/** Says where the record was made, when it was not by the run's last execution. */
function recordedBy(record: TaskRun, run: Pick<FlowRun, "createdAt" | "history" | "adopts">): string | null {
  if (!isTerminal(record.state.type)) return null;
  const { at } = record.state;
  const how = `it had ended ${record.state.name}`;
  if (run.adopts !== null && at < run.createdAt) return `taken from flow run ${run.adopts.runId}, where ${how}`;
  const starts = executionStarts(run.history);
  const execution = starts.filter((start) => start <= at).length;
  if (execution >= starts.length || execution === 0) return null;
  return `taken from the record: ${how} in execution ${execution} of ${starts.length}`;
}

/** When the flow's function was begun from the top. */
export function executionStarts(history: readonly State[]): readonly number[] {
  return history.flatMap((state, index) => {
    const before = history[index - 1];
    const goesOn = before?.type === "RUNNING" || (before?.type === "PAUSED" && before.details?.suspended !== true);
    // A claim begins anew although the process before it had died in RUNNING.
    const isClaim = state.name === "Resuming" || state.name === "Retrying";
    return state.type === "RUNNING" && (!goesOn || isClaim) ? [state.at] : [];
  });
}

function explainState(record: TaskRun, starts: readonly number[]): Pick<Explanation, "verdict" | "why"> {
  const { state, reason, attempt } = record;
  const detail = record.reasonDetail === null ? "" : `: ${record.reasonDetail}`;
  const error = record.error === null ? (state.message ?? "") : `${record.error.name}: ${record.error.message}`;
  if (reason === "upstream-failed") return { verdict: "not-run", why: `what it needs has failed${detail}` };
  switch (state.type) {
    case "COMPLETED":
      return explainCompleted(record, { detail, starts });
    case "FAILED":
    case "CRASHED":
      return { verdict: "failed", why: `${attempt > 1 ? `${attempt} attempts failed; the last: ` : ""}${error}` };
    case "CANCELLED":
      return { verdict: "cancelled", why: state.message ?? "the run was cancelled" };
    case "RUNNING":
    case "CANCELLING":
      return { verdict: "running", why: attempt > 1 ? `attempt ${attempt}` : "its first attempt" };
    case "SCHEDULED":
    case "PENDING":
    case "PAUSED":
      return { verdict: "waiting", why: state.message ?? (state.name === "Pending" ? "not begun" : state.name) };
  }
}

function explainCompleted(
  record: TaskRun,
  { detail, starts }: { readonly detail: string; readonly starts: readonly number[] },
): Pick<Explanation, "verdict" | "why"> {
  const { reason, state, attempt } = record;
  const attempts = attempt > 1 ? `, at attempt ${attempt}` : "";
  const undone = state.name === "RolledBack" ? "; rolled back with its transaction" : "";
  switch (reason) {
    case "cache-hit":
      return { verdict: "cached", why: `the cache had its result${detail}${undone}` };
    case "cache-miss":
      return { verdict: "ran", why: `the cache had no result${detail}${attempts}${undone}` };
    case "cache-expired":
      return { verdict: "ran", why: `the cached result had expired${detail}${attempts}${undone}` };
    case "cache-refresh":
      return { verdict: "ran", why: `the cache was to be refreshed${detail}${attempts}${undone}` };
    case "cache-not-keyed":
      return { verdict: "ran", why: `its cache policy gave no key${detail}${attempts}${undone}` };
    case "fallback":
      return { verdict: "fallback", why: `its fallback gave the result${detail}${undone}` };
    case "ran":
    case "cancelled":
    case "upstream-failed":
    case null:
      return { verdict: "ran", why: `${describeKind(record, starts)}${attempts}${undone}` };
  }
}

function describeKind({ kind, childFlowRunId, state }: TaskRun, [, ...later]: readonly number[]): string {
  switch (kind) {
    case "flow":
      return childFlowRunId === null ? "a subflow" : `subflow run ${shortId(childFlowRunId)}`;
    case "sleep":
      return "a durable sleep";
    case "value":
      return "a recorded value";
    case "wait":
      return "what it waited for has come";
    case "task":
      // It may have failed then, or been killed while it ran: a start that was not recorded leaves nothing behind.
      return later.some((start) => state.at >= start)
        ? "no execution before had recorded a result of it, and it is not cached"
        : "it had not run yet, and is not cached";
  }
}

function waitsOf({ history }: TaskRun): readonly string[] {
  const waits: string[] = [];
  let retries = 0;
  let retriesMs = 0;
  for (const [index, state] of history.entries()) {
    const next = history[index + 1];
    if (next === undefined) continue;
    const ms = next.at - state.at;
    if (state.name === "AwaitingRetry") {
      retries++;
      retriesMs += ms;
    } else if (state.name === "AwaitingConcurrencySlot") {
      waits.push(`${formatDuration(ms)} for a slot${state.message === undefined ? "" : ` (${state.message})`}`);
    } else if (state.type === "PENDING" && ms >= minWaitMs) {
      waits.push(`${formatDuration(ms)} for its inputs or its turn`);
    }
  }
  if (retries > 0)
    waits.push(`${formatDuration(retriesMs)} before ${retries === 1 ? "a retry" : `${retries} retries`}`);
  return waits;
}
