import { describe, expect, test } from "vitest";
import type { RunSubject } from "../../contract/aggregates.ts";
import type { Condition } from "../../contract/query.ts";
import type { State } from "../../contract/states.ts";
import type { Store } from "../../contract/store.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import { aFlowRun, aState, aTaskRun, create, record, startAt } from "./samples.testsuite.ts";

const hourMs = 3_600_000;

function ofFlow(flowName: string): Condition {
  return { field: "flowName", in: [flowName] };
}

/** A run in these states, each so many ms after it was expected. */
async function run(
  store: Store,
  flowName: string,
  states: readonly (readonly [State["type"], number])[],
  at = startAt,
) {
  const history = states.map(([type, after]) => aState(type, at + after));
  return create(store, { flowName, states: history, ownerId: null });
}

export function testAggregates(makeLedger: MakeLedger): void {
  describe("figures over many runs", () => {
    const used = useStore(makeLedger);
    const now = startAt + 10 * hourMs;

    const measure = (where: Condition, subject: RunSubject = "flow-run") =>
      used.store.measureRuns({ subject, where, now });

    test.each<[string, readonly (readonly [State["type"], number])[], { runningMs: number; latenessMs: number }]>([
      [
        "that ran once",
        [
          ["SCHEDULED", 0],
          ["RUNNING", 50],
          ["COMPLETED", 150],
        ],
        { runningMs: 100, latenessMs: 50 },
      ],
      [
        "that was paused",
        [
          ["PENDING", 0],
          ["RUNNING", 10],
          ["PAUSED", 20],
          ["RUNNING", 520],
          ["FAILED", 530],
        ],
        { runningMs: 20, latenessMs: 10 },
      ],
      [
        "that was cancelled while it ran",
        [
          ["RUNNING", 0],
          ["CANCELLING", 30],
          ["CANCELLED", 90],
        ],
        { runningMs: 30, latenessMs: 0 },
      ],
      ["that runs", [["RUNNING", 0]], { runningMs: 10 * hourMs, latenessMs: 0 }],
      ["that waits", [["SCHEDULED", 0]], { runningMs: 0, latenessMs: 10 * hourMs }],
      [
        "that ended before it began",
        [
          ["SCHEDULED", 0],
          ["CANCELLED", 500],
        ],
        { runningMs: 0, latenessMs: 0 },
      ],
    ])("a run %s is as long and as late as its states say", async (_, states, expected) => {
      const flowName = `f-${uuidv7()}`;
      await run(used.store, flowName, states);
      const measures = await measure(ofFlow(flowName));
      expect(measures.count).toBe(1);
      expect(measures.runningMs).toBeCloseTo(expected.runningMs, 3);
      expect(measures.latenessMs).toBeCloseTo(expected.latenessMs, 3);
    });

    test("a task run that was tried twice has run as long as both attempts, whatever its messages hold", async () => {
      const { store } = used;
      const { id } = await create(store);
      const states = [
        aState("RUNNING", startAt),
        aState("SCHEDULED", startAt + 10, { name: "AwaitingRetry", message: 'no \u0000 "\ud800 {RUNNING}' }),
        aState("RUNNING", startAt + 1010),
        aState("COMPLETED", startAt + 1015),
      ];
      await record(store, { taskRuns: [aTaskRun(id, states, { attempt: 2 })] });
      const measures = await measure({ field: "flowRunId", in: [id] }, "task-run");
      expect(measures).toEqual({ count: 1, runningMs: 15, latenessMs: 0 });
    });

    test("of no runs are nothing", async () => {
      expect(await measure(ofFlow("nothing of it"))).toEqual({ count: 0, runningMs: 0, latenessMs: 0 });
    });

    test("a history puts runs in intervals of any length, by the time that is asked for", async () => {
      const { store } = used;
      const flowName = `f-${uuidv7()}`;
      await run(store, flowName, [
        ["RUNNING", 0],
        ["COMPLETED", 100],
      ]);
      await run(store, flowName, [
        ["SCHEDULED", 0],
        ["RUNNING", 2 * hourMs],
        ["COMPLETED", 2 * hourMs + 100],
      ]);
      await run(
        store,
        flowName,
        [
          ["RUNNING", 0],
          ["FAILED", 5],
        ],
        startAt + hourMs - 0.001,
      );
      await run(store, flowName, [["SCHEDULED", 0]], startAt + hourMs);
      await run(store, flowName, [["SCHEDULED", 0]], startAt + 3 * hourMs);
      const ask = { subject: "flow-run", where: ofFlow(flowName), from: startAt, bucketMs: hourMs, now } as const;
      const to = startAt + 2.5 * hourMs;
      const cells = await store.readRunHistory({ ...ask, to, by: "expected" });
      expect(cells.map(({ bucket, stateName, count }) => [bucket, stateName, count])).toEqual([
        [0, "Completed", 2],
        [0, "Failed", 1],
        [1, "Scheduled", 1],
      ]);
      expect(cells[0]?.runningMs).toBeCloseTo(200, 3);
      expect(cells[0]?.latenessMs).toBeCloseTo(2 * hourMs, 3);
      expect(cells[2]).toMatchObject({ stateType: "SCHEDULED", runningMs: 0, latenessMs: 9 * hourMs });
      const started = await store.readRunHistory({ ...ask, to, by: "started" });
      expect(started.map(({ bucket, count }) => [bucket, count])).toEqual([
        [0, 1],
        [0, 1],
        [2, 1],
      ]);
      const third = { ...ask, bucketMs: hourMs / 3, to: startAt + hourMs, by: "ended" } as const;
      expect((await store.readRunHistory(third)).map(({ bucket }) => bucket)).toEqual([0]);
      expect(await store.readRunHistory({ ...ask, to: startAt, by: "expected" })).toEqual([]);
    });

    test("how long runs took is told by ranks, of each interval and of all, whatever else there is", async () => {
      const { store } = used;
      const flowName = `f-${uuidv7()}`;
      const took = async (ms: number, at: number, end: State["type"] = "COMPLETED"): Promise<void> => {
        const states = [["SCHEDULED", 0] as const, ["RUNNING", 1] as const, [end, 1 + ms] as const];
        await run(store, flowName, states, startAt + at);
      };
      for (let ms = 1; ms <= 20; ms++) await took(ms * 10, ms * 1000);
      await took(5000, 2 * hourMs);
      await took(7, 2 * hourMs, "FAILED");
      await run(store, flowName, [["RUNNING", 0]], startAt);
      const where = ofFlow(flowName);
      const ask = { where, from: startAt, to: startAt + 3 * hourMs, bucketMs: hourMs, maxRuns: 21 };
      const { whole, cells, isCut } = await store.readDurationHistory(ask);
      const near = (ms: number) => expect.closeTo(ms, 3);
      expect(cells).toEqual([
        { bucket: 0, count: 20, p50Ms: near(100), p95Ms: near(190) },
        { bucket: 2, count: 1, p50Ms: near(5000), p95Ms: near(5000) },
      ]);
      expect(whole).toEqual({ count: 21, p50Ms: near(110), p95Ms: near(200) });
      expect(isCut).toBe(false);
      // The newest ten, of which the last began long after the others.
      expect(await store.readDurationHistory({ ...ask, maxRuns: 10 })).toEqual({
        isCut: true,
        whole: { count: 10, p50Ms: near(160), p95Ms: near(5000) },
        cells: [
          { bucket: 0, count: 9, p50Ms: near(160), p95Ms: near(200) },
          { bucket: 2, count: 1, p50Ms: near(5000), p95Ms: near(5000) },
        ],
      });
      const none = { isCut: false, whole: null, cells: [] };
      expect(await store.readDurationHistory({ ...ask, where: ofFlow("of nobody") })).toEqual(none);
      expect(await store.readDurationHistory({ ...ask, to: startAt })).toEqual(none);
    });

    test("what is at the very end of a history is in its last interval", async () => {
      const { store } = used;
      const flowName = `f-${uuidv7()}`;
      const bucketMs = 1e9;
      const from = startAt - 1000 * bucketMs;
      await run(store, flowName, [["SCHEDULED", 0]], startAt - 0.00025);
      const question = { subject: "flow-run", where: ofFlow(flowName), from, to: startAt, bucketMs, now } as const;
      expect(await store.readRunHistory({ ...question, by: "expected" })).toMatchObject([{ bucket: 999, count: 1 }]);
    });

    test("counts by a field are of ids, texts and what is null, the most frequent first", async () => {
      const { store } = used;
      const [a, b] = [await create(store), await create(store, { tags: ["counted"] })];
      await record(store, {
        taskRuns: [
          aTaskRun(a.id, undefined, { taskName: "load" }),
          aTaskRun(b.id, undefined, { taskName: "train" }),
          aTaskRun(b.id, undefined, { taskName: "train", parentId: a.id }),
        ],
      });
      const where = { field: "flowRunId", in: [a.id, b.id] };
      expect(await store.countBy("task-run", "flowRunId", where)).toEqual([
        { value: b.id, count: 2 },
        { value: a.id, count: 1 },
      ]);
      expect(await store.countBy("task-run", "taskName", where)).toEqual([
        { value: "train", count: 2 },
        { value: "load", count: 1 },
      ]);
      expect(await store.countBy("task-run", "parentId", where)).toEqual([
        { value: null, count: 2 },
        { value: a.id, count: 1 },
      ]);
      const ofRuns = { field: "id", in: [a.id, b.id] };
      expect(await store.countBy("flow-run", "autoScheduled", ofRuns)).toEqual([{ value: false, count: 2 }]);
      const related = { related: "task-run", where: { field: "taskName", in: ["load"] } } as const;
      const ofLoad = { all: [ofRuns, related] };
      expect(await store.countBy("flow-run", "stateType", ofLoad)).toEqual([{ value: "RUNNING", count: 1 }]);
      for (const field of ["tags", "nothing"]) {
        await expect(store.countBy("flow-run", field, ofRuns)).rejects.toMatchObject({ code: "USAGE" });
      }
    });

    test("states that were seen have their names and times, of flow runs and task runs", async () => {
      const { store } = used;
      const name = `it's "${uuidv7()}" \u2028 é`;
      const at = now + hourMs;
      const { id } = await create(store, {
        states: [aState("SCHEDULED", at, { name }), aState("RUNNING", at + 1)],
      });
      await record(store, {
        taskRuns: [aTaskRun(id, [aState("SCHEDULED", at + 5, { name }), aState("PENDING", at + 6, { name })])],
      });
      const seen = (await store.findSeenStates(100)).filter(({ stateName }) => stateName === name);
      expect(seen).toEqual([
        { stateType: "PENDING", stateName: name, firstAt: at + 6, lastAt: at + 6 },
        { stateType: "SCHEDULED", stateName: name, firstAt: at, lastAt: at + 5 },
      ]);
      const newer = aFlowRun({ states: [aState("RUNNING", at + 9)] });
      await record(store, { created: [newer] });
      const newest = await store.findSeenStates(1);
      expect(newest.map(({ stateName }) => stateName)).toEqual(["Running", name, name]);
      expect(newest[0]).toMatchObject({ firstAt: at + 9 });
    });
  });
}
