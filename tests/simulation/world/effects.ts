/** What bodies do, as they tell it themselves: outside of the ledger, so that this can be held against it. */

export type Effect =
  /** The process has the run at the top, with this token. */
  | { readonly kind: "owns"; readonly process: string; readonly epoch: number }
  /** The body of step `n` begins. */
  | { readonly kind: "begin"; readonly runId: string; readonly process: string; readonly n: number }
  /** The flow is given the value of step `n`. */
  | { readonly kind: "value"; readonly runId: string; readonly process: string; readonly n: number }
  | { readonly kind: "log"; readonly runId: string; readonly process: string; readonly line: string }
  /** The engine tells that log lines of the process could not be recorded. */
  | { readonly kind: "logs-lost"; readonly process: string };

let kept: Effect[] = [];

export function noteEffect(effect: Effect): void {
  kept.push(effect);
}

/** One more than there are: what is written with it is found again. */
export function nextEffect(): number {
  return kept.length + 1;
}

/** Those since it was last called. */
export function takeEffects(): readonly Effect[] {
  const effects = kept;
  kept = [];
  return effects;
}
