/**
 * The history of an automation's evaluations: a row for each firing, each failure, and each change of outcome. What comes to
 * the same as the evaluation of its trigger and its value of `forEach` before it moves only the time, the count and the
 * text of that row.
 */

import type { KeptEvaluation } from "../../contract/evaluations.ts";

export type NewEvaluation = Omit<KeptEvaluation, "firstAt" | "count">;

export interface HistoryChange {
  readonly history: readonly KeptEvaluation[];
  /** Whether there is a row more, or one was only counted on. */
  readonly change: "row" | "count";
}

/** The row that was touched last is last. */
export function addToHistory(history: readonly KeptEvaluation[], evaluation: NewEvaluation): HistoryChange {
  const index = history.findLastIndex((row) => isOfSameBucket(row, evaluation));
  const last = history[index];
  if (last === undefined || !comesToTheSame(last, evaluation)) {
    return { change: "row", history: [...history, { ...evaluation, firstAt: evaluation.at, count: 1 }] };
  }
  const { text, at } = evaluation;
  return { change: "count", history: [...history.toSpliced(index, 1), { ...last, text, at, count: last.count + 1 }] };
}

/** At most `max` rows: the newest of each trigger and value of `forEach` first, so that a busy one leaves the others theirs. */
export function boundHistory(history: readonly KeptEvaluation[], max: number): readonly KeptEvaluation[] {
  if (history.length <= max) return history;
  const newer = new Map<string, number>();
  const ranked = history.toReversed().map((row, age) => {
    const bucket = JSON.stringify([row.path, row.key]);
    const rank = newer.get(bucket) ?? 0;
    newer.set(bucket, rank + 1);
    return { row, age, rank };
  });
  ranked.sort((a, b) => a.rank - b.rank || a.age - b.age);
  const kept = ranked.slice(0, max);
  return kept.sort((a, b) => b.age - a.age).map(({ row }) => row);
}

/** Without what was last touched before a time, in ms since the epoch; the same list when there is none. */
export function dropOldEvaluations(history: readonly KeptEvaluation[], before: number): readonly KeptEvaluation[] {
  return history.some(({ at }) => at < before) ? history.filter(({ at }) => at >= before) : history;
}

function isOfSameBucket(row: KeptEvaluation, { path, key }: NewEvaluation): boolean {
  return row.path === path && row.key.length === key.length && row.key.every((value, index) => value === key[index]);
}

function comesToTheSame(row: KeptEvaluation, { outcome, text }: NewEvaluation): boolean {
  if (outcome === "fired" || row.outcome !== outcome) return false;
  return outcome !== "failed" || row.text === text;
}
