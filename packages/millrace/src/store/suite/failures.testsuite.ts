import { describe, expect, test } from "vitest";
import type { RecordedError } from "../../contract/errors.ts";
import type { FailuresQuestion } from "../../contract/store.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import { aFlowRun, aState, aTaskRun, aTransition, create, record, startAt } from "./samples.testsuite.ts";

export function testFailures(makeLedger: MakeLedger): void {
  describe("failures", () => {
    const used = useStore(makeLedger);
    const asked: FailuresQuestion = { since: startAt, where: { all: [] }, max: 100, maxSearched: 1000 };

    function anError(message: string): RecordedError {
      return { name: "TypeError", message, code: "E_BAD", stack: "x".repeat(5000), data: null };
    }

    test("are those of flow runs and of the task runs in them, with what their errors say", async () => {
      const { store } = used;
      const run = await create(store, { flowName: "etl" });
      const error = anError("half \ud800 of \0 it");
      await record(store, {
        transitions: [aTransition(run, aState("FAILED", startAt + 9), { error, endedAt: startAt + 9 })],
      });
      const failed = [aState("RUNNING", startAt + 1), aState("FAILED", startAt + 5, { message: "as the state says" })];
      const childFlowRunId = uuidv7();
      const [task, subflow, dragged, fine] = [
        aTaskRun(run.id, failed),
        aTaskRun(run.id, failed, { kind: "flow", childFlowRunId, error: anError("y".repeat(5000)) }),
        aTaskRun(run.id, failed, { reason: "upstream-failed" }),
        aTaskRun(run.id),
      ];
      await record(store, { taskRuns: [task, subflow, dragged, fine] });
      await record(store, {
        created: [
          aFlowRun({ ownerId: null, states: [aState("CRASHED", startAt - 5)] }),
          aFlowRun({ ownerId: null, states: [aState("COMPLETED", startAt + 5)] }),
        ],
      });
      const { failures, isCut } = await store.findFailures(asked);
      expect(isCut).toBe(false);
      const ofRun = { flowRunId: run.id, flowName: "etl", stateType: "FAILED", stateName: "Failed" };
      expect(failures).toEqual([
        {
          ...ofRun,
          taskRunId: null,
          taskName: null,
          childFlowRunId: null,
          at: startAt + 9,
          errorName: "TypeError",
          errorCode: "E_BAD",
          // What is no text is cut or replaced, and by each database in its way.
          message: expect.stringMatching(/^half \ufffd+ of /),
        },
        {
          ...ofRun,
          taskRunId: subflow.id,
          taskName: "train",
          childFlowRunId,
          at: startAt + 5,
          errorName: "TypeError",
          errorCode: "E_BAD",
          message: "y".repeat(2000),
        },
        {
          ...ofRun,
          taskRunId: task.id,
          taskName: "train",
          childFlowRunId: null,
          at: startAt + 5,
          errorName: null,
          errorCode: null,
          message: "as the state says",
        },
      ]);
    });

    test("are so many at most, and told to be more", async () => {
      const { store } = used;
      const created = [50, 60, 70].map((at) =>
        aFlowRun({
          flowName: "often",
          ownerId: null,
          states: [aState("CRASHED", startAt + at, { message: `at ${at}` })],
        }),
      );
      await record(store, { created });
      const last = created[2] as (typeof created)[number];
      const taskRuns = Array.from({ length: 8 }, () => aTaskRun(last.id, [aState("FAILED")], { epoch: 0 }));
      await record(store, { taskRuns });
      const often = { ...asked, where: { field: "flowName", in: ["often"] } };
      const found = await store.findFailures({ ...often, max: 2 });
      expect(found.isCut).toBe(true);
      expect(found.failures.map(({ message }) => message).slice(0, 2)).toEqual(["at 70", "at 60"]);
      expect(found.failures).toHaveLength(4);
      const searched = await store.findFailures({ ...often, maxSearched: 6 });
      expect(searched.isCut).toBe(true);
      expect(searched.failures.map(({ taskRunId }) => taskRunId)).toEqual([
        null,
        null,
        null,
        ...taskRuns
          .slice(-2)
          .map(({ id }) => id)
          .toReversed(),
      ]);
    });
  });
}
