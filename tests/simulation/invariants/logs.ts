/** I7: each acknowledged log line is there, in the order of its producer. */

import { fromUuid } from "../../chaos/rows.ts";
import type { Effect } from "../world/effects.ts";
import type { Invariant } from "./evidence.ts";

export const logs: Invariant = ({ effects, rows }) => {
  const stored = Map.groupBy(rows.logs, ({ flowRunId }) => flowRunId ?? "");
  const ofProducers = Map.groupBy(effects, ({ process }) => process);
  return [...ofProducers].flatMap(([process, told]) => {
    const runs = new Set(told.flatMap((effect) => ("runId" in effect ? [effect.runId] : [])));
    return [...runs].flatMap((runId) => {
      const lines = (stored.get(fromUuid(runId)) ?? []).map(({ message }) => message);
      return checkOrder(acknowledgedLines(told, runId), lines).map((problem) => `I7: ${process}: ${problem}`);
    });
  });
};

/**
 * A flow is given a step's value when its end is recorded, and all that was logged before. (A value that is taken from the
 * record tells nothing.) Lines may be lost where that is told.
 */
function acknowledgedLines(told: readonly Effect[], runId: string): readonly string[] {
  const isOfRun = (effect: Effect): boolean => "runId" in effect && effect.runId === runId;
  const begun = new Set(told.flatMap((effect) => (effect.kind === "begin" && isOfRun(effect) ? [effect.n] : [])));
  const until = told.findLastIndex((effect) => effect.kind === "value" && isOfRun(effect) && begun.has(effect.n));
  const from = told.findLastIndex(({ kind }) => kind === "logs-lost");
  return told
    .slice(from + 1, Math.max(until, 0))
    .flatMap((effect) => (effect.kind === "log" && isOfRun(effect) ? [effect.line] : []));
}

function checkOrder(lines: readonly string[], stored: readonly string[]): readonly string[] {
  let last = -1;
  return lines.flatMap((line) => {
    const place = stored.indexOf(line);
    if (place === -1) return [`the log line "${line}" was lost`];
    const isInOrder = place > last;
    last = place;
    return isInOrder ? [] : [`the log line "${line}" is out of order`];
  });
}
