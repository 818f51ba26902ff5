/** Why a task run is as it is, in a line. */

import type { TaskRun } from "millrace/client";

type RunReason = NonNullable<TaskRun["reason"]>;

const words: Readonly<Record<RunReason, string>> = {
  ran: "",
  "cache-hit": "Taken from the cache",
  "cache-miss": "Not in the cache",
  "cache-refresh": "The cache was to be renewed",
  "cache-expired": "What was in the cache had expired",
  "cache-not-keyed": "The cache could not be used",
  fallback: "Failed, and its fallback was taken",
  "upstream-failed": "Not run, as what it needs failed",
  cancelled: "Cancelled",
};

/** What went wrong says more than how it came to run. */
export function toReason(run: Pick<TaskRun, "error" | "reason" | "reasonDetail" | "state">): string {
  if (run.error !== null && run.reason !== "fallback") return firstLine(run.error.message);
  const reason = run.reason === null ? "" : words[run.reason];
  const detail = run.reasonDetail ?? "";
  const said = [reason, detail].filter((part) => part !== "").join(": ");
  return said === "" ? firstLine(run.state.message ?? "") : said;
}

/** Where it has to be said even of what simply ran. */
export function reasonWords(reason: RunReason): string {
  return reason === "ran" ? "It ran" : words[reason];
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
