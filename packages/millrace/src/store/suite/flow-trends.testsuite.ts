import { beforeAll, describe, expect, test } from "vitest";
import type { NewFlowRun } from "../../contract/flow-run.ts";
import type { Deployment } from "../../contract/objects.ts";
import type { State } from "../../contract/states.ts";
import type { FlowSummaryQuestion } from "../../contract/store.ts";
import type { TaskRunChange } from "../../contract/task-run.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import { aDeployment } from "./objects.testsuite.ts";
import { aFlowRun, aState, aTaskRun, readAll, record, startAt } from "./samples.testsuite.ts";

export function testFlowTrends(makeLedger: MakeLedger): void {
  describe("how flows have been doing", () => {
    const used = useStore(makeLedger);
    const asked: FlowSummaryQuestion = { where: { all: [] }, since: 0, bars: 30, page: {} };
    let runs: readonly NewFlowRun[] = [];

    const ran = (at: number, took: number): readonly State[] => [
      aState("SCHEDULED", startAt + at),
      aState("RUNNING", startAt + at + 1),
      aState("COMPLETED", startAt + at + 1 + took),
    ];

    beforeAll(async () => {
      const of = (flowName: string, states: readonly State[], more: Partial<NewFlowRun> = {}): NewFlowRun =>
        aFlowRun({ flowName, states, ownerId: null, ...more });
      runs = [
        of("daily", ran(0, 100)),
        of("daily", ran(1000, 300), { tags: ["eu"] }),
        of("daily", ran(2000, 200), { tags: ["eu"] }),
        of("daily", [aState("RUNNING", startAt + 3000), aState("FAILED", startAt + 3050)]),
        of("daily", [aState("SCHEDULED", startAt + 3500, { details: { scheduledAt: startAt + 9000 } })]),
        of("daily", [aState("PENDING", startAt + 4000)]),
        of("other", ran(500, 7)),
      ];
      await record(used.store, { created: runs });
    });

    const ids = (...places: readonly number[]): readonly string[] =>
      places.map((place) => (runs[place] as NewFlowRun).id);

    test("is told by counts, by how long half and most of them took, and by the newest", async () => {
      const { items, next } = await used.store.summarizeFlows(asked);
      expect(next).toBeNull();
      expect(items).toEqual([
        {
          flowName: "daily",
          count: 6,
          isCut: false,
          counts: { COMPLETED: 3, FAILED: 1, SCHEDULED: 1, PENDING: 1 },
          p50Ms: 200,
          p95Ms: 300,
          bars: {
            ids: ids(5, 3, 2, 1, 0),
            stateTypes: ["PENDING", "FAILED", "COMPLETED", "COMPLETED", "COMPLETED"],
            stateNames: ["Pending", "Failed", "Completed", "Completed", "Completed"],
            starts: [4000, 3000, 2001, 1001, 1].map((at) => startAt + at),
            durationsMs: [null, 50, 200, 300, 100],
          },
        },
        expect.objectContaining({ flowName: "other", count: 1, p50Ms: 7, p95Ms: 7 }),
      ]);
    });

    test("is told of flows by name, of runs by a condition and a time, in pages", async () => {
      const { store } = used;
      const eu = { field: "tags", hasAny: ["eu"] };
      const narrow = await store.summarizeFlows({
        ...asked,
        names: ["daily", "none"],
        where: eu,
        since: startAt + 1500,
        bars: 1,
      });
      expect(narrow.items).toMatchObject([{ flowName: "daily", counts: { COMPLETED: 1 }, bars: { ids: ids(2) } }]);
      const empty = await store.summarizeFlows({ ...asked, names: ["other"], since: startAt + 600 });
      expect(empty.items).toMatchObject([{ count: 0, counts: {}, p50Ms: null, p95Ms: null, bars: { ids: [] } }]);
      const { items, pages } = await readAll((page) => store.summarizeFlows({ ...asked, page }), 1);
      expect([items.map(({ flowName }) => flowName), pages]).toEqual([["daily", "other"], 2]);
    });

    test("looks at the newest runs only", async () => {
      const { store } = used;
      const many = Array.from({ length: 1100 }, (_, at) =>
        aFlowRun({ flowName: "often", states: ran(at, at < 100 ? 1_000_000 : 5), ownerId: null }),
      );
      await record(store, { created: many });
      const { items } = await store.summarizeFlows({ ...asked, names: ["often"] });
      expect(items).toMatchObject([{ isCut: true, p95Ms: 5 }]);
      expect(items[0]?.count).toBeLessThanOrEqual(1001);
      expect(items[0]?.bars.ids).toEqual(
        many
          .slice(-30)
          .map(({ id }) => id)
          .toReversed(),
      );
    });

    test("is told of deployments by the newest runs of each, and by when the next one is due", async () => {
      const { store } = used;
      const [busy, quiet, idle] = [aDeployment(), aDeployment({ name: "quiet" }), aDeployment({ name: "idle" })];
      for (const deployment of [busy, quiet, idle]) await store.insertObject("deployment", deployment, null);
      const of = (deployment: Deployment, states: readonly State[]): NewFlowRun =>
        aFlowRun({ flowName: deployment.flowName, deploymentId: deployment.id, states, ownerId: null });
      const due = (at: number): readonly State[] => [
        aState("SCHEDULED", startAt, { details: { scheduledAt: startAt + at } }),
      ];
      // One that runs so often that its runs alone would fill any list.
      const often = Array.from({ length: 300 }, (_, at) => of(busy, ran(1000 + at, 5)));
      const rare = [of(quiet, ran(0, 70)), of(quiet, [aState("RUNNING", startAt + 10)])];
      const planned = [of(busy, due(9000)), of(quiet, due(8000)), of(quiet, due(7000))];
      await record(store, { created: [...rare, ...often, ...planned] });
      const found = await store.summarizeDeployments({ ids: [busy.id, quiet.id, idle.id, uuidv7()], bars: 20 });
      const summaryOf = new Map(found.map((summary) => [summary.deploymentId, summary]));
      expect(found).toHaveLength(3);
      expect(summaryOf.get(busy.id)).toMatchObject({
        nextDueAt: startAt + 9000,
        bars: {
          ids: often
            .slice(-20)
            .map(({ id }) => id)
            .toReversed(),
        },
      });
      expect(summaryOf.get(quiet.id)).toEqual({
        deploymentId: quiet.id,
        nextDueAt: startAt + 7000,
        bars: {
          ids: [rare[1]?.id, rare[0]?.id],
          stateTypes: ["RUNNING", "COMPLETED"],
          stateNames: ["Running", "Completed"],
          starts: [startAt + 10, startAt + 1],
          durationsMs: [null, 70],
        },
      });
      expect(summaryOf.get(idle.id)).toMatchObject({ nextDueAt: null, bars: { ids: [] } });
    });

    test("is told of a flow by its tasks", async () => {
      const { store } = used;
      const [first, , third] = runs as readonly [NewFlowRun, NewFlowRun, NewFlowRun];
      const of = ({ id }: NewFlowRun, taskName: string, type: "COMPLETED" | "FAILED", took: number): TaskRunChange =>
        aTaskRun(id, [aState("RUNNING", startAt), aState(type, startAt + took)], { taskName, epoch: 0 });
      await record(store, {
        taskRuns: [
          of(first, "old", "COMPLETED", 1),
          of(first, "train", "COMPLETED", 10),
          of(third, "load", "COMPLETED", 5),
          of(third, "train", "COMPLETED", 20),
          of(third, "train", "COMPLETED", 30),
          of(third, "train", "FAILED", 1),
          aTaskRun(third.id, [aState("RUNNING", startAt)], { taskName: "save", epoch: 0 }),
        ],
      });
      const grid = await store.readTaskGrid({ flowName: "daily", where: { all: [] }, runs: 5 });
      expect(grid).toEqual({
        flowName: "daily",
        isCut: false,
        runs: {
          ids: ids(5, 3, 2, 1, 0),
          names: Array(5).fill("brave-otter"),
          stateTypes: ["PENDING", "FAILED", "COMPLETED", "COMPLETED", "COMPLETED"],
          stateNames: ["Pending", "Failed", "Completed", "Completed", "Completed"],
          starts: [4000, 3000, 2001, 1001, 1].map((at) => startAt + at),
          durationsMs: [null, 50, 200, 300, 100],
        },
        taskNames: ["load", "train", "save", "old"],
        cells: {
          runs: [2, 2, 2, 2, 4, 4],
          tasks: [0, 1, 1, 2, 3, 1],
          stateTypes: ["COMPLETED", "COMPLETED", "FAILED", "RUNNING", "COMPLETED", "COMPLETED"],
          stateNames: ["Completed", "Completed", "Failed", "Running", "Completed", "Completed"],
          counts: [1, 2, 1, 1, 1, 1],
          durationsMs: [5, 50, 1, 0, 1, 10],
        },
      });
      const where = { field: "tags", hasAny: ["eu"] };
      expect((await store.readTaskGrid({ flowName: "daily", where, runs: 1 })).runs.ids).toEqual(ids(2));
      const none = await store.readTaskGrid({ flowName: "none", where, runs: 1 });
      expect(none).toMatchObject({ isCut: false, taskNames: [], runs: { ids: [] }, cells: { counts: [] } });
    });

    test("tells states of a type apart by their names", async () => {
      const { store } = used;
      const run = aFlowRun({ flowName: "named" });
      const names = ["Failed", "TimedOut", "TimedOut"];
      const taskRuns = names.map((name) =>
        aTaskRun(run.id, [aState("RUNNING"), aState("FAILED", startAt + 1, { name })], { taskName: "fit" }),
      );
      await record(store, { created: [run], taskRuns });
      const { cells } = await store.readTaskGrid({ flowName: "named", where: { all: [] }, runs: 30 });
      expect(cells).toMatchObject({
        runs: [0, 0],
        tasks: [0, 0],
        stateTypes: ["FAILED", "FAILED"],
        stateNames: ["Failed", "TimedOut"],
        counts: [1, 2],
      });
    });

    test("shows so many tasks at most", async () => {
      const { store } = used;
      const run = aFlowRun({ flowName: "wide" });
      const taskRuns = Array.from({ length: 301 }, (_, at) => aTaskRun(run.id, undefined, { taskName: `t-${at}` }));
      await record(store, { created: [run], taskRuns });
      const grid = await store.readTaskGrid({ flowName: "wide", where: { all: [] }, runs: 30 });
      expect(grid).toMatchObject({ isCut: true, taskNames: expect.objectContaining({ length: 300 }) });
      expect(Math.max(...grid.cells.tasks)).toBe(299);
    });
  });
}
