/**
 * Transactions, sleeps and recorded numbers. A commit or rollback hook runs once a process at most, and never after the end of
 * its transaction was given to the flow; no transaction both commits and rolls back; a sleep is not cut short by a death; a
 * recorded number stays the same.
 */

import type { RecordedEffect } from "../fixtures/effects.ts";
import type { Evidence, Invariant } from "./evidence.ts";

export const hooksAndSteps: Invariant = (evidence) => [
  ...checkHooks(evidence),
  ...checkChances(evidence),
  ...checkSleeps(evidence),
];

function checkHooks({ effects, mayRunAgain, transactionOf }: Evidence): readonly string[] {
  const hooks = effects.filter(({ phase }) => phase === "commit" || phase === "rollback");
  return [...Map.groupBy(hooks, keyOf)].flatMap(([, told]) => {
    const call = told[0]?.call ?? "";
    const phases = new Set(told.map(({ phase }) => phase));
    return [
      ...(phases.size > 1 && !mayRunAgain.has(call)
        ? [`transactions: a hook of call ${call} committed and rolled back`]
        : []),
      ...(mayRunAgain.has(call) ? [] : doublesOf(told)).map(
        (effect) => `transactions: the ${effect.phase} hook of call ${call} ran twice in process ${effect.generation}`,
      ),
      ...(mayRunAgain.has(call) ? [] : lateHooks(effects, told, transactionOf.get(call))),
    ];
  });
}

function keyOf(effect: RecordedEffect): string {
  return `${effect.runId} ${effect.call}`;
}

function doublesOf(told: readonly RecordedEffect[]): readonly RecordedEffect[] {
  const seen = new Set<string>();
  return told.filter(({ generation, flowAttempt }) => {
    const key = `${generation} ${flowAttempt}`;
    const isDouble = seen.has(key);
    seen.add(key);
    return isDouble;
  });
}

/** The transaction with whose end the hooks run had given its end to the flow before. */
function lateHooks(
  effects: readonly RecordedEffect[],
  told: readonly RecordedEffect[],
  transaction: string | undefined,
): readonly string[] {
  const first = told[0];
  if (first === undefined || transaction === undefined) return [];
  const end = effects.findIndex(
    (effect) =>
      effect.runId === first.runId &&
      effect.call === transaction &&
      (effect.phase === "value" || effect.phase === "error"),
  );
  if (end < 0) return [];
  return told
    .filter((hook) => effects.indexOf(hook) > end)
    .map(
      (hook) =>
        `transactions: the ${hook.phase} hook of call ${hook.call} ran in process ${hook.generation} although its transaction had ended`,
    );
}

function checkChances({ effects, mayRunAgain }: Evidence): readonly string[] {
  const numbers = new Map<string, number>();
  return effects.flatMap((effect) => {
    if (effect.phase !== "chance" || mayRunAgain.has(effect.call)) return [];
    const known = numbers.get(keyOf(effect));
    numbers.set(keyOf(effect), effect.number);
    return known === undefined || known === effect.number
      ? []
      : [
          `steps: the recorded number of ${effect.call} was ${known}, and ${effect.number} in process ${effect.generation}`,
        ];
  });
}

/** A sleep of the plan is at least 5 ms long; what is checked is that its whole time passes, over all processes. */
function checkSleeps({ effects, sleepsMs }: Evidence): readonly string[] {
  const since = new Map<string, number>();
  return effects.flatMap((effect) => {
    if (effect.phase === "sleeps") since.set(keyOf(effect), since.get(keyOf(effect)) ?? effect.at);
    if (effect.phase !== "woke") return [];
    const slept = effect.at - (since.get(keyOf(effect)) ?? effect.at);
    const wanted = sleepsMs.get(effect.call) ?? 0;
    // Times are whole ms here.
    return slept >= wanted - 1 ? [] : [`steps: the sleep ${effect.call} of ${wanted} ms was over after ${slept} ms`];
  });
}
