/** What was asked of the servers from outside, and what was answered: held against what the ledger has in the end. */

export type Answer = "ok" | "failed" | "unknown";

export interface Submitted {
  readonly id: string;
  readonly key: string | null;
  readonly answer: Answer;
  /** The run that was answered. */
  readonly runId: string | null;
}

export interface History {
  readonly submitted: Submitted[];
  /** Runs that were started by hand, as they were recorded: the process was told so. */
  readonly started: { readonly id: string; readonly runId: string }[];
  readonly troubles: { readonly where: string; readonly error: unknown }[];
  /** Seen while things went on. */
  readonly violations: string[];
}

export function createHistory(): History {
  return { submitted: [], started: [], troubles: [], violations: [] };
}
