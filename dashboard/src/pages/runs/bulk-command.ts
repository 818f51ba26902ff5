/** A change of all runs that the list shows, as a command. */

import type { FlowRunAction } from "millrace/client";
import { toWord } from "../../format/shell.ts";
import type { Family } from "../../states/families.ts";
import type { RunsSearch } from "./runs-search.ts";

const states: Readonly<Record<Family, string>> = {
  failed: "FAILED",
  crashed: "CRASHED,TimedOut",
  attention: "PAUSED,Late,AwaitingRetry",
  running: "RUNNING,CANCELLING",
  waiting: "SCHEDULED,PENDING",
  completed: "COMPLETED",
  inert: "CANCELLED",
};

/** Null where the command line has no such filter. */
export function toBulkCommand(action: FlowRunAction, search: RunsSearch, ids: readonly string[] | null): string | null {
  const words = ["millrace", "flow-run"];
  if (ids !== null) {
    if (action !== "delete" || ids.length > 50) return null;
    return [...words, "delete", ...ids].join(" ");
  }
  const { state, flow, deployment, tag, q, since, subflows } = search;
  // Names of flows are looked through here and not there; deployments are named there.
  if (deployment !== undefined) return null;
  words.push("bulk", action);
  if (state !== undefined) words.push("--state", state.map((family) => states[family]).join(","));
  if (flow !== undefined) words.push("--flow", flow);
  if (tag !== undefined) words.push("--tag", tag);
  if (q !== undefined) words.push("--name", q);
  if (since !== undefined) words.push("--since", since);
  if (subflows === true) words.push("--subflows");
  if (words.length === 4) words.push("--all-runs");
  return [...words, "--dry-run"].map(toWord).join(" ");
}
