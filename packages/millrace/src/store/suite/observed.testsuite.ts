import { describe, expect, test } from "vitest";
import type { TaskRunObservation } from "../../contract/task-run.ts";
import type { State } from "../../contract/states.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { recordObserved } from "../../service/observed-task-runs.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import { aState, create, startAt } from "./samples.testsuite.ts";

export function testObserved(makeLedger: MakeLedger): void {
  describe("task runs that another engine reports", () => {
    const used = useStore(makeLedger);

    function report(id: string, flowRunId: string, state: State, more: Partial<TaskRunObservation> = {}) {
      return {
        id,
        flowRunId,
        taskName: "train",
        name: `train-${state.name}`,
        key: "train-0",
        state: { id: uuidv7(), ...state },
        tags: ["gpu"],
        inputs: [],
        attempt: 1,
        extra: { from: state.name },
        ...more,
      } satisfies TaskRunObservation;
    }

    const states = [
      aState("PENDING", startAt),
      aState("RUNNING", startAt + 1),
      aState("COMPLETED", startAt + 2, { extra: { data: { kept: true } } }),
    ];

    test.each([
      ["in order", [0, 1, 2]],
      ["the other way round", [2, 1, 0]],
      ["twice", [0, 0, 2, 1, 2, 1]],
    ])("are the same when they come %s", async (_, order) => {
      const { store } = used;
      const run = await create(store);
      const id = uuidv7();
      const reports = states.map((state) => report(id, run.id, state));
      for (const index of order) await recordObserved(store, [reports[index] as TaskRunObservation]);
      const [found] = (await store.findTaskRuns({ ids: [id] }, {})).items;
      expect(found).toMatchObject({
        flowRunId: run.id,
        name: "train-Completed",
        createdAt: startAt,
        startedAt: startAt + 1,
        endedAt: startAt + 2,
        extra: { from: "Completed" },
        history: reports.map(({ state }) => state),
      });
      const events = await store.findEvents({ flowRunIds: [run.id], namePrefixes: ["millrace.task-run."] }, {});
      expect(events.items.map(({ name }) => name).sort()).toEqual([
        "millrace.task-run.Completed",
        "millrace.task-run.Pending",
        "millrace.task-run.Running",
      ]);
    });

    test("come in one batch, and from several processes at once", async () => {
      const run = await create(used.store);
      const others = [used.store, await used.openAnother(), await used.openAnother()];
      const ids = Array.from({ length: 20 }, () => uuidv7());
      const reports = states.map((state) => ids.map((id) => report(id, run.id, state)));
      await Promise.all(reports.map((some, index) => recordObserved(others[index] ?? used.store, some)));
      const { items } = await used.store.findTaskRuns({ flowRunIds: [run.id] }, {});
      expect(items.map(({ history }) => history.map(({ type }) => type).join())).toEqual(
        ids.map(() => "PENDING,RUNNING,COMPLETED"),
      );
    });
  });
}
