import { describe, expect, test } from "vitest";
import type { Api } from "../../contract/api.ts";
import type { FlowRun } from "../../contract/flow-run.ts";
import type { JsonObject } from "../../contract/objects.ts";
import type { Condition } from "../../contract/query.ts";
import type { StateDetails } from "../../contract/states.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { aFlowRun, aLogLine, anArtifact, anEvent, aState, startAt } from "../../store/suite/samples.testsuite.ts";
import { begin, register, type UsedApi } from "./api-under-test.testsuite.ts";
import { save } from "./deployments.testsuite.ts";

export function testLongQuestions(used: UsedApi): void {
  testTrials(used);
  testBulk(used);
  testLogSearch(used);
  testIds(used);
}

function testTrials(used: UsedApi): void {
  const trigger = (more: object = {}): JsonObject => ({
    kind: "event",
    posture: "Reactive",
    match: {},
    matchRelated: [],
    after: [],
    expect: ["trial.*"],
    forEach: [],
    threshold: 1,
    withinMs: 0,
    ...more,
  });

  /** Events of a resource of their own, so many seconds after the start. */
  async function emit(api: Api, ...seconds: readonly number[]): Promise<string> {
    const id = `shop/${uuidv7()}`;
    const events = seconds.map((second) =>
      anEvent({ id: uuidv7(), name: "trial.order", at: startAt + second * 1000, resource: { id } }),
    );
    await api.record({ processId: "p", events });
    return id;
  }

  const since = startAt;
  const until = startAt + 600_000;

  test("an automation that nobody has evaluated has no history of it", async () => {
    expect(await used.api.listEvaluations("0b9d4a1c-55d7-4f0c-9d1e-5a6b3c2d1e0f")).toEqual([]);
  });

  describe("an automation is tried on past events", () => {
    test("by its trigger alone, and nothing is kept", async () => {
      const { api } = used;
      const id = await emit(api, 1, 2, 700);
      const before = await api.count("automation-firing", { all: [] });
      const report = await api.tryAutomation({ trigger: trigger({ match: { id } }), since, until });
      expect(report.firings.map(({ at }) => at)).toEqual([since + 1000, since + 2000]);
      expect(report).toMatchObject({ eventCount: 2, isCut: false });
      expect(await api.count("automation-firing", { all: [] })).toBe(before);
    });

    test("that is kept, also one that is switched off", async () => {
      const { api } = used;
      const id = await emit(api, 10, 20, 30);
      const made = await api.createObject("automation", {
        name: "two orders",
        enabled: false,
        tags: [],
        owner: null,
        trigger: trigger({ match: { id }, threshold: 2, withinMs: 60_000 }),
        actions: [{ kind: "do-nothing" }],
      });
      const report = await api.tryAutomation({ id: made.id, since, until });
      expect(report.firings).toMatchObject([{ automationId: made.id, at: since + 20_000 }]);
      expect(report.reasons.map(({ outcome }) => outcome)).toContain("counted");
    });

    test("with the silences between them, and no more firings than are asked for", async () => {
      const { api } = used;
      const id = await emit(api, 0);
      const silence = trigger({ match: { id }, posture: "Proactive", withinMs: 60_000 });
      const whole = await api.tryAutomation({ trigger: silence, since, until });
      expect(whole.firings.length).toBeGreaterThan(5);
      const cut = await api.tryAutomation({ trigger: silence, since, until, maxFirings: 2 });
      expect(cut).toMatchObject({ firings: whole.firings.slice(0, 2), isCut: true });
    });

    test("with the figures of the runs that ended then", async () => {
      const { api } = used;
      const flowName = `f-${uuidv7()}`;
      const ends = [60_000, 120_000].map((ms) => aState("FAILED", startAt + ms));
      const created = ends.map((end) => aFlowRun({ flowName, states: [aState("RUNNING", startAt), end] }));
      await api.record({ processId: "p", created });
      const metric = {
        kind: "metric",
        match: { id: created.map(({ id }) => `millrace.flow-run.${id}`) },
        matchRelated: [],
        query: "success-rate",
        operator: "<",
        threshold: 0.5,
        rangeMs: 1_800_000,
        firingForMs: 300_000,
      };
      const report = await api.tryAutomation({ trigger: metric, since, until });
      expect(report.firings).toMatchObject([{ state: "Triggered", value: 0, at: since + 360_000 }]);
    });

    test("or refused", async () => {
      const { api } = used;
      const trying = (more: object) => api.tryAutomation({ since, until, ...more });
      await expect(trying({ id: uuidv7() })).rejects.toMatchObject({ code: "NOT_FOUND" });
      await expect(trying({})).rejects.toMatchObject({ code: "USAGE" });
      await expect(trying({ trigger: trigger(), since: until + 1 })).rejects.toMatchObject({ code: "USAGE" });
      await expect(trying({ trigger: { kind: "nothing" } })).rejects.toMatchObject({ code: "OBJECT_INVALID" });
    });
  });
}

