/**
 * The promise of resume: what was recorded as completed when a process died is completed in the end, with the same result,
 * and its body has not run again. Histories only grow, and fencing tokens too.
 */

import type { State } from "../../../packages/millrace/src/contract/states.ts";
import type { RecordedEffect } from "../fixtures/effects.ts";
import { type FlowRunRow, fromUuid, type Rows, type TaskRunRow } from "../rows.ts";
import { type Evidence, type Invariant, short } from "./evidence.ts";

export const recordedEnds: Invariant = (evidence) => {
  const { generations, rows } = evidence;
  const finals = { flowRuns: byId(rows.flowRuns), taskRuns: byId(rows.taskRuns) };
  const effects = byRun(evidence.effects);
  return generations.flatMap(({ rows: then }, generation) => [
    ...then.flowRuns.flatMap((run) => checkFlowRun(run, finals.flowRuns.get(run.id))),
    ...then.taskRuns.flatMap((run) => checkTaskRun(run, finals.taskRuns.get(run.id))),
    ...checkBodies(evidence, { then, finals: finals.taskRuns, effects, generation }),
  ]);
};

function byId<Row extends { readonly id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

function byRun(effects: readonly RecordedEffect[]): ReadonlyMap<string, readonly RecordedEffect[]> {
  return Map.groupBy(effects, (effect) => ("taskRunId" in effect ? fromUuid(effect.taskRunId) : ""));
}

function checkFlowRun(then: FlowRunRow, final: FlowRunRow | undefined): readonly string[] {
  const run = `flow run ${short(then.id)}`;
  if (final === undefined) return [`promise 2: ${run} is gone`];
  return [
    ...checkGrowth(run, then.history, final.history),
    ...(final.epoch >= then.epoch ? [] : [`I4: the token of ${run} fell from ${then.epoch} to ${final.epoch}`]),
    ...(then.stateType === "COMPLETED" && final.result !== then.result
      ? [`promise 2: the result of ${run} changed`]
      : []),
  ];
}

function checkTaskRun(then: TaskRunRow, final: TaskRunRow | undefined): readonly string[] {
  const run = `task run ${short(then.id)} (${then.taskName})`;
  if (final === undefined) return [`promise 2: ${run} is gone`];
  return checkGrowth(run, then.history, final.history);
}

function checkGrowth(run: string, then: readonly State[], final: readonly State[]): readonly string[] {
  const isKept = then.every((state, at) => final[at]?.name === state.name && final[at]?.at === state.at);
  if (isKept) return [];
  const names = (history: readonly State[]): string => history.map(({ name }) => name).join(" > ");
  return [`I1: the history of ${run} was rewritten: ${names(then)}, then ${names(final)}`];
}

/** The body of what was completed then has not begun in a later process, unless it was undone or its value was not kept. */
function checkBodies(
  { mayRunAgain }: Evidence,
  facts: {
    readonly then: Rows;
    readonly finals: ReadonlyMap<string, TaskRunRow>;
    readonly effects: ReadonlyMap<string, readonly RecordedEffect[]>;
    readonly generation: number;
  },
): readonly string[] {
  return facts.then.taskRuns.flatMap((run) => {
    if (run.stateType !== "COMPLETED" || isUnkept(run)) return [];
    const final = facts.finals.get(run.id);
    const again = (facts.effects.get(run.id) ?? []).filter(
      (effect) => effect.phase === "start" && effect.generation > facts.generation && !mayRunAgain.has(effect.call),
    );
    const name = `task run ${short(run.id)} (${run.taskName})`;
    const wasUndone = final?.history.some((state) => state.name === "RolledBack") === true;
    return [
      ...again.map(
        (effect) =>
          `promise 2: ${name}, call ${effect.call}, was completed when process ${facts.generation} died, and ran again in process ${effect.generation}`,
      ),
      ...(final?.result === run.result || wasUndone
        ? []
        : [`promise 2: the result of ${name} changed after it was recorded`]),
    ];
  });
}

function isUnkept({ result }: TaskRunRow): boolean {
  return result === null || result.includes('"storage":"none"');
}
