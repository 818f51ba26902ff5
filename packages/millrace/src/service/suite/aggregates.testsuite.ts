import { describe, expect, test } from "vitest";
import { uuidv7 } from "../../kit/ids.ts";
import { anEvent, aState, aTaskRun, readAll, startAt } from "../../store/suite/samples.testsuite.ts";
import { begin, register, type UsedApi } from "./api-under-test.testsuite.ts";

export function testAggregates(used: UsedApi): void {
  describe("figures over many runs", () => {
    test("are counted, measured and put in intervals", async () => {
      const { api } = used;
      const flowName = `f-${uuidv7()}`;
      const run = await begin(api, await register(api), { flowName });
      const end = { type: "COMPLETED", name: "Completed", at: (run.startedAt ?? 0) + 250 } as const;
      await api.proposeFlowRunState({ id: run.id, epoch: 1, state: end });
      const where = { field: "flowName", in: [flowName] };
      expect(await api.countBy("flow-run", "stateName", where)).toEqual([{ value: "Completed", count: 1 }]);
      const measures = await api.measureRuns("flow-run", where);
      expect(measures).toMatchObject({ count: 1, runningMs: expect.closeTo(250, 3), latenessMs: expect.closeTo(1, 3) });
      const window = { from: run.expectedAt - 1500, to: run.expectedAt + 1500, bucketMs: 1000 };
      const cells = await api.readRunHistory({ subject: "flow-run", where, ...window });
      expect(cells).toEqual([{ bucket: 1, stateType: "COMPLETED", stateName: "Completed", ...measures }]);
      const took = { count: 1, p50Ms: expect.closeTo(250, 3), p95Ms: expect.closeTo(250, 3) };
      expect(await api.readDurationHistory({ where, ...window })).toEqual({
        isCut: false,
        whole: took,
        cells: [{ bucket: 1, ...took }],
      });
      const seen = await api.listSeenStates();
      expect(seen.map(({ stateName }) => stateName)).toEqual(
        expect.arrayContaining(["Pending", "Running", "Completed"]),
      );
    });

    test("events are counted in intervals, all that a filter takes", async () => {
      const { api } = used;
      const name = `shop.${uuidv7()}`;
      const at = (ms: number) => ({ ...anEvent({ name, at: startAt + ms }), id: uuidv7() });
      await api.record({ processId: "p", events: [at(0), at(10), at(999), at(1000), at(2500), at(3001)] });
      const ask = { filter: { names: [name] }, from: startAt, to: startAt + 3000, bucketMs: 1000 };
      expect(await api.readEventHistory(ask)).toEqual([
        { bucket: 0, count: 3, failures: 0 },
        { bucket: 1, count: 1, failures: 0 },
        { bucket: 2, count: 1, failures: 0 },
      ]);
      const run = await begin(api, await register(api));
      const end = { type: "FAILED", name: "Failed", at: (run.startedAt ?? 0) + 250 } as const;
      await api.proposeFlowRunState({ id: run.id, epoch: 1, state: end });
      const ofRun = { filter: { flowRunIds: [run.id] }, from: end.at - 10_000, to: end.at, bucketMs: 10_000 };
      const { items } = await api.listEvents({ flowRunIds: [run.id] });
      expect(await api.readEventHistory(ofRun)).toEqual([{ bucket: 0, count: items.length, failures: 1 }]);
      await expect(api.readEventHistory({ ...ask, bucketMs: 1 })).rejects.toMatchObject({ code: "USAGE" });
    });

    test("events are grouped by their names and by what they happened to", async () => {
      const { api } = used;
      const [mine, other] = [`shop.${uuidv7()}`, `shop.${uuidv7()}`];
      const of = (name: string, id: string, ms: number) => ({
        ...anEvent({ name, at: startAt + ms, resource: { id, name: `at ${ms}` } }),
        id: uuidv7(),
      });
      await api.record({ processId: "p", events: [of(mine, other, 3), of(mine, mine, 1), of(other, mine, 2)] });
      const run = await begin(api, await register(api));
      const end = { type: "FAILED", name: "Failed", at: (run.startedAt ?? 0) + 250 } as const;
      await api.proposeFlowRunState({ id: run.id, epoch: 1, state: end });
      const ask = { filter: { namePrefixes: ["shop."], resourceIds: [mine, other] } };
      const byName = await api.groupEvents({ ...ask, by: "name" });
      expect(byName.map(({ value, count }) => [value, count])).toEqual([
        [mine, 2],
        [other, 1],
      ]);
      expect(byName[0]).toMatchObject({
        firstAt: startAt + 1,
        lastAt: startAt + 3,
        newest: { resource: { id: mine } },
      });
      const byResource = await api.groupEvents({ ...ask, by: "resource" });
      expect(byResource.map(({ value, count, newest }) => [value, count, newest.name])).toEqual([
        [mine, 2, other],
        [other, 1, mine],
      ]);
      const but = { filter: { ...ask.filter, exceptNames: [other] }, by: "resource" } as const;
      expect((await api.groupEvents(but)).map(({ count }) => count)).toEqual([1, 1]);
      const states = { flowRunIds: [run.id], exceptNamePrefixes: ["millrace.flow-run.Fail"] };
      const { items } = await api.listEvents(states);
      expect(items.map(({ name }) => name)).not.toContain("millrace.flow-run.Failed");
      const [ofRun, ...more] = await api.groupEvents({ filter: states, by: "resource" });
      expect(more).toEqual([]);
      expect(ofRun).toMatchObject({ value: `millrace.flow-run.${run.id}`, count: items.length, newest: items.at(-1) });
      expect(await api.groupEvents({ filter: { names: [`none.${uuidv7()}`] }, by: "name" })).toEqual([]);
    });

    test("are refused for intervals that are none, or too many", async () => {
      const ask = { subject: "flow-run", from: 0, to: 1_000_000 } as const;
      const refused = { code: "USAGE" };
      for (const bucketMs of [0, -1, 999]) {
        await expect(used.api.readRunHistory({ ...ask, bucketMs })).rejects.toMatchObject(refused);
        await expect(used.api.readDurationHistory({ from: 0, to: 1e6, bucketMs })).rejects.toMatchObject(refused);
      }
      expect(await used.api.readRunHistory({ ...ask, bucketMs: 1000 })).toEqual([]);
      await expect(used.api.countBy("flow-run", "tags", { all: [] })).rejects.toMatchObject(refused);
    });
  });

  describe("how flows have been doing", () => {
    test("is told of each flow, and of a flow by its tasks", async () => {
      const { api } = used;
      const flowName = `f-${uuidv7()}`;
      const processId = await register(api);
      const run = await begin(api, processId, { flowName });
      await api.record({ processId, taskRuns: [aTaskRun(run.id)] });
      const { items, next } = await api.summarizeFlows({ names: [flowName], since: 0 });
      expect(next).toBeNull();
      expect(items).toMatchObject([
        { flowName, count: 1, counts: { RUNNING: 1 }, p50Ms: null, bars: { ids: [run.id] } },
      ]);
      const grid = await api.readTaskGrid({ flowName });
      expect(grid).toMatchObject({ runs: { ids: [run.id] }, taskNames: ["train"], cells: { counts: [1] } });
      for (const bars of [-1, 31]) {
        await expect(api.summarizeFlows({ since: 0, bars })).rejects.toMatchObject({ code: "USAGE" });
      }
      await expect(api.readTaskGrid({ flowName, runs: 101 })).rejects.toMatchObject({ code: "USAGE" });
    });

    test("is told of each deployment, up to so many at once", async () => {
      const { api } = used;
      const { deployment } = await api.saveDeployment({ flowName: `f-${uuidv7()}`, name: "nightly" });
      const { run } = await api.submitRun({ deployment: deployment.id, scheduledAt: 5_000_000_000_000 });
      const ids = [deployment.id, uuidv7()];
      expect(await api.summarizeDeployments({ ids })).toMatchObject([
        { deploymentId: deployment.id, nextDueAt: run.expectedAt, bars: { ids: [] } },
      ]);
      expect(await api.summarizeDeployments({ ids: [] })).toEqual([]);
      for (const refused of [{ ids, bars: 0 }, { ids: Array<string>(201).fill(uuidv7()) }]) {
        await expect(api.summarizeDeployments(refused)).rejects.toMatchObject({ code: "USAGE" });
      }
    });
  });

  describe("failures", () => {
    test("are grouped, a page of groups at a time", async () => {
      const { api } = used;
      const flowName = `f-${uuidv7()}`;
      const processId = await register(api);
      const fail = async (message: string): Promise<void> => {
        const run = await begin(api, processId, { flowName });
        const error = { name: "Error", message, code: null, stack: null, data: null };
        const failed = [aState("RUNNING", run.startedAt ?? 0), aState("FAILED", (run.startedAt ?? 0) + 1)];
        await api.record({ processId, taskRuns: [aTaskRun(run.id, failed, { error })] });
        const state = { type: "FAILED", name: "Failed", at: (run.startedAt ?? 0) + 2 } as const;
        await api.proposeFlowRunState({ id: run.id, epoch: 1, state, error });
      };
      for (const message of ["row 1 is bad", "row 22 is bad", "no such column"]) await fail(message);
      const asked = { since: 0, where: { field: "flowName", in: [flowName] } };
      const { items, pages } = await readAll((page) => api.groupFailures({ ...asked, page }), 1);
      expect(pages).toBe(2);
      expect(items.map(({ message, count, flowRunCount }) => ({ message, count, flowRunCount }))).toEqual(
        expect.arrayContaining([
          { message: "no such column", count: 1, flowRunCount: 1 },
          { message: expect.stringMatching(/^row \d+ is bad$/), count: 2, flowRunCount: 2 },
        ]),
      );
      expect(items.every(({ taskName }) => taskName === "train")).toBe(true);
      for (const { fingerprint, newest } of items) {
        const ofGroup = await readAll((page) => api.listFailedRuns({ ...asked, fingerprint, page }), 1);
        expect(ofGroup.items).toEqual(newest);
        expect(ofGroup.pages).toBe(newest.length);
      }
      expect(await api.listFailedRuns({ ...asked, fingerprint: "0" })).toEqual({ items: [], next: null });
      expect(await api.groupFailures({ ...asked, since: Number.MAX_SAFE_INTEGER })).toEqual({
        items: [],
        next: null,
        isCut: false,
      });
      for (const page of [{ limit: 0 }, { cursor: "none" }]) {
        await expect(api.groupFailures({ ...asked, page })).rejects.toMatchObject({ code: "USAGE" });
        const asking = api.listFailedRuns({ ...asked, fingerprint: "0", page });
        await expect(asking).rejects.toMatchObject({ code: "USAGE" });
      }
    });
  });

  describe("a timeline", () => {
    test("has the task runs of a flow run, or their density", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      const at = run.startedAt ?? 0;
      const taskRuns = [0, 10, 20].map((after) =>
        aTaskRun(run.id, [aState("RUNNING", at + after), aState("COMPLETED", at + after + 5)]),
      );
      await api.record({ processId, taskRuns });
      const timeline = await api.readTimeline({ flowRunId: run.id });
      expect(timeline).toMatchObject({ total: 3, count: 3, taskNames: ["train"], density: null });
      expect(timeline.rows?.ids).toEqual(taskRuns.map(({ id }) => id));
      const { rows, density } = await api.readTimeline({ flowRunId: run.id, maxRows: 2, buckets: 5, from: at });
      expect(rows).toBeNull();
      const changedAfter = timeline.eventSeq;
      const changed = await api.readTimeline({ flowRunId: run.id, changedAfter });
      expect(changed).toMatchObject({ count: 0, changedAfter, rows: { parentIds: [] } });
      expect(density).toMatchObject({
        from: at,
        bucketMs: expect.closeTo(5, 3),
        buckets: [0, 2, 4],
        counts: [1, 1, 1],
      });
    });

    test("has beside it a graph of what depends on what", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      const load = aTaskRun(run.id, [aState("RUNNING")], { taskName: "load" });
      const train = aTaskRun(run.id, [aState("RUNNING")], { inputs: [{ parameter: "rows", taskRunId: load.id }] });
      await api.record({ processId, taskRuns: [load, train] });
      const graph = await api.readRunGraph({ flowRunId: run.id });
      expect(graph.nodes.map(({ taskName }) => taskName)).toEqual(["load", "train"]);
      expect(graph.edges).toEqual([{ from: 0, to: 1, count: 1, parameters: ["rows"] }]);
      await expect(api.readRunGraph({ flowRunId: uuidv7() })).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
    });

    test("needs a flow run, and a window that there is", async () => {
      const { api } = used;
      await expect(api.readTimeline({ flowRunId: uuidv7() })).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
      const { id: flowRunId } = await begin(api, await register(api));
      for (const bad of [{ from: 2, to: 1 }, { maxRows: 10_001 }, { maxRows: -1 }, { buckets: 0 }, { buckets: 2001 }]) {
        await expect(api.readTimeline({ flowRunId, ...bad })).rejects.toMatchObject({ code: "USAGE" });
      }
    });
  });
}