function testBulk(used: UsedApi): void {
  const of = (flowName: string): Condition => ({ field: "flowName", in: [flowName] });

  /** One that waits, one that runs, one that failed, one that completed; of a deployment. */
  async function fourRuns(api: Api): Promise<{ readonly flowName: string; readonly runs: readonly FlowRun[] }> {
    const flowName = `f-${uuidv7()}`;
    const { deployment } = await save(api, { flowName });
    const ways = [
      [aState("SCHEDULED", startAt)],
      [aState("RUNNING", startAt)],
      [aState("FAILED", startAt)],
      [aState("COMPLETED", startAt)],
    ];
    const created = ways.map((states) => aFlowRun({ flowName, deploymentId: deployment.id, ownerId: null, states }));
    const outcome = await api.record({ processId: "p", created });
    return { flowName, runs: outcome.created.map(({ run }) => run) };
  }

  const statesOf = async (api: Api, runs: readonly FlowRun[]) =>
    Promise.all(runs.map(async ({ id }) => (await api.readFlowRun(id))?.state.type ?? null));
  const idsOf = (runs: readonly (FlowRun | undefined)[]) => runs.map((run) => run?.id);

  describe("many flow runs are changed at once", () => {
    test("cancelled, as a dry run has said", async () => {
      const { api } = used;
      const { flowName, runs } = await fourRuns(api);
      const change = { where: of(flowName), action: "cancel" } as const;
      const foreseen = await api.changeFlowRuns({ ...change, isDryRun: true });
      expect(await statesOf(api, runs)).toEqual(["SCHEDULED", "RUNNING", "FAILED", "COMPLETED"]);
      expect(foreseen).toMatchObject({ matched: 4, changed: idsOf(runs.slice(0, 2)), next: null });
      expect(await api.changeFlowRuns(change)).toEqual(foreseen);
      expect(await statesOf(api, runs)).toEqual(["CANCELLED", "CANCELLING", "FAILED", "COMPLETED"]);
      const again = await api.changeFlowRuns(change);
      expect(again.changed).toEqual([]);
      expect(again.refused).toHaveLength(4);
      for (const { reason } of again.refused) expect(reason).not.toBe("");
    });

    test("retried", async () => {
      const { api } = used;
      const { flowName, runs } = await fourRuns(api);
      const change = { where: of(flowName), action: "retry" } as const;
      const foreseen = await api.changeFlowRuns({ ...change, isDryRun: true });
      expect(foreseen.changed).toEqual(idsOf([runs[2]]));
      expect(await api.changeFlowRuns(change)).toEqual(foreseen);
      expect(await statesOf(api, runs)).toEqual(["SCHEDULED", "RUNNING", "SCHEDULED", "COMPLETED"]);
    });

    test("resumed, but for those that ask for values, or do not wait", async () => {
      const { api } = used;
      const flowName = `f-${uuidv7()}`;
      const { deployment } = await save(api, { flowName });
      const processId = await register(api);
      const pause = async (name: string, details: StateDetails, deploymentId: string | null = deployment.id) => {
        const run = await begin(api, processId, { flowName, name, deploymentId });
        const stateName = details.suspended === true ? "Suspended" : "Paused";
        await api.proposeFlowRunState({ id: run.id, epoch: 1, state: { type: "PAUSED", name: stateName, details } });
        return run;
      };
      const plain = await pause("plain", { pauseKey: "a" });
      const suspended = await pause("suspended", { pauseKey: "a", suspended: true });
      await pause("asks", { pauseKey: "a", inputSchema: { type: "object" } });
      await pause("of ada", { pauseKey: "a", answerers: ["ada"] });
      await pause("by hand", { pauseKey: "a", suspended: true }, null);
      const around = await pause("around", { suspended: true });
      const child = await begin(api, processId, {
        flowName,
        name: "child",
        parentRunId: around.id,
        rootRunId: around.id,
      });
      const details = { pauseKey: "a", suspended: true };
      await api.proposeFlowRunState({ id: child.id, epoch: 1, state: { type: "PAUSED", name: "Suspended", details } });
      const running = await begin(api, processId, { flowName, name: "running" });

      const change = { where: of(flowName), action: "resume" } as const;
      const foreseen = await api.changeFlowRuns({ ...change, isDryRun: true });
      expect((await api.readFlowRun(suspended.id))?.state.type).toBe("PAUSED");
      expect(new Set(foreseen.changed)).toEqual(new Set(idsOf([plain, suspended, around, child])));
      const refused = Object.fromEntries(foreseen.refused.map(({ name, reason }) => [name, reason]));
      expect(refused).toEqual({
        asks: expect.stringContaining("asks for an answer") as string,
        "of ada": "Only ada may let it go on.",
        "by hand": expect.stringContaining("of no deployment") as string,
        running: "It is Running, and waits for nobody.",
      });
      expect(await api.changeFlowRuns(change)).toEqual(foreseen);
      // The process of one finds its answer; the others are to be taken up again, the subflow with its root.
      expect(await statesOf(api, [plain, suspended, around, running])).toEqual([
        "PAUSED",
        "SCHEDULED",
        "SCHEDULED",
        "RUNNING",
      ]);
      expect(await api.listAnswers(plain.id)).toMatchObject([{ key: "a", state: "given" }]);
      expect(await api.listAnswers(child.id)).toMatchObject([{ key: "a", byTimeout: false }]);
    });

    test("those that have failed in one way", async () => {
      const { api } = used;
      const flowName = `f-${uuidv7()}`;
      const { deployment } = await save(api, { flowName });
      const messages = ["row 1 is bad", "no such column", "row 22 is bad"];
      const created = messages.map((message) => {
        const failed = { ...aState("FAILED", startAt + 1), message };
        const states = [aState("RUNNING", startAt), failed];
        return aFlowRun({ flowName, deploymentId: deployment.id, ownerId: null, states });
      });
      const runs = (await api.record({ processId: "p", created })).created.map(({ run }) => run);
      const groups = await api.groupFailures({ since: 0, where: of(flowName) });
      const ofRows = groups.items.find(({ count }) => count === 2);
      const failure = { since: 0, fingerprint: ofRows?.fingerprint ?? "" };
      const change = { where: of(flowName), action: "retry", failure, max: 1 } as const;
      expect(await api.changeFlowRuns({ ...change, isDryRun: true })).toMatchObject({ matched: 2, refused: [] });
      const first = await api.changeFlowRuns(change);
      expect(first).toMatchObject({ matched: 2, changed: idsOf([runs[0]]) });
      // What is scheduled again has not failed any more.
      const second = await api.changeFlowRuns({ ...change, cursor: first.next });
      expect(second).toMatchObject({ matched: 1, changed: idsOf([runs[2]]), next: null });
      expect(await statesOf(api, runs)).toEqual(["SCHEDULED", "FAILED", "SCHEDULED"]);
    });

    test("deleted, some a call, but for what runs", async () => {
      const { api } = used;
      const { flowName, runs } = await fourRuns(api);
      const change = { where: of(flowName), action: "delete" } as const;
      const foreseen = await api.changeFlowRuns({ ...change, isDryRun: true });
      expect(foreseen.refused).toMatchObject([
        { id: runs[1]?.id, reason: expect.stringContaining("cancel") as string },
      ]);
      const first = await api.changeFlowRuns({ ...change, max: 2 });
      expect(first).toMatchObject({ matched: 4, changed: idsOf([runs[0]]) });
      const second = await api.changeFlowRuns({ ...change, max: 2, cursor: first.next });
      expect(second).toMatchObject({ matched: 3, changed: idsOf(runs.slice(2)) });
      expect(await statesOf(api, runs)).toEqual([null, "RUNNING", null, null]);
    });

    test("not more than a bound", async () => {
      const asking = used.api.changeFlowRuns({ where: of("f"), action: "cancel", max: 0 });
      await expect(asking).rejects.toMatchObject({ code: expect.stringMatching(/USAGE|REQUEST_INVALID/) as string });
    });
  });
}

