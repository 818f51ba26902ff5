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

export interface ClaimFacts {
  readonly mode: FlowRunClaim["mode"];
  /** A live process holds its lease. */
  readonly ownerAlive: boolean;
  /** Its deployment is there, so that somebody may start it. */
  readonly hasDeployment: boolean;
}

/** May a process take this run to execute it from the top? */
export function decideClaim(run: FlowRun, { mode, ownerAlive, hasDeployment }: ClaimFacts): ClaimDecision {
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
  // Who resumes it here would execute it beside the worker that starts it.
  const isWorkersToStart = run.deploymentId !== null && run.ownerId === null;
  if (isWorkersToStart && type === "PENDING") {
    return {
      claim: "refused",
      reason: "a worker has taken it, and is starting it",
      advice: `If that worker is gone: \`millrace flow-run cancel ${run.id} --force\`, and then again.`,
    };
  }
  if (isWorkersToStart && type === "SCHEDULED" && hasDeployment) {
    return {
      claim: "refused",
      reason: "its deployment starts it",
      advice: `\`millrace flow-run why ${run.id}\` says what it waits for.`,
    };
  }
  return { claim: "allowed", stateName: mode === "retry" ? "Retrying" : "Resuming" };
}
