import { describe, expect, test } from "vitest";
import type { Api } from "../../contract/api.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { aFlowRun, aState, aTaskRun } from "../../store/suite/samples.testsuite.ts";
import { begin, register, type UsedApi } from "./api-under-test.testsuite.ts";
import { save } from "./deployments.testsuite.ts";

async function kindsOf(api: Api, flowRunId: string): Promise<readonly string[]> {
  return (await api.whyWaiting(flowRunId)).holds.map(({ kind }) => kind);
}

export function testWaiting(used: UsedApi): void {
  describe("why a run is not running", () => {
    test("names pool, queue and worker, until nothing holds it", async () => {
      const { api } = used;
      const pool = await api.createWorkPool({ name: `p-${uuidv7()}`, type: "process", paused: true });
      const workQueueId = pool.defaultQueueId ?? "";
      const { deployment } = await save(api, { workPoolId: pool.id, workQueueId });
      const { run } = await api.submitRun({ deployment: deployment.id, scheduledAt: 1e12 });
      const report = await api.whyWaiting(run.id);
      expect(report).toMatchObject({ flowRunId: run.id, verdict: "held", state: { type: "SCHEDULED" } });
      expect(report.holds).toMatchObject([
        { kind: "pool-paused", subject: { kind: "work-pool", id: pool.id, name: pool.name }, until: null },
        { kind: "no-worker", subject: { kind: "work-pool", id: pool.id } },
      ]);
      await api.updateObject("work-pool", pool.id, { paused: false, concurrencyLimit: 0 });
      await api.updateWorkQueue(workQueueId, { paused: true });
      await api.heartbeatWorker({ workPoolId: pool.id, name: "w" });
      expect(await kindsOf(api, run.id)).toEqual(["queue-paused", "pool-full"]);
      await api.updateObject("work-pool", pool.id, { concurrencyLimit: null });
      await api.updateWorkQueue(workQueueId, { paused: false });
      expect(await kindsOf(api, run.id)).toEqual(["queue-not-served"]);
      await api.findDueRuns({ workPoolId: pool.id, before: 1e12 });
      expect(await api.whyWaiting(run.id)).toMatchObject({ verdict: "next", holds: [] });
      const { run: later } = await api.submitRun({ deployment: deployment.id, scheduledAt: 1e12 + 1 });
      expect(await kindsOf(api, later.id)).toEqual(["behind"]);
      used.advance(120_000);
      expect(await kindsOf(api, run.id)).toEqual(["no-worker"]);
    });

    test("says which worker is needed where those of the pool run other code", async () => {
      const { api } = used;
      const pool = await api.createWorkPool({ name: `p-${uuidv7()}`, type: "process" });
      const made = { workPoolId: pool.id, workQueueId: pool.defaultQueueId ?? null };
      const { deployment } = await save(api, { ...made, entrypoint: "etl.ts:etl" });
      const { run } = await api.submitRun({ deployment: deployment.id, scheduledAt: 1e12 });
      await api.heartbeatWorker({ workPoolId: pool.id, name: "p", runtime: "python" });
      await api.findDueRuns({ workPoolId: pool.id, before: 1e12, runtime: "python" });
      expect((await api.whyWaiting(run.id)).holds).toMatchObject([
        { kind: "wrong-worker", subject: { id: pool.id }, advice: `\`millrace worker start --pool ${pool.name}\`` },
      ]);
      await api.heartbeatWorker({ workPoolId: pool.id, name: "n", runtime: "node" });
      expect(await api.whyWaiting(run.id)).toMatchObject({ verdict: "next" });
    });

    test("names the schedule, and the runs that hold the deployment's slots", async () => {
      const { api } = used;
      const { deployment, schedules } = await save(api, {
        concurrencyLimit: 1,
        schedules: [{ slug: "yearly", active: true, spec: { kind: "cron", cron: "0 0 1 1 *", timezone: "UTC" } }],
      });
      const [first] = await api.scheduleRuns({ deploymentId: deployment.id, from: Date.UTC(2041), to: Date.UTC(2041) });
      const limit = { limits: [`deployment:${deployment.id}`], slots: 1, leaseMs: 60_000 };
      const { run: holder } = await api.submitRun({ deployment: deployment.id, name: "first-come" });
      expect(await api.takeSlots({ ...limit, holder: `flow-run:${holder.id}` })).toMatchObject({ granted: true });
      const { holds } = await api.whyWaiting(first?.id ?? "");
      expect(holds).toMatchObject([
        { kind: "not-due", subject: { kind: "schedule", id: schedules[0]?.id, name: "yearly" }, until: Date.UTC(2041) },
        { kind: "not-served", subject: { kind: "deployment", id: deployment.id } },
        { kind: "limit-full", reason: expect.stringContaining("is taken, by first-come.") },
      ]);
    });

    test("names the limit that code which runs waits for, and who holds its slots", async () => {
      const { api } = used;
      const processId = await register(api);
      const [waiting, holding] = [await begin(api, processId), await begin(api, processId)];
      const task = aTaskRun(waiting.id, [aState("RUNNING", 1e12)], { name: "load" });
      const held = aTaskRun(holding.id, [aState("RUNNING", 1e12)], { name: "train" });
      await api.record({ processId, taskRuns: [task, held] });
      const name = `l-${uuidv7()}`;
      const limit = { name, active: true, slots: 1, taken: 0, takenAt: 0, decayPerSecond: 0, denied: 0 };
      const { id } = await api.createObject("concurrency-limit", limit);
      const demand = { limits: [name], slots: 1, leaseMs: 60_000 };
      const lease = await api.takeSlots({ ...demand, holder: `task-run:${held.id}` });
      for (const holder of [`task-run:${task.id}`, `flow-run:${waiting.id}`]) {
        expect(await api.takeSlots({ ...demand, holder })).toMatchObject({ granted: false });
      }
      expect(await api.whyWaiting(waiting.id)).toMatchObject({
        verdict: "running",
        holds: [
          {
            kind: "limit-full",
            subject: { kind: "concurrency-limit", id, name },
            reason: `It is running, and load waits for the concurrency limit ${name}: the one slot of it is taken, by train of ${holding.name}.`,
          },
        ],
      });
      expect(await api.whyWaiting(holding.id)).toMatchObject({ verdict: "running", holds: [] });
      if (!lease.granted || lease.leaseId === null) throw new Error("It was free");
      await api.giveBackSlots({ leaseId: lease.leaseId });
      const own = await api.takeSlots({ ...demand, holder: `task-run:${task.id}` });
      expect((await api.whyWaiting(waiting.id)).holds[0]?.reason).toContain("and it waits for");
      if (own.granted && own.leaseId !== null) await api.giveBackSlots({ leaseId: own.leaseId });
    });

    test("is told of runs that are running, paused and ended, too", async () => {
      const { api } = used;
      const processId = await register(api);
      const run = await begin(api, processId);
      expect(await api.whyWaiting(run.id)).toMatchObject({ verdict: "running", holds: [] });
      const paused = await begin(api, processId);
      const state = { type: "PAUSED", name: "Paused", details: { pauseKey: "ok?", pauseTimeoutAt: 2e12 } } as const;
      await api.proposeFlowRunState({ id: paused.id, epoch: 1, state });
      expect(await api.whyWaiting(paused.id)).toMatchObject({
        verdict: "held",
        holds: [{ kind: "pause", until: 2e12, subject: { kind: "flow-run", id: paused.id } }],
      });
      const ended = aFlowRun({ states: [aState("COMPLETED", 1e12)] });
      await api.record({ processId, created: [ended] });
      expect(await api.whyWaiting(ended.id)).toMatchObject({ verdict: "ended", holds: [] });
    });

    test("tells of a subflow that waits, of its root that runs, too, until it is answered", async () => {
      const { api } = used;
      const processId = await register(api);
      const root = await begin(api, processId);
      const child = await begin(api, processId, { parentRunId: root.id, rootRunId: root.id, flowName: "part" });
      const state = { type: "PAUSED", name: "Paused", details: { pauseKey: "ok?", inputSchema: {} } } as const;
      await api.proposeFlowRunState({ id: child.id, epoch: 1, state });
      const hold = { kind: "pause", subject: { kind: "flow-run", id: child.id } };
      expect(await api.whyWaiting(root.id)).toMatchObject({ verdict: "running", holds: [hold] });
      expect(await api.whyWaiting(child.id)).toMatchObject({ verdict: "held", holds: [hold] });
      await api.answerPause({ flowRunId: child.id, input: true, answeredBy: "ada" });
      expect((await api.whyWaiting(child.id)).holds).toMatchObject([
        { reason: "It was answered by ada, and its process has not taken that yet." },
      ]);
    });

    test("names what a run of Prefect's client asks, once its form has come", async () => {
      const { api } = used;
      const run = aFlowRun({ ownerId: null });
      await api.record({ processId: "p", created: [run] });
      const details = { pauseKey: "1", inputKeys: { schema: "paused-1-schema", answer: "paused-1-response" } };
      await api.proposeFlowRunState({ id: run.id, guest: true, state: { type: "PAUSED", name: "Paused", details } });
      const reasons = async () => (await api.whyWaiting(run.id)).holds.map(({ reason }) => reason);
      expect(await reasons()).toEqual([expect.stringContaining("its form is still to come")]);
      const form = { flowRunId: run.id, key: "paused-1-schema", id: "", value: '{"type":"object"}', sender: null };
      await api.sendRunInput(form);
      expect(await reasons()).toEqual(["It waits at `1` for an answer."]);
      expect((await api.whyWaiting(run.id)).holds[0]?.advice).toContain("`resume_flow_run`");
    });

    test("is no question about a run that is not there", async () => {
      await expect(used.api.whyWaiting(uuidv7())).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
    });
  });
}
