import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { verifyWebhook } from "../client/verify-webhook.ts";
import type { Api } from "../contract/api.ts";
import type { Action, EventTrigger, Firing, Trigger } from "../contract/automations.ts";
import { MillraceError } from "../contract/errors.ts";
import { evaluationName, maxKeptEvaluations } from "../contract/evaluations.ts";
import type { AutomationFiring, JsonObject } from "../contract/objects.ts";
import type { Event } from "../contract/records.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { createService } from "../service/create-service.ts";
import { makeSqliteLedger } from "../store/sqlite/sqlite-ledger.testsuite.ts";
import { makePostgresLedger, whyNot } from "../store/postgres/postgres-ledger.testsuite.ts";
import type { MakeLedger, TestLedger } from "../store/suite/ledger.testsuite.ts";
import { type AutomationsLoop, type AutomationsLoopOptions, createAutomationsLoop } from "./automations.ts";

let ledger: TestLedger;
let api: Api;
let now: number;
let clock: Clock;
const failures: unknown[] = [];
const loops: AutomationsLoop[] = [];

const vault = { seal: async (_: string, value: string) => value, open: async (_: string, sealed: string) => sealed };

function aLoop(more: Partial<AutomationsLoopOptions> = {}): AutomationsLoop {
  const loop = createAutomationsLoop({ api, clock, vault, onFailure: (error) => failures.push(error), ...more });
  loops.push(loop);
  return loop;
}

const second = 1000;

function onEvent(more: Partial<EventTrigger> = {}): EventTrigger {
  return {
    kind: "event",
    posture: "Reactive",
    match: {},
    matchRelated: [],
    after: [],
    expect: ["order.placed"],
    forEach: [],
    threshold: 1,
    withinMs: 0,
    ...more,
  };
}

async function automate(trigger: Trigger, actions: readonly Action[], more: JsonObject = {}): Promise<string> {
  const { id } = await api.createObject("automation", {
    name: "watch",
    enabled: true,
    tags: [],
    owner: null,
    trigger: trigger as unknown as JsonObject,
    actions: actions as unknown as readonly JsonObject[],
    ...more,
  });
  return id;
}

async function emit(name: string, more: Partial<Event> = {}): Promise<void> {
  const event: Event = {
    id: uuidv7(),
    name,
    at: now,
    flowRunId: null,
    taskRunId: null,
    resource: { id: "shop.1" },
    payload: null,
    ...more,
  };
  await api.record({ processId: "p", events: [event] });
}

async function run(loop: AutomationsLoop): Promise<void> {
  await loop.tick();
  await loop.settle();
}

async function firings(): Promise<readonly AutomationFiring[]> {
  return (await api.listObjects("automation-firing")).items;
}

async function eventNames(prefix: string): Promise<readonly string[]> {
  return (await api.listEvents({ namePrefixes: [prefix] })).items.map(({ name }) => name);
}

async function aDeployment(): Promise<string> {
  const { deployment } = await api.saveDeployment({ flowName: "etl", name: "nightly", tags: ["prod"] });
  return deployment.id;
}

async function aRun(more: JsonObject = {}): Promise<string> {
  const id = uuidv7();
  await api.record({
    processId: "p",
    created: [
      {
        id,
        flowName: "etl",
        name: "brave-otter",
        parameters: '{"day":7}',
        tags: ["prod"],
        states: [
          { type: "PENDING", name: "Pending", at: now },
          { type: "RUNNING", name: "Running", at: now + 1 },
        ],
        ...more,
      },
    ],
  });
  return id;
}

