import { describe, expect, test } from "vitest";
import { uuidv7 } from "../../kit/ids.ts";
import { type MakeLedger, useStore } from "./ledger.testsuite.ts";
import { aState, aTaskRun, create, record, startAt } from "./samples.testsuite.ts";

export function testTimeline(makeLedger: MakeLedger): void {
  describe("the timeline of a flow run", () => {
    const used = useStore(makeLedger);
    const asked = { maxRows: 100, buckets: 4, now: startAt + 1000 };

    async function makeRun(): Promise<{ id: string; load: string; train: string; sub: string; childId: string }> {
      const { store } = used;
      const { id } = await create(store);
      const childId = uuidv7();
      const of = (taskName: string, from: number, to: number | null, more = {}) =>
        aTaskRun(id, [aState("RUNNING", startAt + from), ...(to === null ? [] : [aState("COMPLETED", startAt + to)])], {
          taskName,
          name: `${taskName}-0`,
          ...more,
        });
      const load = of("load", 0, 100);
      const train = of("train", 100, 400, { parentId: load.id });
      const sub = of("sub", 300, null, { kind: "flow", childFlowRunId: childId });
      await record(store, { taskRuns: [load, train, sub, of("train", 350, 360)] });
      return { id, load: load.id, train: train.id, sub: sub.id, childId };
    }

    test("has its task runs as columns that name tasks and parents by their place", async () => {
      const { id, load, train, sub, childId } = await makeRun();
      const timeline = await used.store.readTimeline({ ...asked, flowRunId: id });
      expect(timeline).toMatchObject({
        flowRunId: id,
        readAt: asked.now,
        total: 4,
        count: 4,
        firstAt: startAt,
        lastAt: startAt + 400,
        taskNames: ["load", "train", "sub"],
        density: null,
        rows: {
          ids: [load, train, sub, expect.any(String)],
          names: ["load-0", "train-0", "sub-0", "train-0"],
          tasks: [0, 1, 2, 1],
          parents: [null, 0, null, null],
          childFlowRunIds: [null, null, childId, null],
          stateTypes: ["COMPLETED", "COMPLETED", "RUNNING", "COMPLETED"],
          starts: [startAt, startAt + 100, startAt + 300, startAt + 350],
          ends: [startAt + 100, startAt + 400, null, startAt + 360],
        },
      });
    });

    test("of a window has what was there in it, and no parents from outside", async () => {
      const { id, train, sub } = await makeRun();
      const window = { from: startAt + 101, to: startAt + 349 };
      const timeline = await used.store.readTimeline({ ...asked, ...window, flowRunId: id });
      expect(timeline).toMatchObject({ total: 4, count: 2, firstAt: startAt, taskNames: ["train", "sub"] });
      expect(timeline.rows).toMatchObject({ ids: [train, sub], parents: [null, null] });
    });

    test("has what has changed since it was read, for who has the rest", async () => {
      const { id, load, train, sub } = await makeRun();
      const read = (changedAfter: number, maxRows = 100) =>
        used.store.readTimeline({ ...asked, maxRows, flowRunId: id, changedAfter });
      const { eventSeq } = await used.store.readTimeline({ ...asked, flowRunId: id });
      expect(await read(eventSeq)).toMatchObject({
        total: 4,
        count: 0,
        firstAt: null,
        rows: { ids: [], parentIds: [] },
      });
      const inner = aTaskRun(id, [aState("RUNNING", startAt + 500)], { taskName: "inner", parentId: load });
      await record(used.store, { taskRuns: [inner] });
      // Whatever time it has: what was reported late has changed all the same.
      const late = aTaskRun(id, [aState("RUNNING", startAt + 1), aState("FAILED", startAt + 2)], { taskName: "late" });
      await record(used.store, { taskRuns: [late] });
      const changed = await read(eventSeq);
      expect(changed).toMatchObject({ total: 6, count: 2, changedAfter: eventSeq, taskNames: ["inner", "late"] });
      expect(changed).toMatchObject({ firstAt: startAt + 1, lastAt: startAt + 500 });
      expect(changed.rows).toMatchObject({
        ids: [inner.id, late.id],
        parents: [null, null],
        parentIds: [load, null],
        stateTypes: ["RUNNING", "FAILED"],
      });
      expect((await read(changed.eventSeq)).count).toBe(0);
      const tooMany = await read(eventSeq, 1);
      expect(tooMany).toMatchObject({ count: 6, rows: null });
      expect(tooMany).not.toHaveProperty("changedAfter");
      expect(tooMany.density?.tasks).toHaveLength(6);
      const all = await read(0);
      expect(all.rows?.ids).toEqual(expect.arrayContaining([load, train, sub]));
      expect(all.count).toBe(6);
    });

    test("tells how long its task runs waited, and when they were tried again", async () => {
      const { id } = await create(used.store);
      const plain = aTaskRun(id, [aState("PENDING", startAt), aState("RUNNING", startAt + 30.4)]);
      const retried = aTaskRun(
        id,
        [
          aState("PENDING", startAt),
          aState("RUNNING", startAt + 10),
          aState("SCHEDULED", startAt + 20, { name: "AwaitingRetry" }),
          aState("RUNNING", startAt + 60, { name: "Retrying" }),
          aState("COMPLETED", startAt + 90),
        ],
        { attempt: 2 },
      );
      const waiting = aTaskRun(id, [aState("PENDING", startAt)], { attempt: 0 });
      const failedOnce = aTaskRun(id, [aState("RUNNING", startAt), aState("SCHEDULED", startAt + 20)]);
      await record(used.store, { taskRuns: [plain, retried, waiting, failedOnce] });
      const { rows } = await used.store.readTimeline({ ...asked, flowRunId: id });
      expect(rows).toMatchObject({ waits: [30, 10, 0, 0], interrupted: [1, 3], turns: [[10, 50], [20]] });
    });

    test("is a density where there are more task runs than rows", async () => {
      const { id } = await makeRun();
      const timeline = await used.store.readTimeline({ ...asked, flowRunId: id, maxRows: 3 });
      expect(timeline).toMatchObject({ count: 4, rows: null, taskNames: ["load", "train", "sub"] });
      expect(timeline.density).toEqual({
        from: startAt,
        bucketMs: 100,
        buckets: [0, 1, 3, 3],
        tasks: [0, 1, 2, 1],
        stateTypes: ["COMPLETED", "COMPLETED", "RUNNING", "COMPLETED"],
        stateNames: ["Completed", "Completed", "Running", "Completed"],
        counts: [1, 1, 1, 1],
      });
      const window = { from: startAt + 50, to: startAt + 450, maxRows: 0, buckets: 1 };
      const whole = await used.store.readTimeline({ ...asked, ...window, flowRunId: id });
      expect(whole.density).toMatchObject({ buckets: [0, 0, 0], tasks: [0, 1, 2], counts: [1, 2, 1] });
    });

    test("of a run without task runs, or of none, is empty", async () => {
      const { id } = await create(used.store);
      for (const flowRunId of [id, "no id"]) {
        const timeline = await used.store.readTimeline({ ...asked, flowRunId });
        expect(timeline).toMatchObject({ total: 0, count: 0, firstAt: null, taskNames: [], density: null });
        expect(timeline.rows?.ids).toEqual([]);
      }
    });
  });
}
