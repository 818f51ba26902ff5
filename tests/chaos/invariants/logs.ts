/** I7: every log line that was written before something that was recorded later is there, once, and in order. */

import { flowLogText, logText } from "../fixtures/log-text.ts";
import type { BodyEffect, RecordedEffect } from "../fixtures/effects.ts";
import { fromUuid, type LogRow, type TaskRunRow } from "../rows.ts";
import type { Evidence, Invariant } from "./evidence.ts";

export const logs: Invariant = (evidence) => {
  const places = Map.groupBy(evidence.rows.logs.entries(), ([, line]) => line.message);
  return [...checkDoubles(places), ...checkTaskLogs(evidence, places), ...checkFlowLogs(evidence, places)];
};

type Places = ReadonlyMap<string, readonly (readonly [place: number, line: LogRow])[]>;

function checkDoubles(places: Places): readonly string[] {
  const counted = [...places].filter(([message]) => / attempt \d+ in process |^flow line /.test(message));
  return counted.flatMap(([message, found]) =>
    found.length === 1 ? [] : [`I7: the log line "${message}" is there ${found.length} times`],
  );
}

/** The lines of the attempt that ended well, of every task whose completion by its body was recorded. */
function checkTaskLogs({ effects, rows }: Evidence, places: Places): readonly string[] {
  const isByBody = (run: TaskRunRow): boolean => run.stateType === "COMPLETED" && run.reason !== "cache-hit";
  const completed = new Set(rows.taskRuns.filter(isByBody).map(({ id }) => id));
  return effects.flatMap((effect) => {
    if (effect.phase !== "end" || !completed.has(fromUuid(effect.taskRunId))) return [];
    if (!isAcknowledged(effect, effects)) return [];
    const { taskRunId, attempt, generation } = effect;
    const lines = Array.from({ length: effect.lines }, (_, line) => logText({ taskRunId, attempt, generation, line }));
    return checkOrder(lines, places);
  });
}

/** The end of this very body was recorded: no other began after it. */
function isAcknowledged(end: RecordedEffect & BodyEffect, effects: readonly RecordedEffect[]): boolean {
  return !effects.some(
    (other) =>
      other.phase === "start" &&
      other.taskRunId === end.taskRunId &&
      (other.generation > end.generation || (other.generation === end.generation && other.attempt > end.attempt)),
  );
}

/**
 * The flow's own lines: when the flow was given the value of a body that ran in this process, what was logged before that
 * body's end is recorded. (A value that is taken from the record tells nothing.)
 */
function checkFlowLogs({ effects }: Evidence, places: Places): readonly string[] {
  return [...Map.groupBy(effects, ({ generation }) => generation).values()].flatMap((ofProcess) => {
    const lines = ofProcess
      .slice(0, lastAcknowledgedEnd(ofProcess))
      .flatMap((effect) => (effect.phase === "log" ? [flowLogText(effect)] : []));
    return checkOrder(lines, places);
  });
}

function lastAcknowledgedEnd(effects: readonly RecordedEffect[]): number {
  const ends = new Map<string, number>();
  let last = 0;
  for (const [at, { phase, runId, call }] of effects.entries()) {
    if (phase === "end") ends.set(`${runId} ${call}`, at);
    if (phase === "value") last = Math.max(last, ends.get(`${runId} ${call}`) ?? 0);
  }
  return last;
}

function checkOrder(messages: readonly string[], places: Places): readonly string[] {
  let last = -1;
  return messages.flatMap((message) => {
    const place = places.get(message)?.[0]?.[0];
    if (place === undefined) return [`I7: the log line "${message}" was lost`];
    const isInOrder = place > last;
    last = place;
    return isInOrder ? [] : [`I7: the log line "${message}" is out of order`];
  });
}