function testAutomations(makeLedger: MakeLedger): void {
  beforeAll(async () => {
    ledger = await makeLedger();
  });
  afterAll(() => ledger.remove());
  beforeEach(async () => {
    now = 1_800_000_000_000;
    clock = { ...systemClock, now: () => now };
    api = createService({ store: await ledger.open(), clock });
  });
  afterEach(async () => {
    for (const loop of loops.splice(0)) await loop.stop();
    await api.close();
    await ledger.clear();
    expect(failures.splice(0)).toEqual([]);
  });

  describe("an event", () => {
    test("that came with an import happened elsewhere, and nobody acts on it", async () => {
      const loop = aLoop();
      await automate(onEvent(), [{ kind: "do-nothing" }]);
      await run(loop);
      const store = await ledger.open();
      const writer = await store.openRowWriter();
      const state = await writer.startImport("elsewhere", now);
      const placed = { kind: 0, name: "order.placed", at: now, resource: '{"id":"shop.1"}', resource_id: "shop.1" };
      const rows = [uuidv7(), uuidv7()].map((id) => ({ id, ...placed }));
      await writer.writeRows({ importId: "elsewhere", state, table: "event", rows, at: now });
      await store.close();
      await run(loop);
      expect(await eventNames("order.placed")).toHaveLength(2);
      expect(await firings()).toEqual([]);
      await emit("order.placed");
      await run(loop);
      expect(await firings()).toHaveLength(1);
    });

    test("is evaluated again when the ledger could not take its firing", async () => {
      await automate(onEvent({ expect: ["order.*"], threshold: 2, withinMs: 60 * second }), [{ kind: "do-nothing" }]);
      let refusals = 0;
      const refusing: Api = {
        ...api,
        createObject(kind, object) {
          if (kind !== "automation-firing" || refusals++ > 0) return api.createObject(kind, object);
          return Promise.reject(new MillraceError("LEDGER_FULL", { location: "here" }));
        },
      };
      const loop = aLoop({ api: refusing });
      await run(loop);
      await emit("order.placed");
      await emit("order.paid");
      await expect(loop.tick()).rejects.toMatchObject({ code: "LEDGER_FULL" });
      expect(await firings()).toEqual([]);
      await run(loop);
      expect(await firings()).toHaveLength(1);
    });

    test("has nobody to act for when its automation is gone by then", async () => {
      const id = await automate(onEvent(), [{ kind: "do-nothing" }]);
      const kept = await automate(onEvent(), [{ kind: "do-nothing" }], { name: "kept" });
      const loop = aLoop();
      await run(loop);
      await emit("order.placed");
      await api.deleteObject("automation", id);
      await run(loop);
      expect((await firings()).map(({ automationId }) => automationId)).toEqual([kept]);
    });

    test("starts a deployment, with parameters from the event, and tells of it", async () => {
      const deploymentId = await aDeployment();
      const loop = aLoop();
      await run(loop);
      const id = await automate(onEvent(), [
        {
          kind: "run-deployment",
          target: { source: "selected", id: deploymentId },
          parameters: { size: "{{ event.payload.size }}", text: "of {{ event.resource.name }}" },
          jobVariables: { cpu: 2 },
          delayMs: 5 * second,
        },
      ]);
      await emit("order.placed", { resource: { id: "shop.1", name: "Shop" }, payload: '{"size":3}' });
      await run(loop);
      const { items } = await api.listFlowRuns({});
      expect(items).toHaveLength(1);
      expect(items[0]).toMatchObject({
        deploymentId,
        dueAt: now + 5 * second,
        parameters: '{"size":3,"text":"of Shop"}',
        extra: { jobVariables: { cpu: 2 }, createdBy: { id, type: "AUTOMATION", displayValue: "watch" } },
      });
      expect(await firings()).toMatchObject([
        { automationId: id, status: "done", outcomes: [{ kind: "run-deployment", status: "executed" }] },
      ]);
      expect(await eventNames("millrace.automation.")).toEqual([
        "millrace.automation.created",
        "millrace.automation.triggered",
        "millrace.automation.action.triggered",
        "millrace.automation.action.executed",
      ]);
    });

    test("starts the deployment whose trigger it is", async () => {
      const trigger = onEvent({ expect: ["file.arrived"] }) as unknown as JsonObject;
      const triggers = [{ name: "arrived", trigger, parameters: { day: "{{ event.payload.day }}" } }];
      const { deployment } = await api.saveDeployment({ flowName: "load", name: "nightly", triggers });
      const loop = aLoop();
      await run(loop);
      await emit("file.arrived", { payload: JSON.stringify({ day: 7 }) });
      await run(loop);
      const [made] = (await api.listFlowRuns({ flowNames: ["load"] })).items;
      expect(made).toMatchObject({ deploymentId: deployment.id, extra: { createdBy: { displayValue: "arrived" } } });
      expect(JSON.parse(made?.parameters ?? "")).toEqual({ day: 7 });
    });

    test("that came before the automation does not set it off", async () => {
      const loop = aLoop();
      await emit("order.placed");
      await automate(onEvent(), [{ kind: "do-nothing" }]);
      await run(loop);
      expect(await firings()).toEqual([]);
      await emit("order.placed");
      await run(loop);
      expect(await firings()).toHaveLength(1);
    });

    test("does nothing for an automation that is turned off, and does once it is on again", async () => {
      const loop = aLoop();
      const id = await automate(onEvent({ threshold: 2, withinMs: 60 * second }), [{ kind: "do-nothing" }]);
      await emit("order.placed");
      await run(loop);
      await api.updateObject("automation", id, { enabled: false });
      await emit("order.placed");
      await run(loop);
      expect(await firings()).toEqual([]);
      await api.updateObject("automation", id, { enabled: true });
      await emit("order.placed");
      await run(loop);
      // What was counted before it was turned off is forgotten.
      expect(await firings()).toEqual([]);
      await emit("order.placed");
      await run(loop);
      expect(await firings()).toHaveLength(1);
    });

    test("that an automation has caused itself does not set it off again", async () => {
      const loop = aLoop();
      await run(loop);
      await automate(onEvent({ expect: ["*"], match: { id: "millrace.automation.*" } }), [{ kind: "do-nothing" }]);
      await run(loop);
      for (let tick = 0; tick < 3; tick++) await run(loop);
      expect(await firings()).toEqual([]);
    });

    test("that changes nothing leaves the reason why", async () => {
      const id = await automate(onEvent({ after: ["shop.opened"], withinMs: 60 * second }), [{ kind: "do-nothing" }]);
      const loop = aLoop();
      await run(loop);
      expect(await api.listEvaluations(id)).toEqual([]);
      now += 2 * second;
      await emit("order.placed");
      await run(loop);
      const reason = { outcome: "no-window", firstAt: now, at: now, count: 1, path: "trigger", key: [] };
      expect(await api.listEvaluations(id)).toEqual([{ ...reason, text: expect.stringContaining("shop.opened") }]);
      expect(await firings()).toEqual([]);
    });

    test("of a run's state is matched by what the run belongs to", async () => {
      const deploymentId = await aDeployment();
      const loop = aLoop();
      await run(loop);
      const trigger = onEvent({
        expect: ["millrace.flow-run.Completed"],
        match: { id: "millrace.flow-run.*" },
        matchRelated: [{ role: "deployment", id: `millrace.deployment.${deploymentId}` }, { id: "millrace.tag.prod" }],
        forEach: ["id"],
      });
      await automate(trigger, [{ kind: "pause-deployment", target: { source: "inferred" } }]);
      const other = await aRun();
      const id = await aRun({ deploymentId });
      for (const each of [other, id]) {
        await api.proposeFlowRunState({ id: each, state: { type: "COMPLETED", name: "Completed" } });
      }
      await run(loop);
      expect(await firings()).toMatchObject([
        { status: "done", firing: { firing: { labels: { id: `millrace.flow-run.${id}` } } } },
      ]);
      expect((await api.readObject("deployment", deploymentId))?.paused).toBe(true);
    });
  });

  describe("the history of evaluations", () => {
    const twoOfThem = { threshold: 2, withinMs: 60 * second, forEach: ["id"] };
    const words = async (id: string) =>
      (await api.listEvaluations(id)).map(({ outcome, key, count }) => `${outcome} ${key.join()} ${count}x`);
    const revisionOf = async (id: string) => {
      const where = { field: "name", in: [evaluationName(id)] };
      return (await api.listObjects("configuration", { where })).items[0]?.revision;
    };

    test("has a row for each change and each firing, for each value of for-each", async () => {
      const loop = aLoop();
      await run(loop);
      const id = await automate(onEvent(twoOfThem), [{ kind: "do-nothing" }]);
      for (const shop of ["a", "b", "a"]) await emit("order.placed", { resource: { id: shop } });
      now += 2 * second;
      await run(loop);
      const [next, ...before] = await words(id);
      expect(next).toBe("opened a 1x");
      expect(before).toEqual(["fired a 1x", "counted b 1x", "opened b 1x", "counted a 1x", "opened a 1x"]);
      expect((await api.listEvaluations(id))[1]).toMatchObject({ text: "2 of 2 events within 1m 00s" });
    });

    test("goes on with another leader, and stays when the automation is paused", async () => {
      const first = aLoop();
      await run(first);
      const id = await automate(onEvent(), [{ kind: "do-nothing" }]);
      await emit("order.placed");
      await run(first);
      await first.stop();
      const second = aLoop();
      await emit("order.placed");
      await run(second);
      await api.updateObject("automation", id, { enabled: false });
      await run(second);
      const before = await words(id);
      expect(before.filter((each) => each.startsWith("fired"))).toHaveLength(2);
      await api.updateObject("automation", id, { enabled: true });
      await run(second);
      await emit("order.placed");
      await run(second);
      await second.stop();
      expect((await words(id)).filter((each) => each.startsWith("fired"))).toHaveLength(3);
      expect((await words(id)).slice(-before.length)).toEqual(before);
    });

    test("is not written for what comes to the same as before, but for its count, now and then", async () => {
      const loop = aLoop();
      await run(loop);
      const id = await automate(onEvent({ after: ["shop.opened"], withinMs: 60 * second }), [{ kind: "do-nothing" }]);
      await emit("order.placed");
      now += 2 * second;
      await run(loop);
      const written = await revisionOf(id);
      for (let tick = 0; tick < 5; tick++) {
        await emit("order.placed");
        now += 2 * second;
        await run(loop);
      }
      expect(await revisionOf(id)).toBe(written);
      now += 30 * second;
      await run(loop);
      expect(await words(id)).toEqual(["no-window  6x"]);
    });

    test("is bounded, and forgets what is old", async () => {
      const loop = aLoop({ historyRetentionMs: 3600 * second });
      await run(loop);
      const id = await automate(onEvent(), [{ kind: "do-nothing" }]);
      for (let count = 0; count < maxKeptEvaluations + 5; count++) await emit("order.placed");
      now += 2 * second;
      await run(loop);
      expect(await api.listEvaluations(id)).toHaveLength(maxKeptEvaluations);
      now += 3600 * second;
      await run(loop);
      expect(await api.listEvaluations(id)).toEqual([]);
    });

    test("tells of an evaluation that failed", async () => {
      const full = new Error("the disk is full");
      let isFull = true;
      const createObject: Api["createObject"] = async (kind, object) => {
        if (kind !== "automation-firing" || !isFull) return api.createObject(kind, object);
        isFull = false;
        throw full;
      };
      const loop = aLoop({ api: { ...api, createObject } });
      await run(loop);
      const id = await automate(onEvent(), [{ kind: "do-nothing" }]);
      await emit("order.placed");
      now += 2 * second;
      await run(loop);
      expect(await api.listEvaluations(id)).toMatchObject([{ outcome: "failed", text: "the disk is full", count: 1 }]);
      expect(failures.splice(0)).toEqual([full]);
    });
  });

  describe("what is missed", () => {
    test("sets an automation off when its time is over, once a window", async () => {
      const loop = aLoop();
      await run(loop);
      await automate(onEvent({ posture: "Proactive", withinMs: 30 * second }), [{ kind: "do-nothing" }]);
      await run(loop);
      now += 20 * second;
      await emit("order.placed");
      await run(loop);
      now += 20 * second;
      await run(loop);
      expect(await firings()).toEqual([]);
      now += 35 * second;
      await run(loop);
      await run(loop);
      expect(await firings()).toHaveLength(1);
    });
  });

  describe("several servers", () => {
    test("have one leader, and another takes over when it is silent", async () => {
      const [first, second_] = [aLoop({ id: "one" }), aLoop({ id: "two" })];
      await run(first);
      await run(second_);
      await automate(onEvent({ threshold: 3, withinMs: 600 * second }), [{ kind: "do-nothing" }]);
      await emit("order.placed");
      await run(second_);
      await run(first);
      now += 2 * second;
      await emit("order.placed");
      await run(first);
      now += 20 * second;
      await run(second_);
      await emit("order.placed");
      await run(second_);
      await run(first);
      expect(await firings()).toHaveLength(1);
    });

    test("fire once for what one had found when it crashed", async () => {
      const deploymentId = await aDeployment();
      const first = aLoop({ id: "one" });
      await run(first);
      await automate(onEvent({ threshold: 2, withinMs: 60 * second }), [
        {
          kind: "run-deployment",
          target: { source: "selected", id: deploymentId },
          parameters: null,
          jobVariables: null,
          delayMs: 0,
        },
      ]);
      await emit("order.placed");
      await emit("order.placed");
      // What it knows is not kept yet: less than a second has passed.
      await run(first);
      expect(await firings()).toHaveLength(1);
      loops.length = 0;
      now += 20 * second;
      const next = aLoop({ id: "two" });
      await run(next);
      await run(next);
      expect(await firings()).toHaveLength(1);
      expect((await api.listFlowRuns({})).items).toHaveLength(1);
    });

    test("go on with actions that were not done", async () => {
      const first = aLoop({ id: "one" });
      await run(first);
      const id = await aRun();
      await automate(onEvent(), [{ kind: "do-nothing" }, { kind: "cancel-flow-run" }]);
      await emit("order.placed", { resource: { id: `millrace.flow-run.${id}` } });
      await run(first);
      const [firing] = await firings();
      await api.updateObject("automation-firing", firing?.id ?? "", {
        status: "pending",
        outcomes: firing?.outcomes?.slice(0, 1) ?? [],
      });
      loops.length = 0;
      now += 20 * second;
      await run(aLoop({ id: "two" }));
      const [after] = await firings();
      expect(after?.outcomes).toHaveLength(2);
      expect(after?.outcomes?.[0]).toEqual(firing?.outcomes?.[0]);
      // It was cancelled by the first; that it cannot be again is told.
      expect(after?.status).toBe("failed");
    });
  });

  describe("actions", () => {
    const withRun = async (action: Action, more: JsonObject = {}) => {
      const id = await aRun(more);
      const loop = aLoop();
      await run(loop);
      await automate(onEvent(), [action]);
      await emit("order.placed", { resource: { id: `millrace.flow-run.${id}` } });
      await run(loop);
      return id;
    };

    test("cancel a run", async () => {
      const id = await withRun({ kind: "cancel-flow-run" });
      expect((await api.readFlowRun(id))?.state.type).toMatch(/^CANCEL/);
    });

    test("suspend a run, and let it go on", async () => {
      const id = await withRun({ kind: "suspend-flow-run" }, { deploymentId: await aDeployment() });
      expect((await api.readFlowRun(id))?.state).toMatchObject({ type: "PAUSED", name: "Suspended" });
      await automate(onEvent({ expect: ["go.on"] }), [{ kind: "resume-flow-run" }]);
      await emit("go.on", { related: [{ id: `millrace.flow-run.${id}`, role: "run" }] });
      await run(loops.at(-1) as AutomationsLoop);
      expect((await api.readFlowRun(id))?.state).toMatchObject({ type: "SCHEDULED", name: "Resuming" });
    });

    describe("that let a run of ours go on", () => {
      const asking = async (details: JsonObject, suspended = false): Promise<string> => {
        const { id: ownerId } = await api.registerProcess({
          id: uuidv7(),
          host: "h",
          bootId: null,
          pid: 1,
          startToken: null,
          startedAt: 0,
        });
        const id = await aRun({ ownerId, deploymentId: await aDeployment() });
        const state = {
          type: "PAUSED",
          name: "Paused",
          details: { ...details, ...(suspended ? { suspended } : {}) },
        } as const;
        await api.proposeFlowRunState({ id, epoch: 1, state });
        const loop = aLoop();
        await run(loop);
        await automate(onEvent(), [{ kind: "resume-flow-run" }]);
        await emit("order.placed", { resource: { id: `millrace.flow-run.${id}` } });
        await run(loop);
        return id;
      };
      const schema = (required: readonly string[]): JsonObject => ({
        type: "object",
        properties: { approve: { type: "boolean" }, note: { type: "string", default: "as usual" } },
        required: [...required],
      });

      test("answer its question with what its form has by default", async () => {
        const id = await asking({ pauseKey: "go", inputSchema: schema(["approve"]), initialValues: { approve: true } });
        expect(await api.listAnswers(id)).toMatchObject([
          { answeredBy: "automation watch", value: { approve: true, note: "as usual" }, state: "given" },
        ]);
        // Its process takes the answer, and says so itself.
        expect((await api.readFlowRun(id))?.state.name).toBe("Paused");
        expect(await firings()).toMatchObject([
          { status: "done", outcomes: [{ details: { goesOn: "in-its-process" } }] },
        ]);
      });

      test("start a suspended one again with its answer", async () => {
        const id = await asking({ pauseKey: "go" }, true);
        expect((await api.readFlowRun(id))?.state).toMatchObject({ type: "SCHEDULED", name: "Resuming" });
        expect(await api.listAnswers(id)).toMatchObject([{ answeredBy: "automation watch", value: null }]);
      });

      test.each<readonly [string, JsonObject, string]>([
        ["its form has no default", { inputSchema: schema(["approve"]) }, "approve is missing"],
        ["only some may answer", { answerers: ["ada"] }, "automation watch is none of those who may give it"],
      ])("do not where %s, and say why", async (_, details, reason) => {
        const id = await asking({ pauseKey: "go", ...details });
        expect(await firings()).toMatchObject([
          { status: "failed", outcomes: [{ status: "failed", reason: expect.stringContaining(reason) as string }] },
        ]);
        expect(await api.readInboxItem(id)).toMatchObject({ key: "go", answers: [] });
      });
    });

    test("delete a run", async () => {
      const id = await withRun({ kind: "delete-flow-run" });
      expect(await api.readFlowRun(id)).toBeNull();
    });

    test("set a state past the rules, and say who did", async () => {
      const id = await withRun({
        kind: "change-flow-run-state",
        state: "FAILED",
        name: "TooLate",
        message: "enough",
        force: true,
      });
      expect((await api.readFlowRun(id))?.state).toMatchObject({
        type: "FAILED",
        name: "TooLate",
        message: "enough",
        details: { forcedBy: "automation watch" },
      });
    });

    test("turn pools, queues, automations and schedules off and on", async () => {
      const pool = await api.createWorkPool({ name: "pool", type: "process", paused: false });
      const queue = await api.createWorkQueue({ workPoolId: pool.id, name: "queue", paused: false });
      const other = await automate(onEvent({ expect: ["never"] }), [{ kind: "do-nothing" }], { name: "other" });
      const deploymentId = await aDeployment();
      const schedule = await api.createSchedule(deploymentId, {
        slug: null,
        active: true,
        spec: { kind: "cron", cron: "0 0 * * *" },
      });
      const loop = aLoop();
      await run(loop);
      const selected = (id: string) => ({ source: "selected", id }) as const;
      await automate(onEvent(), [
        { kind: "pause-work-pool", target: selected(pool.id) },
        { kind: "pause-work-queue", target: selected(queue.id) },
        { kind: "pause-automation", target: selected(other) },
        { kind: "pause-schedule", deploymentId, scheduleId: schedule.id },
        { kind: "pause-deployment", target: selected(deploymentId) },
      ]);
      await automate(onEvent({ expect: ["on"] }), [
        { kind: "resume-work-pool", target: selected(pool.id) },
        { kind: "resume-work-queue", target: selected(queue.id) },
        { kind: "resume-automation", target: selected(other) },
        { kind: "resume-schedule", deploymentId, scheduleId: schedule.id },
        { kind: "resume-deployment", target: selected(deploymentId) },
      ]);
      const read = async () => [
        (await api.readObject("work-pool", pool.id))?.paused,
        (await api.readObject("work-queue", queue.id))?.paused,
        !(await api.readObject("automation", other))?.enabled,
        !(await api.readObject("schedule", schedule.id))?.active,
        (await api.readObject("deployment", deploymentId))?.paused,
      ];
      await emit("order.placed");
      await run(loop);
      expect(await read()).toEqual([true, true, true, true, true]);
      await emit("on");
      await run(loop);
      expect(await read()).toEqual([false, false, false, false, false]);
    });

    test("that cannot be done say why, and those after them are done", async () => {
      const loop = aLoop();
      await run(loop);
      await automate(onEvent(), [
        { kind: "pause-deployment", target: { source: "inferred" } },
        { kind: "cancel-flow-run" },
        { kind: "pause-work-pool", target: { source: "selected", id: uuidv7() } },
        { kind: "send-notification", blockDocumentId: uuidv7(), subject: "s", body: "b" },
        { kind: "declare-incident", severity: "major", title: "{{ event.name }}!", description: "{{ event.event }}" },
      ]);
      await emit("order.placed");
      await run(loop);
      const [firing] = await firings();
      expect(firing?.status).toBe("failed");
      expect(firing?.outcomes?.map(({ status, reason }) => [status, reason])).toEqual([
        ["failed", "No deployment could be inferred"],
        ["failed", "No flow-run could be inferred"],
        ["failed", expect.stringContaining("There is no work-pool")],
        ["failed", expect.stringContaining("There is no block document")],
        ["executed", undefined],
      ]);
      const [incident] = (await api.listEvents({ names: ["millrace.incident.declared"] })).items;
      expect(JSON.parse(incident?.payload ?? "")).toEqual({
        severity: "major",
        title: "!",
        description: "order.placed",
      });
    });

    test("on a change of state are about the automation", async () => {
      const loop = aLoop();
      await run(loop);
      await automate(onEvent(), [], {
        actionsOnTrigger: [{ kind: "pause-automation", target: { source: "inferred" } }],
      });
      await emit("order.placed");
      await run(loop);
      expect((await api.listObjects("automation")).items[0]?.enabled).toBe(false);
    });
  });

  describe("calls", () => {
    let service: Server;
    let url: string;
    let asked: { readonly method: string; readonly headers: IncomingMessage["headers"]; readonly body: string }[];
    let answer: (body: string) => Promise<number>;
    let said: string;
    let retryAfter: string | null;

    beforeEach(async () => {
      asked = [];
      retryAfter = null;
      answer = async () => 200;
      said = "said";
      service = createServer((request, response) => {
        void Array.fromAsync(request).then(async (chunks) => {
          const body = Buffer.concat(chunks as Buffer[]).toString();
          asked.push({ method: request.method ?? "", headers: request.headers, body });
          response.statusCode = await answer(body);
          if (retryAfter !== null) response.setHeader("retry-after", retryAfter);
          response.end(said);
        });
      });
      service.listen(0, "127.0.0.1");
      await once(service, "listening");
      url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/hook`;
    });
    afterEach(async () => {
      service.closeAllConnections();
      await new Promise((resolve) => service.close(resolve));
    });

    async function aBlock(slug: string, data: JsonObject, secretFields: readonly string[] = []): Promise<string> {
      const type = await api.createObject("block-type", { slug, name: slug });
      const schema = await api.createObject("block-schema", {
        blockTypeId: type.id,
        checksum: `sha256:${slug}`,
        schemaVersion: "1",
        capabilities: [],
        fields: { secret_fields: [...secretFields] },
      });
      const document = await api.createObject("block-document", {
        blockTypeId: type.id,
        blockSchemaId: schema.id,
        name: `my-${slug}`,
        anonymous: false,
        sealed: JSON.stringify(data),
      });
      return document.id;
    }

    test("a webhook has the payload that its template makes", async () => {
      const blockDocumentId = await aBlock("webhook", { method: "PUT", url, headers: { "x-key": "secret" } });
      const id = await aRun();
      const loop = aLoop();
      await run(loop);
      await automate(onEvent({ expect: ["millrace.flow-run.Failed"] }), [
        {
          kind: "call-webhook",
          blockDocumentId,
          payload:
            '{"run":"{{ flow_run.name }}","state":"{{ flow_run.state.message }}","day":{{ flow_run.parameters.day }}}',
        },
      ]);
      await api.proposeFlowRunState({ id, state: { type: "FAILED", name: "Failed", message: "boom" } });
      await run(loop);
      expect(asked).toMatchObject([
        {
          method: "PUT",
          headers: { "x-key": "secret", "content-type": "application/json" },
          body: '{"run":"brave-otter","state":"boom","day":7}',
        },
      ]);
      expect((await firings())[0]?.outcomes).toMatchObject([
        { status: "executed", details: { status_code: 200, response_body: "said" } },
      ]);
    });

    test("a webhook is signed with the secret that its block names, which is told nowhere", async () => {
      const secret = `whsec_${Buffer.alloc(32, "s").toString("base64")}`;
      await api.writeSecret({ name: "hook", sealed: secret });
      said = `you have ${secret}`;
      const blockDocumentId = await aBlock("webhook", { url, signing_secret: "hook" });
      const loop = aLoop();
      await run(loop);
      await automate(onEvent(), [{ kind: "call-webhook", blockDocumentId, payload: '{"a":1}' }]);
      await emit("order.placed");
      await run(loop);
      const [call] = asked;
      const { id, sentAt } = await verifyWebhook({
        body: call?.body ?? "",
        headers: call?.headers ?? {},
        secret,
        clock,
      });
      const events = (await api.listEvents({ names: ["millrace.automation.action.executed"] })).items;
      expect(JSON.parse(events[0]?.payload ?? "null")).toMatchObject({ invocation: id });
      expect(clock.now() - sentAt).toBeLessThan(1000);
      expect(JSON.stringify([await firings(), events])).not.toContain(secret);

      await api.deleteSecret("hook");
      await emit("order.placed");
      await run(loop);
      expect(asked).toHaveLength(1);
      expect((await firings()).at(-1)?.outcomes).toMatchObject([
        { status: "failed", reason: "The call failed: the secret `hook` that it is to be signed with is not there" },
      ]);
    });

    test("what is answered is kept without the secrets that were sent", async () => {
      const token = "token-canary";
      said = `{"path":"/hook/${token}","x-key":"key-canary"}${" ".repeat(940)}key-canary`;
      const data = { url: `${url}/${token}`, headers: { "x-key": "key-canary" } };
      const blockDocumentId = await aBlock("webhook", data, ["url", "headers.*"]);
      const loop = aLoop();
      await run(loop);
      await automate(onEvent({ expect: ["order.placed"] }), [{ kind: "call-webhook", blockDocumentId, payload: "{}" }]);
      await emit("order.placed");
      await run(loop);
      expect((await firings())[0]?.outcomes).toMatchObject([
        { details: { response_body: `{"path":"********","x-key":"********"}${" ".repeat(940)}********` } },
      ]);
    });

    test("people are notified", async () => {
      const slack = await aBlock("slack-webhook", { url });
      const custom = await aBlock("custom-webhook", {
        name: "mine",
        url: `${url}?a=1`,
        method: "POST",
        params: { token: "{{token}}" },
        json_data: { title: "{{subject}}", text: ["{{ body }}"] },
        secrets: { token: "t0" },
      });
      const loop = aLoop({ uiUrl: "https://ui/" });
      await run(loop);
      const told = { subject: "Of {{ automation.name }}", body: "{{ event.resource.id }} {{ automation | ui_url }}" };
      const id = await automate(onEvent(), [
        { kind: "send-notification", blockDocumentId: slack, ...told },
        { kind: "send-notification", blockDocumentId: custom, ...told },
      ]);
      await emit("order.placed");
      await run(loop);
      expect(asked.map(({ body }) => JSON.parse(body))).toEqual([
        { text: `*Of watch*\nshop.1 https://ui/automations/automation/${id}` },
        { title: "Of watch", text: [`shop.1 https://ui/automations/automation/${id}`] },
      ]);
      expect((await firings())[0]?.status).toBe("done");
    });

    describe("that are not answered well", () => {
      const statuses = async (
        given: readonly number[],
        action: (blockDocumentId: string) => Action = (blockDocumentId) => ({
          kind: "call-webhook",
          blockDocumentId,
          payload: "{}",
        }),
      ) => {
        const left = [...given];
        answer = async () => left.shift() ?? 200;
        const blockDocumentId = await aBlock("webhook", { url });
        const loop = aLoop();
        await run(loop);
        await automate(onEvent(), [action(blockDocumentId), { kind: "do-nothing" }]);
        await emit("order.placed");
        await run(loop);
        return loop;
      };

      test("are made again after a while, by one key, and what became of each is kept", async () => {
        const loop = await statuses([503, 429]);
        // What comes after it has not waited for it.
        expect(await firings()).toMatchObject([{ status: "pending", outcomes: [{ kind: "do-nothing" }] }]);
        expect(await eventNames("millrace.automation.action.failed")).toEqual([]);
        await run(loop);
        expect(asked).toHaveLength(1);
        expect(await loop.findNext()).toBeLessThanOrEqual(now + 5 * second);
        now += 5 * second;
        await run(loop);
        now += 19 * second;
        await run(loop);
        expect(asked).toHaveLength(2);
        now += second;
        await run(loop);
        expect(asked).toHaveLength(3);
        const [firing] = await firings();
        expect(firing).toMatchObject({
          status: "done",
          outcomes: [
            { kind: "do-nothing" },
            { kind: "call-webhook", status: "executed", details: { status_code: 200 } },
          ],
          tries: [
            { index: 0, kind: "call-webhook", reason: "The call was answered with 503", details: { status_code: 503 } },
            { index: 0, reason: "The call was answered with 429", nextTryAt: now },
          ],
        });
        const keys = asked.map(({ headers }) => headers["idempotency-key"]);
        expect([new Set(keys).size, keys[0]]).toEqual([1, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
        expect(await eventNames("millrace.automation.action.executed")).toHaveLength(2);
      });

      test("are given up after so many tries, and then it is told", async () => {
        const loop = await statuses(Array.from({ length: 10 }, () => 500));
        for (let minute = 0; minute < 60; minute++) {
          now += 60 * second;
          await run(loop);
        }
        expect(asked).toHaveLength(6);
        expect(await firings()).toMatchObject([
          { status: "failed", outcomes: [{}, { status: "failed", reason: "The call was answered with 500" }] },
        ]);
        expect(await eventNames("millrace.automation.action.failed")).toHaveLength(1);
      });

      test("are made no sooner than is asked for", async () => {
        retryAfter = "90";
        const loop = await statuses([503]);
        now += 89 * second;
        await run(loop);
        expect(asked).toHaveLength(1);
        now += second;
        await run(loop);
        expect(asked).toHaveLength(2);
      });

      test("are made again where nobody listens, by the server that leads then", async () => {
        const closed = await aBlock("custom-webhook", { url, method: "POST" });
        service.closeAllConnections();
        await new Promise((resolve) => service.close(resolve));
        const first = aLoop();
        await run(first);
        await automate(onEvent(), [{ kind: "send-notification", blockDocumentId: closed, subject: "s", body: "b" }]);
        await emit("order.placed");
        await run(first);
        expect(await firings()).toMatchObject([
          {
            status: "pending",
            tries: [{ kind: "send-notification", reason: expect.stringContaining("ECONNREFUSED") as string }],
          },
        ]);
        await first.stop();
        now += 5 * second;
        await run(aLoop());
        expect((await firings())[0]?.tries).toHaveLength(2);
      });

      test("are not made again where the answer is against them", async () => {
        const loop = await statuses([404], (blockDocumentId) => ({
          kind: "call-webhook",
          blockDocumentId,
          payload: "{}",
        }));
        now += 3600 * second;
        await run(loop);
        expect(asked).toHaveLength(1);
        expect(await firings()).toMatchObject([{ status: "done", outcomes: [{ details: { status_code: 404 } }, {}] }]);
      });

      test("hold none of the others, however many wait", async () => {
        const loop = await statuses(Array.from({ length: 40 }, () => 503));
        for (let count = 0; count < 39; count++) await emit("order.placed");
        await run(loop);
        await automate(onEvent({ expect: ["fast"] }), [{ kind: "do-nothing" }]);
        await emit("fast");
        await run(loop);
        await run(loop);
        const all = await firings();
        expect([all.length, all.filter(({ status }) => status === "done").length]).toEqual([41, 1]);
      });
    });

    test("what leads into a private network is refused where the block says so", async () => {
      const blockDocumentId = await aBlock("webhook", { url, allow_private_urls: false });
      const loop = aLoop();
      await run(loop);
      await automate(onEvent(), [{ kind: "call-webhook", blockDocumentId, payload: "" }]);
      await emit("order.placed");
      await run(loop);
      expect(asked).toEqual([]);
      expect((await firings())[0]?.outcomes).toMatchObject([
        { status: "failed", reason: "The call failed: the address leads into a private network" },
      ]);
    });

    test("one that is not answered holds none of the others", async () => {
      const gate = Promise.withResolvers<number>();
      answer = async (body) => (body === "slow" ? gate.promise : 200);
      const blockDocumentId = await aBlock("webhook", { url });
      const loop = aLoop();
      await run(loop);
      await automate(onEvent({ expect: ["slow"] }), [{ kind: "call-webhook", blockDocumentId, payload: "slow" }]);
      await automate(onEvent({ expect: ["fast"] }), [{ kind: "call-webhook", blockDocumentId, payload: "fast" }]);
      await emit("slow");
      await loop.tick();
      await emit("fast");
      await loop.tick();
      while ((await firings()).every(({ status }) => status !== "done")) await systemClock.sleep(5);
      expect((await firings()).map(({ status }) => status).toSorted()).toEqual(["done", "pending"]);
      gate.resolve(200);
      await loop.settle();
      expect((await firings()).map(({ status }) => status)).toEqual(["done", "done"]);
    });
  });

  describe("a metric", () => {
    test("is that of a rare deployment, among thousands of other runs", async () => {
      const deploymentId = await aDeployment();
      const states = (type: "COMPLETED" | "FAILED", at: number) => [
        { type: "RUNNING" as const, name: "Running", at: at - 5 },
        { type, name: type === "FAILED" ? "Failed" : "Completed", at },
      ];
      const ended = (at: number, more: JsonObject) => ({
        id: uuidv7(),
        flowName: "busy",
        name: "busy-otter",
        parameters: "{}",
        states: states(more.deploymentId === undefined ? "COMPLETED" : "FAILED", at),
        ...more,
      });
      await api.record({ processId: "p", created: [ended(now - 60 * second, { flowName: "etl", deploymentId })] });
      for (let page = 0; page < 3; page++) {
        const created = Array.from({ length: 1000 }, () => ended(now - 30 * second, {}));
        await api.record({ processId: "p", created });
      }
      const loop = aLoop();
      await run(loop);
      await automate(
        {
          kind: "metric",
          match: { id: "millrace.flow-run.*" },
          matchRelated: [{ role: "deployment", id: `millrace.deployment.${deploymentId}` }],
          query: "success-rate",
          operator: "<",
          threshold: 0.5,
          rangeMs: 3600 * second,
          firingForMs: 300 * second,
        },
        [{ kind: "do-nothing" }],
      );
      for (let minute = 0; minute <= 6; minute++) {
        await run(loop);
        now += 60 * second;
      }
      expect(await firings()).toMatchObject([{ firing: { firing: { state: "Triggered", value: 0 } } }]);
    });

    test("sets an automation off while it stays beyond its threshold, and resolves it", async () => {
      const loop = aLoop();
      await run(loop);
      await automate(
        {
          kind: "metric",
          match: { id: "millrace.flow-run.*" },
          matchRelated: [{ role: "flow", name: "etl" }],
          query: "success-rate",
          operator: "<",
          threshold: 0.5,
          rangeMs: 600 * second,
          firingForMs: 300 * second,
        },
        [{ kind: "do-nothing" }],
      );
      const end = async (type: "FAILED" | "COMPLETED") => {
        const id = await aRun();
        await api.proposeFlowRunState({ id, state: { type, name: type === "FAILED" ? "Failed" : "Completed" } });
      };
      await end("FAILED");
      for (let minute = 0; minute <= 6; minute++) {
        await run(loop);
        now += 60 * second;
      }
      expect(
        (await firings()).map(({ firing }) => (firing as { readonly firing: Firing } | undefined)?.firing.state),
      ).toEqual(["Triggered"]);
      for (let count = 0; count < 3; count++) await end("COMPLETED");
      for (let minute = 0; minute <= 6; minute++) {
        await run(loop);
        now += 60 * second;
      }
      expect(
        (await firings()).map(({ firing }) => (firing as { readonly firing: Firing } | undefined)?.firing.state),
      ).toEqual(["Triggered", "Resolved"]);
      expect(await eventNames("millrace.automation.resolved")).toHaveLength(1);
    });
  });
}

describe("on SQLite", () => {
  testAutomations(makeSqliteLedger);
});

describe.skipIf(whyNot !== "")(`on PostgreSQL${whyNot}`, () => {
  testAutomations(makePostgresLedger);
});