function testLogSearch(used: UsedApi): void {
  test("log lines are found by their places in the list", async () => {
    const { api } = used;
    const processId = await register(api);
    const run = await begin(api, processId);
    const another = await begin(api, processId);
    const messages = ["Loading rows", "loaded 3 rows", "training", "ROWS left over", "done"];
    const logs = messages.flatMap((message, index) => [
      aLogLine(another.id, message),
      aLogLine(run.id, message, { level: index === 3 ? "error" : "info" }),
    ]);
    await api.record({ processId, logs });
    const flowRunIds = [run.id];
    expect(await api.searchLogs({ of: { flowRunIds }, text: "rows" })).toEqual({
      total: 5,
      ordinals: [0, 1, 3],
      isCut: false,
    });
    const [found] = (await api.listLogs({ flowRunIds }, { offset: 3, limit: 1 })).items;
    expect(found?.message).toBe("ROWS left over");
    expect((await api.searchLogs({ of: { flowRunIds }, text: "rows", minLevel: "error" })).ordinals).toEqual([3]);
    expect(await api.searchLogs({ of: { flowRunIds, minLevel: "error" }, text: "rows" })).toMatchObject({
      total: 1,
      ordinals: [0],
    });
    expect(await api.searchLogs({ of: { flowRunIds }, text: "rows", max: 2 })).toMatchObject({
      ordinals: [0, 1],
      isCut: true,
    });
    expect(await api.searchLogs({ of: { flowRunIds }, text: "100%" })).toMatchObject({ total: 5, ordinals: [] });
    expect((await api.searchLogs({ of: { flowRunIds } })).ordinals).toEqual([0, 1, 2, 3, 4]);
  });
}

function testIds(used: UsedApi): void {
  test("an id is known by its start, whatever it is of", async () => {
    const { api } = used;
    const { deployment } = await save(api);
    const artifact = anArtifact(null, { key: null });
    await api.record({ processId: "p", artifacts: [artifact] });
    const variable = await api.writeVariable({ name: `v-${uuidv7()}`, value: "1" });
    for (const [kind, id] of [
      ["deployment", deployment.id],
      ["flow", deployment.flowId],
      ["variable", variable.id],
      ["artifact", artifact.id],
    ] as const) {
      expect(await api.resolveId(id)).toEqual({ kind, id });
      expect(await api.resolveId(id.slice(0, 30), kind)).toEqual({ kind, id });
      await expect(api.resolveId(id, "work-pool")).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
    }
  });
}
