import { describe, expect, test } from "vitest";
import { uuidv7 } from "../../kit/ids.ts";
import {
  aFlowRun,
  aLogLine,
  anArtifact,
  anEvent,
  aState,
  aTaskRun,
  further,
  readAll,
  startAt,
} from "../../store/suite/samples.testsuite.ts";
import { begin, register, type UsedApi } from "./api-under-test.testsuite.ts";

export function testRecording(used: UsedApi): void {
  describe("a batch", () => {
    test("creates runs, once for each id and for each idempotency key", async () => {
      const { api } = used;
      const processId = uuidv7();
      const idempotencyKey = uuidv7();
      const one = aFlowRun({ idempotencyKey, tags: ["nightly", "eu"], parameters: '{"ü":"☂ \\ud83d"}' });
      const first = await api.record({ processId, created: [one] });
      expect(first.created.map(({ isNew }) => isNew)).toEqual([true]);
      const same = await api.record({ processId, created: [one, aFlowRun({ idempotencyKey })] });
      expect(same.created.map(({ run, isNew }) => [run.id, isNew])).toEqual([
        [one.id, false],
        [one.id, false],
      ]);
      const read = await api.readFlowRun(one.id);
      expect(read).toEqual(first.created[0]?.run);
      expect(read?.parameters).toBe(one.parameters);
      expect(read?.state.at).toBe(startAt + 1);
      expect(read?.history).toHaveLength(2);
    });

    test("writes everything it holds, and a second time nothing more", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      const task = aTaskRun(run.id);
      const batch = {
        processId,
        taskRuns: [task],
        artifacts: [anArtifact(run.id, { key: "report", data: '{"rows":1.5}' })],
        events: [anEvent({ flowRunId: run.id, payload: '{"amount":0.1}' })],
        proposals: [{ id: run.id, epoch: 1, state: { type: "COMPLETED", name: "Completed", at: startAt + 9e12 } }],
      } as const;
      const outcome = await api.record({ ...batch, logs: [aLogLine(run.id, "done", { fields: '{"n":1}' })] });
      expect(outcome.stale).toEqual([]);
      expect(outcome.proposals[0]?.decision).toMatchObject({ answer: "ACCEPT", state: { at: startAt + 9e12 } });
      const again = await api.record(batch);
      expect(again.proposals[0]?.run?.state).toEqual(outcome.proposals[0]?.run?.state);
      expect((await api.listTaskRuns({ flowRunIds: [run.id] })).items).toHaveLength(1);
      expect((await api.listArtifacts({ flowRunIds: [run.id] })).items).toEqual(batch.artifacts);
      const logs = await api.listLogs({ flowRunIds: [run.id] });
      expect(logs.items).toMatchObject([{ message: "done", at: startAt, fields: '{"n":1}' }]);
      const { items } = await api.listEvents({ flowRunIds: [run.id], names: ["order.placed"] });
      expect(items).toMatchObject([{ ...batch.events[0] }]);
    });

    test("may be empty", async () => {
      expect(await used.api.record({ processId: uuidv7() })).toEqual({ created: [], proposals: [], stale: [] });
    });

    test("of an owner that lost its run is refused, and names the run", async () => {
      const { api } = used;
      const [old, next] = [await register(api), await register(api)];
      const run = await begin(api, old);
      used.seeDead(old);
      const claimed = await api.claimFlowRun({ id: run.id, processId: next, mode: "resume" });
      expect([claimed.epoch, claimed.ownerId, claimed.state.type]).toEqual([2, next, "RUNNING"]);
      const late = aTaskRun(run.id, undefined, { epoch: 1 });
      expect(await api.record({ processId: old, taskRuns: [late] })).toMatchObject({ stale: [run.id] });
      expect(await api.readTaskRun(late.id)).toBeNull();
      const proposal = { id: run.id, epoch: 1, state: { type: "COMPLETED", name: "Completed" } } as const;
      expect((await api.record({ processId: old, proposals: [proposal] })).proposals).toMatchObject([
        { decision: { answer: "ABORT" } },
      ]);
      expect((await api.readFlowRun(run.id))?.state.type).toBe("RUNNING");
    });

    test("of a run that is not there is answered", async () => {
      const id = uuidv7();
      const proposal = { id, state: { type: "CANCELLING", name: "Cancelling" } } as const;
      const { proposals } = await used.api.record({ processId: uuidv7(), proposals: [proposal] });
      expect(proposals).toEqual([{ decision: { answer: "ABORT", reason: `there is no flow run ${id}` }, run: null }]);
    });

    test("can be large", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      // Above what a request over HTTP may hold.
      const data = JSON.stringify("é".repeat(10_000));
      const taskRuns = Array.from({ length: 500 }, () =>
        aTaskRun(run.id, undefined, { result: { storage: "inline", data } }),
      );
      expect((await api.record({ processId, taskRuns })).stale).toEqual([]);
      const records = await api.readRecords(run.id);
      expect(records).toHaveLength(500);
      expect(records.every(({ result }) => result?.storage === "inline" && result.data === data)).toBe(true);
    });
  });

  describe("task runs", () => {
    test("are read by id, by filter, by parent and counted", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      const first = aTaskRun(run.id, undefined, {
        taskName: "load",
        inputs: [{ parameter: "rows", taskRunId: uuidv7() }],
      });
      const child = aTaskRun(run.id, undefined, { taskName: "parse", parentId: first.id, tags: ["slow"] });
      const failed = aTaskRun(run.id, [aState("RUNNING"), aState("FAILED", startAt + 5, { message: "no" })], {
        taskName: "load",
        error: { name: "Error", message: "no", code: null, stack: null, data: null },
      });
      await api.record({ processId, taskRuns: [first, child, failed] });
      const { seq: _, ...read } = (await api.readTaskRun(first.id)) ?? {};
      const { newStates, epoch, ...row } = first;
      expect([newStates, epoch, read]).toEqual([3, 1, { ...row, extra: null }]);
      expect((await api.listTaskRuns({ stateTypes: ["FAILED"], flowRunIds: [run.id] })).items).toMatchObject([
        { id: failed.id, error: failed.error },
      ]);
      expect((await api.readRecords(run.id)).map(({ id }) => id)).toEqual([first.id, child.id, failed.id]);
      expect((await api.readRecords(run.id, first.id)).map(({ id }) => id)).toEqual([child.id]);
      const counts = await api.countTaskRuns(run.id);
      expect(counts.map(({ taskName, stateType, count }) => `${taskName} ${stateType} ${count}`).sort()).toEqual([
        "load COMPLETED 1",
        "load FAILED 1",
        "parse COMPLETED 1",
      ]);
      expect(await api.readTaskRun(uuidv7())).toBeNull();
      expect(await api.readRecords(uuidv7())).toEqual([]);
    });

    test("keep their final state, unless a retry reopens them", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      const task = aTaskRun(run.id, [aState("RUNNING"), aState("FAILED", startAt + 2)]);
      await api.record({ processId, taskRuns: [task] });
      const again = further(task, aState("RUNNING", startAt + 3), { attempt: 2 });
      await api.record({ processId, taskRuns: [again] });
      expect((await api.readTaskRun(task.id))?.state.type).toBe("FAILED");
      await api.record({ processId, taskRuns: [{ ...again, reopens: true }] });
      expect(await api.readTaskRun(task.id)).toMatchObject({ state: { type: "RUNNING" }, attempt: 2 });
    });

    test("keep results under a cache key", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      const key = `train/${uuidv7()}?a=b&c#d`;
      const result = { storage: "stored", store: "s3", key: "a/b", sizeBytes: 2 ** 40, serializer: "json" } as const;
      const task = aTaskRun(run.id, undefined, { result, cacheKey: key, cache: { key, expiresAt: startAt + 1e12 } });
      await api.record({ processId, taskRuns: [task] });
      expect(await api.readCacheEntry(key)).toMatchObject({
        key,
        result,
        taskRunId: task.id,
        expiresAt: startAt + 1e12,
      });
      expect(await api.readCacheEntry(`${key}/other`)).toBeNull();
    });

    test("keep a result once under a key", async () => {
      const { api } = used;
      const key = `transaction|${uuidv7()}`;
      const result = { storage: "inline", data: "{}" } as const;
      const [first, second] = [uuidv7(), uuidv7()];
      expect(await api.keepOnce({ key, result, taskRunId: first })).toMatchObject({
        key,
        taskRunId: first,
        expiresAt: null,
      });
      expect(await api.keepOnce({ key, result, taskRunId: second })).toMatchObject({ taskRunId: first });
      expect(await api.dropKept(key, second)).toBe(false);
      expect(await api.dropKept(key, first)).toBe(true);
      expect(await api.keepOnce({ key, result, taskRunId: second })).toMatchObject({ taskRunId: second });
    });
  });

  describe("logs, artifacts and events", () => {
    test("come in pages, each thing once", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      const logs = Array.from({ length: 25 }, (_, index) =>
        aLogLine(run.id, `line ${index}`, { level: index % 5 === 0 ? "error" : "debug" }),
      );
      await api.record({ processId, logs });
      const all = await readAll((page) => api.listLogs({ flowRunIds: [run.id] }, page), 10);
      expect(all.items.map(({ message }) => message)).toEqual(logs.map(({ message }) => message));
      expect(all.pages).toBe(3);
      const errors = await api.listLogs({ flowRunIds: [run.id], minLevel: "warn", contains: "line 1" });
      expect(errors.items.map(({ message }) => message)).toEqual(["line 10", "line 15"]);
      const afterSeq = all.items[22]?.seq ?? 0;
      expect((await api.listLogs({ flowRunIds: [run.id], afterSeq })).items).toHaveLength(2);
    });

    test("events of state changes are there with the changes, in order", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      await api.record({ processId, taskRuns: [aTaskRun(run.id)] });
      const { items } = await api.listEvents({ flowRunIds: [run.id] });
      expect(items.map(({ name }) => name)).toContain("millrace.flow-run.Running");
      expect(items.map(({ name }) => name)).toContain("millrace.task-run.Completed");
      const seqs = items.map(({ seq }) => seq);
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
      const [first] = seqs;
      expect((await api.listEvents({ flowRunIds: [run.id], afterSeq: first ?? 0 })).items).toEqual(items.slice(1));
    });

    test("artifacts are versions of a key, and can be deleted", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      const key = `report-${run.id}`;
      const [old, latest] = [anArtifact(run.id, { key }), anArtifact(run.id, { key, createdAt: startAt + 1 })];
      await api.record({ processId, artifacts: [old, latest] });
      const found = await api.listArtifacts({ keys: [key], latestOnly: true });
      expect(found.items.map(({ id }) => id)).toEqual([latest.id]);
      expect([await api.deleteArtifact(latest.id), await api.deleteArtifact(latest.id)]).toEqual([true, false]);
      expect((await api.listArtifacts({ keys: [key] })).items.map(({ id }) => id)).toEqual([old.id]);
    });

    test("a list of a thousand large artifacts stays small", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      const data = JSON.stringify("x".repeat(10_000));
      const artifacts = Array.from({ length: 1000 }, () => anArtifact(run.id, { data, description: "d".repeat(9000) }));
      for (let from = 0; from < artifacts.length; from += 100) {
        await api.record({ processId, artifacts: artifacts.slice(from, from + 100) });
      }
      const { items } = await api.listArtifactRows({ flowRunIds: [run.id] }, { limit: 1000 });
      expect(items).toHaveLength(1000);
      expect(items[0]).toMatchObject({ preview: data.slice(0, 200), sizeBytes: data.length });
      expect(JSON.stringify(items).length).toBeLessThan(900_000);
    });

    test("the versions of a key are told of, each once, and its end", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      const key = `progress-${run.id}`;
      const one = anArtifact(run.id, { key });
      const two = anArtifact(run.id, { key, createdAt: startAt + 1 });
      await api.record({ processId, artifacts: [one, anArtifact(run.id)] });
      await api.record({ processId, artifacts: [{ ...one, data: '"half"', updatedAt: startAt + 5 }, two] });
      for (const { id } of [one, two]) await api.deleteArtifact(id);
      const { items } = await api.listEvents({ flowRunIds: [run.id] });
      const told = items.filter(({ resource }) => resource.name === key);
      expect(told.map(({ name, related }) => [name, related?.find(({ role }) => role === "latest")?.id])).toEqual([
        ["millrace.artifact-collection.created", `millrace.artifact.${one.id}`],
        ["millrace.artifact-collection.updated", `millrace.artifact.${two.id}`],
        ["millrace.artifact-collection.deleted", `millrace.artifact.${two.id}`],
      ]);
    });

    test("of a version that a stale owner sends nothing is told", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      const key = `late-${run.id}`;
      const late = anArtifact(run.id, { key, epoch: run.epoch - 1 });
      expect((await api.record({ processId, artifacts: [late] })).stale).toEqual([run.id]);
      const own = anArtifact(run.id, { key, epoch: run.epoch });
      await api.record({ processId, artifacts: [own] });
      const { items } = await api.listEvents({ flowRunIds: [run.id] });
      expect(items.filter(({ resource }) => resource.name === key)).toMatchObject([
        {
          name: "millrace.artifact-collection.created",
          related: expect.arrayContaining([{ id: `millrace.artifact.${own.id}`, role: "latest" }]),
        },
      ]);
    });

    test("a cursor of another list is refused", async () => {
      const { api } = used;
      const cursor = "bm90IGEgY3Vyc29y";
      await expect(api.listLogs({}, { cursor })).rejects.toMatchObject({ name: "MillraceError", code: "USAGE" });
      await expect(api.listEvents({}, { limit: 0 })).rejects.toMatchObject({ code: "USAGE" });
    });
  });
}
