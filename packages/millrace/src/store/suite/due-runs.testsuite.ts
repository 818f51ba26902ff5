import { describe, expect, test } from "vitest";
import type { NewFlowRun } from "../../contract/flow-run.ts";
import type { Store } from "../../contract/store.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import { aFlowRun, aState, startAt } from "./samples.testsuite.ts";

function aDueRun(dueAt: number, more: Partial<NewFlowRun> = {}): NewFlowRun {
  const state = aState("SCHEDULED", startAt, { details: { scheduledAt: dueAt } });
  return aFlowRun({ ownerId: null, states: [state], name: `due at ${dueAt}`, ...more });
}

async function record(store: Store, ...created: readonly NewFlowRun[]): Promise<void> {
  await store.record({ created, transitions: [], taskRuns: [], logs: [], artifacts: [], events: [] });
}

export function testDueRuns(makeLedger: MakeLedger): void {
  describe("due runs", () => {
    const used = useStore(makeLedger);

    test("are the first of each queue, in the order of the queues", async () => {
      const { store } = used;
      const [first, second] = [uuidv7(), uuidv7()];
      for (const at of [3, 1, 2]) {
        await record(store, aDueRun(at, { workQueueId: first }), aDueRun(at + 10, { workQueueId: second }));
      }
      await record(store, aFlowRun({ workQueueId: first, states: [aState("PENDING")], ownerId: null }));
      const dueAts = async (more: object = {}) => {
        const queues = [
          { id: second, max: 2 },
          { id: first, max: 10 },
        ];
        return (await store.findDueRuns({ queues, before: 100, limit: 10, ...more })).map(({ dueAt }) => dueAt);
      };
      expect(await dueAts()).toEqual([11, 12, 1, 2, 3]);
      expect(await dueAts({ limit: 4 })).toEqual([11, 12, 1, 2]);
      expect(await dueAts({ before: 11, after: 2 })).toEqual([11, 2, 3]);
      expect(await dueAts({ queues: [{ id: first, max: 0 }] })).toEqual([]);
      expect(await dueAts({ queues: [] })).toEqual([]);
    });

    test("leave out those of deployments that are named, and no others", async () => {
      const { store } = used;
      const [workQueueId, one, another] = [uuidv7(), uuidv7(), uuidv7()];
      await record(
        store,
        aDueRun(1, { workQueueId, deploymentId: one }),
        aDueRun(2, { workQueueId, deploymentId: another }),
        aDueRun(3, { workQueueId }),
      );
      const find = async (...exceptDeploymentIds: readonly string[]) => {
        const question = { queues: [{ id: workQueueId, max: 2 }], before: 10, limit: 10, exceptDeploymentIds };
        return (await store.findDueRuns(question)).map(({ dueAt }) => dueAt);
      };
      expect(await find()).toEqual([1, 2]);
      expect(await find(one)).toEqual([2, 3]);
      expect(await find(one, another)).toEqual([3]);
    });

    test("come from more queues than fit in one statement", async () => {
      const { store } = used;
      const ids = Array.from({ length: 250 }, () => uuidv7());
      await record(store, ...ids.map((workQueueId, index) => aDueRun(index, { workQueueId })));
      const queues = ids.map((id) => ({ id, max: 1 }));
      const found = await store.findDueRuns({ queues, before: 1000, limit: 240 });
      expect(found.map(({ workQueueId }) => workQueueId)).toEqual(ids.slice(0, 240));
    });

    test("of deployments are in the order of their times", async () => {
      const { store } = used;
      const [one, another] = [uuidv7(), uuidv7()];
      await record(store, aDueRun(2, { deploymentId: one }), aDueRun(1, { deploymentId: another }), aDueRun(0));
      const request = { deploymentIds: [one, another], before: 5, limit: 5 };
      const found = await store.findDueRunsOfDeployments(request);
      expect(found.map(({ dueAt }) => dueAt)).toEqual([1, 2]);
      expect(await store.findDueRunsOfDeployments({ ...request, before: 1 })).toHaveLength(1);
    });

    test("that hold a slot are counted by queue", async () => {
      const { store } = used;
      const [busy, idle] = [uuidv7(), uuidv7()];
      for (const type of ["PENDING", "RUNNING", "COMPLETED"] as const) {
        await record(store, aFlowRun({ workQueueId: busy, states: [aState(type)] }));
      }
      expect(await store.countActiveRuns([busy, idle])).toEqual([{ workQueueId: busy, active: 2 }]);
      expect(await store.countActiveRuns([])).toEqual([]);
    });

    test("that wait are deleted, and no others", async () => {
      const { store } = used;
      const deploymentId = uuidv7();
      const of = (dueAt: number, more: Partial<NewFlowRun> = {}) =>
        aDueRun(dueAt, { deploymentId, autoScheduled: true, ...more });
      const awaiting = aState("SCHEDULED", startAt, { name: "AwaitingConcurrencySlot" });
      const begun = [aState("RUNNING"), aState("SCHEDULED", startAt + 1, { name: "AwaitingRetry" })];
      const input = of(8);
      await record(store, of(5), of(6, { autoScheduled: false }), input, aDueRun(9));
      await record(
        store,
        of(7, { states: [awaiting] }),
        of(7, { states: begun }),
        of(7, { states: [aState("PENDING")] }),
      );
      await store.writeRunInput({ flowRunId: input.id, key: "k", id: "1", value: "1", sender: null, createdAt: 1 });
      expect(await store.deleteWaitingRuns(deploymentId, { isAutoScheduled: true, dueAfter: 5 })).toBe(1);
      expect(await store.findRunInputs(input.id)).toEqual([]);
      expect(await store.deleteWaitingRuns(deploymentId, { isAutoScheduled: true })).toBe(1);
      expect(await store.deleteWaitingRuns(deploymentId, { isAutoScheduled: false })).toBe(1);
      expect(await store.deleteWaitingRuns("no id", { isAutoScheduled: false })).toBe(0);
      expect(await store.count("flow-run", { field: "deploymentId", in: [deploymentId] })).toBe(3);
    });
  });

  describe("who was asked for runs", () => {
    const used = useStore(makeLedger);

    test("is marked once in a while, without a new revision", async () => {
      const { store } = used;
      const queue = {
        id: uuidv7(),
        revision: 1,
        createdAt: startAt,
        updatedAt: startAt,
        workPoolId: uuidv7(),
        name: "q",
        priority: 1,
        paused: false,
        polledAt: null,
      };
      await store.insertObject("work-queue", queue, null);
      const mark = (at: number) => store.markPolled("work-queue", { ids: [queue.id], at, unlessSince: at - 5 });
      expect([await mark(10), await mark(14), await mark(16)]).toEqual([1, 0, 1]);
      expect(await store.readObjects("work-queue", [queue.id])).toEqual([{ ...queue, polledAt: 16 }]);
      expect(await store.markPolled("deployment", { ids: [], at: 1, unlessSince: 0 })).toBe(0);
    });

    test("what workers say of themselves all the time is marked for many at once, without a new revision", async () => {
      const { store } = used;
      const [one, other] = ["one", "other"].map((name) => ({
        id: uuidv7(),
        revision: 3,
        createdAt: startAt,
        updatedAt: startAt,
        workPoolId: uuidv7(),
        name,
        heartbeatAt: startAt,
        heartbeatIntervalMs: 10_000,
      }));
      if (one === undefined || other === undefined) throw new Error("there are two");
      for (const worker of [one, other]) await store.insertObject("worker", worker, null);
      const marks = { ids: [one.id, other.id, uuidv7()], at: startAt + 10, unlessSince: startAt + 11 };
      expect(await store.markPolled("worker", marks)).toBe(2);
      const marked = [one, other].map((worker) => ({ ...worker, heartbeatAt: startAt + 10 }));
      expect(await store.readObjects("worker", [one.id, other.id])).toEqual(marked);
    });
  });
}
