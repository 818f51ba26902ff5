/** I2 for task runs, and promise 2: what the flow was given does not run again. */

import { short } from "../../chaos/invariants/evidence.ts";
import { mayTaskRunFollow } from "../../chaos/invariants/task-run-histories.ts";
import type { Evidence, Invariant } from "./evidence.ts";

export function taskRunHistories({ rows }: Pick<Evidence, "rows">): readonly string[] {
  return rows.taskRuns.flatMap(({ id, taskName, history, stateName }) => {
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
}

/** A process that does not know yet that it has lost the run may begin what the next one has done: nobody takes its word. */
export const givenValues: Invariant = ({ effects }) => {
  const epochs = new Map(
    effects.flatMap((each) => (each.kind === "owns" ? [[each.process, each.epoch] as const] : [])),
  );
  const given = new Map<string, string>();
  return effects.flatMap((effect) => {
    if (effect.kind !== "begin" && effect.kind !== "value") return [];
    const { process, runId, n } = effect;
    const step = `step ${n} of ${runId}`;
    const by = given.get(step);
    if (effect.kind === "value") {
      if (by === undefined || epochOf(process) < epochOf(by)) given.set(step, process);
      return [];
    }
    if (by === undefined || epochOf(process) < epochOf(by)) return [];
    return [`promise 2: ${step} begins in ${process}, and ${by} was given its value`];
  });

  function epochOf(process: string): number {
    return epochs.get(process) ?? 0;
  }
};
