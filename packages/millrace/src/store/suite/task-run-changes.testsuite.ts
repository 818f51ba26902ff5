/** A store holds to the rules of rules/task-run-changes.ts, for each state that a task run can have and each change of it. */

import { describe, expect, test } from "vitest";
import { type State, type StateType, stateTypes } from "../../contract/states.ts";
import { decideTaskRunChange } from "../../rules/task-run-changes.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import { aState, aTaskRun, create, record, startAt } from "./samples.testsuite.ts";

/** A change of a row, and how it comes. */
interface Case {
  readonly from: StateType;
  readonly to: StateType;
  readonly at: number;
  readonly newStates: number;
  readonly reopens: boolean;
}

const cases: readonly Case[] = stateTypes.flatMap((from) =>
  stateTypes.flatMap((to) =>
    [-1, 0, 1].flatMap((at) =>
      [0, 1].flatMap((newStates) => [false, true].map((reopens) => ({ from, to, at, newStates, reopens }))),
    ),
  ),
);

export function testTaskRunChanges(makeLedger: MakeLedger): void {
  describe("changes of task runs", () => {
    const used = useStore(makeLedger);

    test.each([0, 1])(
      "are taken by their rules, each state and each change, with a token %d behind",
      async (behind) => {
        const { store } = used;
        const flowRun = await create(store, {});
        const rows = cases.map((each) => ({ ...each, id: uuidv7(), before: aState(each.from, startAt) }));
        await record(store, {
          taskRuns: rows.map(({ id, before }) => aTaskRun(flowRun.id, [before], { id, name: "before" })),
        });
        const changes = rows.map(({ id, to, at, newStates, reopens, before }) => {
          const next: State = aState(to, startAt + at);
          return aTaskRun(flowRun.id, [before, next], { id, name: "after", newStates, reopens, epoch: 1 - behind });
        });
        await record(store, { taskRuns: changes });
        const { items } = await store.findTaskRuns({ flowRunIds: [flowRun.id] }, { limit: 10_000 });
        const found = new Map(items.map(({ id, name }) => [id, name]));
        const wrong = rows.filter(({ id, to, at, newStates, reopens, before }) => {
          const proposed = aState(to, startAt + at);
          const tokens = { epoch: 1 - behind, runEpoch: 1 };
          const answer = decideTaskRunChange({ current: before, proposed, newStates, reopens, ...tokens });
          return found.get(id) !== (answer === "write" ? "after" : "before");
        });
        expect(wrong).toEqual([]);
        expect(items).toHaveLength(cases.length);
      },
    );
  });
}
