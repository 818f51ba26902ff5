/**
 * What a ledger takes of the changes of task runs: one ordered list, read from top to bottom; the first rule that has an answer
 * decides. A change that no rule answers is written. The engine decides itself what becomes of a call, and its word may come
 * twice, late, or from a process that has lost the run: this is the specification of what counts of it.
 *
 * Both stores have it as one condition of the write (`store/sqlite/statements.ts`, the function `record` of PostgreSQL), and are held
 * to this list for each state and each change (`store/suite/task-run-changes.testsuite.ts`).
 */

import { isTerminal, type State } from "../contract/states.ts";

export interface TaskRunChangeFacts {
  /** Of the row; null where there is none. */
  readonly current: State | null;
  readonly proposed: State;
  /** States that the change tells of as new. */
  readonly newStates: number;
  /** It starts a run again that has ended. */
  readonly reopens: boolean;
  /** The fencing token of the change, and that of its flow run; null for a run of no flow. */
  readonly epoch: number;
  readonly runEpoch: number | null;
}

/** `write`: the row becomes what the change says. `keep`: it stays, which is no fault. `refuse`: whoever sends it is told so. */
export type TaskRunAnswer = "write" | "keep" | "refuse";

interface Rule {
  readonly name: string;
  readonly why: string;
  decide(facts: TaskRunChangeFacts): TaskRunAnswer | null;
}

export const taskRunRules: readonly Rule[] = [
  {
    name: "a stale owner is refused",
    why: "the flow run was taken by another process, whose word counts",
    decide: ({ epoch, runEpoch }) => (runEpoch !== null && epoch < runEpoch ? "refuse" : null),
  },
  {
    name: "the first word makes the row",
    why: "there is nothing that it could contradict",
    decide: ({ current }) => (current === null ? "write" : null),
  },
  {
    name: "a state that is there is not told of again",
    why: "a batch that was not answered is sent twice; what only adds to the state is taken",
    decide({ current, proposed, newStates }) {
      if (current === null || !isSame(current, proposed)) return null;
      return newStates > 0 ? "keep" : "write";
    },
  },
  {
    name: "a state that was left comes too late",
    why: "a batch that was sent twice may come after the next",
    decide: ({ current, proposed }) => (current !== null && current.at > proposed.at ? "keep" : null),
  },
  {
    name: "an end stays",
    why: "others have used it; only a retry, which drops it, begins the run again",
    decide: ({ current, reopens }) => (current !== null && isTerminal(current.type) && !reopens ? "keep" : null),
  },
];

export function decideTaskRunChange(facts: TaskRunChangeFacts): TaskRunAnswer {
  for (const rule of taskRunRules) {
    const answer = rule.decide(facts);
    if (answer !== null) return answer;
  }
  return "write";
}

function isSame(one: State, other: State): boolean {
  return one.type === other.type && one.name === other.name && one.at === other.at;
}
