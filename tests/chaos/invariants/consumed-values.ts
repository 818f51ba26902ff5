/**
 * Promise 2 from the outside: once the flow was given the value of a call, the call's body has run for the last time. In one
 * process a body begins once an attempt. I4: the completion that was accepted is that of the body that ended last.
 */

import type { BodyEffect, RecordedEffect } from "../fixtures/effects.ts";
import { fromUuid } from "../rows.ts";
import { type Evidence, type Invariant, short } from "./evidence.ts";

export const consumedValues: Invariant = (evidence) => [
  ...checkAfterValue(evidence),
  ...checkDoubles(evidence),
  ...checkAccepted(evidence),
];

function checkAfterValue({ effects, mayRunAgain }: Evidence): readonly string[] {
  const given = new Map<string, { readonly phase: string; readonly generation: number }>();
  return effects.flatMap((effect) => {
    const key = `${effect.runId} ${effect.call}`;
    const known = given.get(key);
    if (effect.phase === "value" || effect.phase === "error") {
      if (known === undefined || known.generation < effect.generation) given.set(key, effect);
      return [];
    }
    // A process of a pool may outlive its parent by a moment, and begin what the parent had sent.
    const isLate = known !== undefined && effect.phase === "start" && effect.generation >= known.generation;
    if (!isLate || mayRunAgain.has(effect.call)) return [];
    return [
      `promise 2: call ${effect.call} of run ${short(effect.runId)} gave its ${known.phase} to process ${known.generation}, and its body began again in process ${effect.generation}`,
    ];
  });
}

function checkDoubles({ effects }: Evidence): readonly string[] {
  const begun = new Set<string>();
  return effects.flatMap((effect) => {
    if (effect.phase !== "start") return [];
    const key = bodyKey(effect);
    const isDouble = begun.has(key);
    begun.add(key);
    return isDouble
      ? [`promise 2: attempt ${effect.attempt} of call ${effect.call} began twice in process ${effect.generation}`]
      : [];
  });
}

function checkAccepted({ effects, rows }: Evidence): readonly string[] {
  const ends = new Map<string, RecordedEffect & BodyEffect>();
  for (const effect of effects) if (effect.phase === "end") ends.set(fromUuid(effect.taskRunId), effect);
  return rows.taskRuns.flatMap(({ id, stateType, reason, attempt }) => {
    const end = ends.get(id);
    if (end === undefined || stateType !== "COMPLETED" || reason === "cache-hit" || reason === "fallback") return [];
    if (end.attempt === attempt) return [];
    return [`I4: attempt ${attempt} of call ${end.call} was accepted, and attempt ${end.attempt} ended last`];
  });
}

function bodyKey(effect: RecordedEffect & { readonly phase: "start" | "end" | "throw" }): string {
  return `${effect.taskRunId} ${effect.attempt} ${effect.generation}`;
}
