/** I2 for task runs, and promise 2: what the flow was given does not run again. */

import { short } from "../../chaos/invariants/evidence.ts";
import { mayTaskRunFollow } from "../../chaos/invariants/task-run-histories.ts";
import type { Invariant } from "./evidence.ts";

export const taskRunHistories: Invariant = ({ rows }) =>
  rows.taskRuns.flatMap(({ id, taskName, history, stateName }) => {
    const path = history.map(({ name }) => name).join(" > ");
    const problems = [
      ...history.flatMap((next, at) => {
        const from = history[at - 1];
        return from === undefined || mayTaskRunFollow(from, next) ? [] : [`goes from ${from.name} to ${next.name}`];
      }),
      ...(history.at(-1)?.name === stateName ? [] : [`is ${stateName}, and its history is not`]),
    ];
    return problems.map((problem) => `I2: task run ${short(id)} (${taskName}) ${problem}: ${path}`);
  });

export const givenValues: Invariant = ({ effects }) => {
  const given = new Map<string, string>();
  return effects.flatMap((effect) => {
    if (effect.kind !== "begin" && effect.kind !== "value") return [];
    const step = `step ${effect.n} of ${effect.runId}`;
    const by = given.get(step);
    if (effect.kind === "value") given.set(step, effect.process);
    else if (by !== undefined) return [`promise 2: ${step} begins in ${effect.process}, and ${by} was given its value`];
    return [];
  });
};
