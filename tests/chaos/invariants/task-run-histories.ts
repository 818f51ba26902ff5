/** I2, I4 and I10 for task runs: listed transitions, one accepted end, attempts that are bounded, nothing left running. */

import { isTerminal, type State, type StateType } from "../../../packages/millrace/src/contract/states.ts";
import { taskRetries } from "../plan.ts";
import type { TaskRunRow } from "../rows.ts";
import { type Invariant, short } from "./evidence.ts";

/** What may follow within one life of a task run. After a death the next process begins where it finds the row. */
const successors: Readonly<Record<StateType, readonly StateType[]>> = {
  PENDING: ["PENDING", "SCHEDULED", "RUNNING", "COMPLETED", "CANCELLED", "FAILED"],
  SCHEDULED: ["SCHEDULED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "PENDING"],
  RUNNING: ["RUNNING", "SCHEDULED", "COMPLETED", "FAILED", "CANCELLED", "PENDING"],
  COMPLETED: [],
  FAILED: [],
  CRASHED: [],
  CANCELLED: [],
  CANCELLING: [],
  PAUSED: [],
};

export const taskRunHistories: Invariant = ({ rows }) => rows.taskRuns.flatMap(checkTaskRun);

function checkTaskRun(run: TaskRunRow): readonly string[] {
  const { history } = run;
  const problems = [
    ...history.flatMap((next, at) => {
      const from = history[at - 1];
      return from === undefined || mayTaskRunFollow(from, next) ? [] : [`goes from ${from.name} to ${next.name}`];
    }),
    ...(history.at(-1)?.name === run.stateName ? [] : [`is ${run.stateName}, and its history is not`]),
    ...(isTerminal(run.stateType) || run.stateName === "NotReady" ? [] : [`was left ${run.stateName}`]),
    ...(mostRetries(history) <= taskRetries ? [] : [`was retried ${mostRetries(history)} times of ${taskRetries}`]),
  ];
  const path = history.map(({ name }) => name).join(" > ");
  return problems.map((problem) => `I2/I4: task run ${short(run.id)} (${run.taskName}) ${problem}: ${path}`);
}

/** An end only gives way to being undone, or to a new beginning where a retry dropped it or its value was not kept. */
export function mayTaskRunFollow(from: State, to: State): boolean {
  if (!isTerminal(from.type)) return successors[from.type].includes(to.type);
  return to.name === "RolledBack" ? from.type === "COMPLETED" && from.name !== "RolledBack" : to.type === "PENDING";
}

function mostRetries(history: readonly State[]): number {
  let most = 0;
  let count = 0;
  for (const { name, type } of history) {
    count = isTerminal(type) ? 0 : count + (name === "AwaitingRetry" ? 1 : 0);
    most = Math.max(most, count);
  }
  return most;
}
