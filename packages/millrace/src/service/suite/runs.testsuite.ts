import { describe, expect, test } from "vitest";
import { uuidv7 } from "../../kit/ids.ts";
import { aFlowRun, aState, aTaskRun, readAll, startAt } from "../../store/suite/samples.testsuite.ts";
import { aHolder, begin, leaseMs, register, type UsedApi } from "./api-under-test.testsuite.ts";
import { save } from "./deployments.testsuite.ts";

export function testRuns(used: UsedApi): void {
  describe("flow runs", () => {
    test("are found by filters, sorted, paged and counted", async () => {
      const { api } = used;
      const flowName = `flow-${uuidv7()}`;
      const created = Array.from({ length: 7 }, (_, index) =>
        aFlowRun({
          flowName,
          name: `run-${index}`,
          tags: index % 2 === 0 ? ["even", "all"] : ["all"],
          states: [aState(index === 6 ? "SCHEDULED" : "RUNNING", startAt + index)],
          ownerId: null,
        }),
      );
      await api.record({ processId: uuidv7(), created });
      const byName = await api.listFlowRuns({ flowNames: [flowName] }, "name-asc");
      expect(byName.items.map(({ name }) => name)).toEqual(created.map(({ name }) => name));
      const paged = await readAll((page) => api.listFlowRuns({ flowNames: [flowName] }, "created-asc", page), 3);
      expect([paged.pages, new Set(paged.items.map(({ id }) => id)).size]).toEqual([3, 7]);
      const rows = await readAll((page) => api.listFlowRunRows({ flowNames: [flowName] }, "created-asc", page), 3);
      expect(rows.items.map(({ id }) => id)).toEqual(paged.items.map(({ id }) => id));
      expect(rows.items[0]).toMatchObject({ flowName, state: { type: "RUNNING", message: null }, error: null });
      const even = await api.listFlowRuns({ flowNames: [flowName], tags: ["all", "even"], stateTypes: ["RUNNING"] });
      expect(even.items).toHaveLength(3);
      expect(await api.countFlowRuns({ flowNames: [flowName] })).toEqual({ RUNNING: 6, SCHEDULED: 1 });
      expect(await api.countFlowRuns({ flowNames: ["no such flow"] })).toEqual({});
      expect((await api.listFlowRuns({ ids: [] })).items).toEqual([]);
      expect(
        (await api.listFlowRuns({ ids: created.map(({ id }) => id) }, undefined, { limit: 2 })).items,
      ).toHaveLength(2);
    });

    test("have ids that can be given by their start", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      const task = aTaskRun(run.id);
      await api.record({ processId, taskRuns: [task] });
      expect(await api.resolveId(run.id)).toEqual({ kind: "flow-run", id: run.id });
      expect(await api.resolveId(task.id.slice(0, 30))).toEqual({ kind: "task-run", id: task.id });
      await expect(api.resolveId("ffffffff-ffff")).rejects.toMatchObject({ code: "RUN_NOT_FOUND", status: 404 });
      await expect(api.resolveId("not hex/?")).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
      await expect(api.resolveId(run.id.slice(0, 2))).rejects.toMatchObject({
        code: "RUN_ID_AMBIGUOUS",
        data: { id: run.id.slice(0, 2) },
      });
    });

    test("that are not there are null", async () => {
      const { api } = used;
      expect(await api.readFlowRun(uuidv7())).toBeNull();
      expect(await api.deleteFlowRun(uuidv7())).toBe(false);
    });

    test("are deleted with what belongs to them", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      const task = aTaskRun(run.id);
      await api.record({ processId, taskRuns: [task] });
      expect(await api.deleteFlowRun(run.id)).toBe(true);
      expect([await api.readFlowRun(run.id), await api.readTaskRun(task.id)]).toEqual([null, null]);
    });

    test("change state by proposals, as the rules have it", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      const details = { pauseKey: "approve", inputSchema: { type: "object", properties: { ok: { type: "boolean" } } } };
      const paused = await api.proposeFlowRunState({
        id: run.id,
        epoch: run.epoch,
        state: { type: "PAUSED", name: "Paused", details },
      });
      expect(paused).toMatchObject({ decision: { answer: "ACCEPT" }, run: { state: { type: "PAUSED", details } } });
      const cancelling = { type: "CANCELLING", name: "Cancelling", message: "by hand" } as const;
      await api.proposeFlowRunState({ id: run.id, state: cancelling });
      expect(await api.readAttention(processId)).toMatchObject([{ id: run.id, state: cancelling }]);
      const ended = await api.proposeFlowRunState({
        id: run.id,
        epoch: run.epoch,
        state: { type: "CANCELLED", name: "Cancelled" },
        error: { name: "MillraceError", message: "cancelled", code: "CANCELLED", stack: null, data: null },
      });
      expect(ended.run).toMatchObject({ state: { type: "CANCELLED" }, ownerId: null, error: { code: "CANCELLED" } });
      const after = await api.proposeFlowRunState({ id: run.id, state: { type: "RUNNING", name: "Running" } });
      expect(after.decision.answer).not.toBe("ACCEPT");
      expect(after.run?.state.type).toBe("CANCELLED");
      const forced = await api.proposeFlowRunState({
        id: run.id,
        force: "ada",
        state: { type: "COMPLETED", name: "Completed" },
      });
      expect(forced.run?.state).toMatchObject({ type: "COMPLETED", details: { forcedBy: "ada" } });
      const none = await api.proposeFlowRunState({ id: uuidv7(), state: cancelling });
      expect(none).toMatchObject({ decision: { answer: "ABORT" }, run: null });
    });

    test("are claimed by one process at a time", async () => {
      const { api } = used;
      const [one, other] = [await register(api), await register(api, { pid: 4712 })];
      const run = await begin(api, one);
      const claim = { id: run.id, processId: other, mode: "resume" } as const;
      await expect(api.claimFlowRun(claim)).rejects.toMatchObject({
        code: "RUN_OWNED",
        status: 409,
        retryable: true,
        message: expect.stringContaining("4711 on alder") as string,
      });
      await expect(api.claimFlowRun({ ...claim, id: uuidv7() })).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
      await api.proposeFlowRunState({ id: run.id, epoch: 1, state: { type: "COMPLETED", name: "Completed" } });
      await expect(api.claimFlowRun(claim)).rejects.toMatchObject({
        code: "RUN_NOT_RESUMABLE",
        fix: expect.any(String) as string,
      });
    });
  });

  describe("runs of deployments", () => {
    test("are not resumed beside the worker that starts them", async () => {
      const { api } = used;
      const { deployment } = await save(api, {});
      const { run } = await api.submitRun({ deployment: deployment.id });
      const processId = await register(api);
      const attempt = (mode: "start" | "resume" | "retry") => api.claimFlowRun({ id: run.id, processId, mode });
      const refused = (reason: string) => ({ code: "RUN_NOT_RESUMABLE", message: expect.stringContaining(reason) });
      await expect(attempt("resume")).rejects.toMatchObject(refused("its deployment starts it"));
      await api.proposeFlowRunState({ id: run.id, guest: true, state: { type: "PENDING", name: "Pending" } });
      await expect(attempt("retry")).rejects.toMatchObject(refused("a worker has taken it"));
      expect((await attempt("start")).state.type).toBe("RUNNING");
    });

    test("are taken and begun with one proposal by a process that is ready", async () => {
      const { api } = used;
      const { deployment } = await save(api, {});
      const { run } = await api.submitRun({ deployment: deployment.id });
      const holder = aHolder();
      const propose = (version: number | null, stateAt = run.state.at) =>
        api.proposeFlowRunState({
          id: run.id,
          guest: true,
          stateAt,
          state: { type: "PENDING", name: "Pending", details: { transitionId: uuidv7() } },
          start: { process: holder, version },
        });
      const { decision, run: begun } = await propose(1);
      expect(decision).toMatchObject({ answer: "ACCEPT", state: { type: "PENDING" } });
      expect(begun).toMatchObject({ state: { type: "RUNNING" }, ownerId: holder.id, epoch: 1, runCount: 1 });
      expect(begun).toEqual(await api.readFlowRun(run.id));
      expect(begun?.history.map(({ type }) => type)).toEqual(["SCHEDULED", "PENDING", "RUNNING"]);
      const { items } = await api.listEvents({ flowRunIds: [run.id] });
      expect(items.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["Pending", "Running"].map((state) => `millrace.flow-run.${state}`)),
      );
      expect(await api.renewProcess(holder.id)).toBe(true);
      expect(await propose(1)).toMatchObject({ decision: { answer: "ABORT" }, run: { ownerId: holder.id } });
      await api.endProcess(holder.id);
      expect((await api.readFlowRun(run.id))?.state.type).toBe("CRASHED");
    });

    test("are only taken where the process has another version of their deployment", async () => {
      const { api } = used;
      const { deployment } = await save(api, { parameters: { x: 1 } });
      const { run } = await api.submitRun({ deployment: deployment.id });
      await api.updateDeployment(deployment.id, { parameters: { x: 2 } });
      const holder = aHolder();
      const { decision, run: taken } = await api.proposeFlowRunState({
        id: run.id,
        guest: true,
        state: { type: "PENDING", name: "Pending" },
        start: { process: holder, version: 1 },
      });
      expect(decision.answer).toBe("ACCEPT");
      expect(taken).toMatchObject({ state: { type: "PENDING" }, ownerId: null, extra: { startedVersion: 2 } });
      expect(await api.renewProcess(holder.id)).toBe(false);
    });

    test("of a deployment that is gone may be", async () => {
      const { api } = used;
      const states = [aState("SCHEDULED", startAt)];
      const processId = await register(api);
      const made = { states, ownerId: null, deploymentId: uuidv7() };
      const { created } = await api.record({ processId, created: [aFlowRun(made)] });
      const id = created[0]?.run.id ?? "";
      expect((await api.claimFlowRun({ id, processId, mode: "resume" })).state).toMatchObject({ name: "Resuming" });
    });
  });

  describe("processes", () => {
    test("keep their runs as long as they renew their lease", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      used.advance(leaseMs * 0.8);
      expect(await api.renewProcess(processId)).toBe(true);
      used.advance(leaseMs * 0.8);
      await api.expireProcesses();
      expect((await api.readFlowRun(run.id))?.state.type).toBe("RUNNING");
      used.advance(leaseMs);
      expect(await api.expireProcesses()).toBeGreaterThanOrEqual(1);
      expect((await api.readFlowRun(run.id))?.state).toMatchObject({ type: "CRASHED" });
      expect(await api.renewProcess(processId)).toBe(false);
      expect(await api.expireProcesses()).toBe(0);
    });

    test("that end leave no run behind", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      await api.endProcess(processId);
      await api.endProcess(processId);
      expect((await api.readFlowRun(run.id))?.state.type).toBe("CRASHED");
      expect(await api.readAttention(processId)).toEqual([]);
    });

    test("are given the end of their lease", async () => {
      const { api } = used;
      const own = { id: uuidv7(), host: "h", bootId: null, pid: 1, startToken: null, startedAt: startAt };
      const registered = await api.registerProcess(own);
      expect(registered).toMatchObject(own);
      expect(registered.leaseExpiresAt).toBeGreaterThan(startAt);
    });

    test("hold slots of limits", async () => {
      const { api } = used;
      const processId = await register(api);
      const limitName = `gpu/${uuidv7()} ü`;
      const ask = (holder: string): Promise<boolean> => api.acquireSlot({ limitName, limit: 1, holder, processId });
      expect([await ask("a"), await ask("b"), await ask("a")]).toEqual([true, false, true]);
      await api.releaseSlot(limitName, "a");
      expect(await ask("b")).toBe(true);
      await api.endProcess(processId);
      const next = await register(api);
      expect(await api.acquireSlot({ limitName, limit: 1, holder: "c", processId: next })).toBe(true);
    });
  });
}
