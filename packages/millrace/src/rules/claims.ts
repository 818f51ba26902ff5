import type { FlowRunClaim } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";

export type ClaimDecision =
  | { readonly claim: "allowed"; readonly stateName: "Running" | "Retrying" | "Resuming" }
  | { readonly claim: "owned" }
  | { readonly claim: "refused"; readonly reason: string; readonly advice: string };

/** A worker takes a run up to so long before its time, in ms, so that it begins on time. */
const takenAheadMs = 1000;

/** When a run that is claimed at `now` begins: at its time, where it was taken a little before. In ms since the epoch. */
export function beginsAt({ expectedAt }: FlowRun, now: number): number {
  return expectedAt > now && expectedAt - now <= takenAheadMs ? expectedAt : now;
}

/** May a process take this run to execute it from the top? `ownerAlive`: a live process holds its lease. */
export function decideClaim(run: FlowRun, mode: FlowRunClaim["mode"], ownerAlive: boolean): ClaimDecision {
  if (ownerAlive) return { claim: "owned" };
  const { type } = run.state;
  if (mode === "start") {
    if (type === "SCHEDULED" || type === "PENDING") return { claim: "allowed", stateName: "Running" };
    return {
      claim: "refused",
      reason: "it was started already",
      advice: `\`millrace flow-run resume ${run.id}\` continues it.`,
    };
  }
  if (type === "COMPLETED") {
    return {
      claim: "refused",
      reason: "there is nothing left to do",
      advice: "Start a new run; it may take this one's results with `--from`.",
    };
  }
  return { claim: "allowed", stateName: mode === "retry" ? "Retrying" : "Resuming" };
}
