import { describe, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import type { ScheduleToSave } from "../contract/deployments.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Store } from "../contract/store.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { createService } from "../service/create-service.ts";
import type { MakeLedger, TestLedger } from "../store/suite/ledger.testsuite.ts";
import { makePostgresLedger, whyNot } from "../store/postgres/postgres-ledger.testsuite.ts";
import { makeSqliteLedger } from "../store/sqlite/sqlite-ledger.testsuite.ts";
import { createForemanLoop } from "./foreman.ts";
import { createLatenessLoop } from "./lateness.ts";
import { findNextLate } from "./next-look.ts";
import { createSchedulerLoop, type SchedulerApi } from "./scheduler.ts";

const startAt = Date.UTC(2026, 10, 25, 12);
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const everyMinute: ScheduleToSave = { slug: null, active: true, spec: { kind: "cron", cron: "* * * * *" } };

/** A ledger with servers on it whose time is the test's own. */
async function start(makeLedger: MakeLedger, servers = 1) {
  const ledger: TestLedger = await makeLedger();
  let now = startAt;
  const clock: Clock = { ...systemClock, now: () => now };
  const stores: Store[] = [];
  for (let index = 0; index < servers; index++) stores.push(await ledger.open());
  const apis: Api[] = stores.map((store) => createService({ store, clock }));
  const api = apis[0] as Api;
  return {
    api,
    apis,
    store: stores[0] as Store,
    clock,
    advance: (ms: number) => (now += ms),
    loop: (more: Partial<SchedulerApi> = {}) => createSchedulerLoop({ api: { ...api, ...more }, clock }),
    async runs(): Promise<readonly FlowRun[]> {
      return (await api.listFlowRuns({}, "due-asc", { limit: 10_000 })).items;
    },
    async [Symbol.asyncDispose]() {
      for (const each of apis) await each.close();
      await ledger.remove();
    },
  };
}

function testScheduler(makeLedger: MakeLedger): void {
  test("makes the runs ahead, once, and tops them up as they come due", async () => {
    await using server = await start(makeLedger);
    const loop = server.loop();
    const { deployment } = await server.api.saveDeployment({
      flowName: "etl",
      name: "often",
      parameters: { x: 1 },
      schedules: [{ ...everyMinute, parameters: { y: 2 } }],
    });
    expect(await loop.tick()).toEqual({ looked: 1, made: 60 });
    expect(await loop.tick()).toEqual({ looked: 0, made: 0 });
    const runs = await server.runs();
    expect(runs.map(({ dueAt }) => dueAt)).toEqual(runs.map((_, index) => startAt + (index + 1) * minuteMs));
    expect(runs[0]).toMatchObject({
      flowName: "etl",
      deploymentId: deployment.id,
      autoScheduled: true,
      parameters: '{"x":1,"y":2}',
      tags: ["auto-scheduled"],
    });
    server.advance(15 * minuteMs);
    expect(await loop.tick()).toMatchObject({ made: 15 });
    expect(await server.runs()).toHaveLength(75);
  });

  test("makes each run once, however many servers there are", async () => {
    await using server = await start(makeLedger, 3);
    for (let index = 0; index < 20; index++) {
      await server.api.saveDeployment({ flowName: "etl", name: `d${index}`, schedules: [everyMinute] });
    }
    const loops = server.apis.map((api) => createSchedulerLoop({ api, clock: server.clock }));
    for (let tick = 0; tick < 3; tick++) await Promise.all(loops.map((loop) => loop.tick()));
    const runs = await server.runs();
    expect(runs).toHaveLength(20 * 60);
    expect(new Set(runs.map(({ deploymentId, dueAt }) => `${deploymentId} ${dueAt}`)).size).toBe(20 * 60);
  });

  /** Makes the runs of an hour, of which `meanwhile` is done before they are looked at again. */
  async function makeWith(
    server: Awaited<ReturnType<typeof start>>,
    meanwhile: (deploymentId: string) => Promise<unknown>,
  ): Promise<{ readonly made: number }> {
    const { api, store, clock } = server;
    const { deployment } = await api.saveDeployment({ flowName: "etl", name: "a", schedules: [everyMinute] });
    let isOver = false;
    const record: Api["record"] = async (batch) => {
      const outcome = await api.record(batch);
      if (!isOver) await meanwhile(deployment.id);
      isOver = true;
      return outcome;
    };
    const drop = (id: string): Promise<unknown> => store.deleteFlowRun(id, { isWaiting: true });
    return createSchedulerLoop({ api: { ...api, record }, clock, drop }).tick();
  }

  test("keeps the runs of a deployment that is served from now on", async () => {
    await using server = await start(makeLedger);
    const { api } = server;
    const { made } = await makeWith(server, (id) => api.updateObject("deployment", id, { readiness: "ready" }));
    expect([made, (await server.runs()).length]).toEqual([60, 60]);
  });

  test("makes anew what was changed meanwhile, but for what somebody has begun", async () => {
    await using server = await start(makeLedger);
    const { api } = server;
    let begun = "none";
    const { made } = await makeWith(server, async (deployment) => {
      begun = (await server.runs())[0]?.id ?? "none";
      const state = { type: "PENDING", name: "Pending" } as const;
      await api.proposeFlowRunState({ id: begun, state, guest: true });
      await api.updateObject("deployment", deployment, { description: "another" });
    });
    expect([made, (await server.runs()).map(({ id }) => id)]).toEqual([0, [begun]]);
    expect(await server.loop().tick()).toMatchObject({ made: 59 });
    const runs = await server.runs();
    expect(runs).toHaveLength(60);
    expect(runs.filter(({ state }) => state.type === "PENDING").map(({ id }) => id)).toEqual([begun]);
  });

  test("leaves what is paused or not active, and begins when it goes on", async () => {
    await using server = await start(makeLedger);
    const loop = server.loop();
    const saved = await server.api.saveDeployment({
      flowName: "etl",
      name: "a",
      paused: true,
      schedules: [everyMinute],
    });
    expect(await loop.tick()).toMatchObject({ looked: 0 });
    await server.api.resumeDeployment(saved.deployment.id);
    await server.api.updateSchedule(saved.schedules[0]?.id ?? "", { active: false });
    expect(await loop.tick()).toMatchObject({ looked: 0 });
    await server.api.updateSchedule(saved.schedules[0]?.id ?? "", { active: true });
    expect(await loop.tick()).toMatchObject({ made: 60 });
  });

  test("makes up for what it missed as the schedule says", async () => {
    await using server = await start(makeLedger);
    const loop = server.loop();
    const hourly = { active: true, spec: { kind: "cron", cron: "0 * * * *" } } as const;
    await server.api.saveDeployment({
      flowName: "etl",
      name: "a",
      schedules: [
        { ...hourly, slug: "skip" },
        { ...hourly, slug: "two", catchUp: { policy: "all", max: 2 } },
      ],
    });
    await loop.tick();
    expect(await server.runs()).toHaveLength(6);
    // Three of each were there for the first three hours; five more have passed since.
    server.advance(8.5 * hourMs);
    expect(await loop.tick()).toMatchObject({ looked: 2, made: 3 + 2 + 3 });
  });

  test("skips what it made ahead of a time without servers, where the schedule says so", async () => {
    await using server = await start(makeLedger);
    const loop = server.loop();
    const latest = { ...everyMinute, catchUp: { policy: "latest" } };
    const { deployment } = await server.api.saveDeployment({ flowName: "etl", name: "a", schedules: [latest] });
    await server.api.saveDeployment({ flowName: "etl", name: "as they are", schedules: [everyMinute] });
    await loop.tick();
    server.advance(30.5 * minuteMs);
    await loop.tick();
    const due = (await server.runs()).filter(({ dueAt }) => dueAt !== null && dueAt <= startAt + 30 * minuteMs);
    expect(due.filter(({ deploymentId }) => deploymentId === deployment.id).map(({ dueAt }) => dueAt)).toEqual([
      startAt + 30 * minuteMs,
    ]);
    expect(due.filter(({ deploymentId }) => deploymentId !== deployment.id)).toHaveLength(30);
  });

  test("skips also what is called late in the same moment", async () => {
    await using server = await start(makeLedger);
    const { api, clock } = server;
    const skip = { ...everyMinute, catchUp: { policy: "skip" } };
    await api.saveDeployment({ flowName: "etl", name: "a", schedules: [skip] });
    await server.loop().tick();
    const now = server.advance(30.5 * minuteMs);
    const lateness = createLatenessLoop({ api, clock });
    let called = 0;
    await server
      .loop({
        async proposeFlowRunState(proposal) {
          called += await lateness.tick();
          return api.proposeFlowRunState(proposal);
        },
      })
      .tick();
    expect(called).toBeGreaterThan(20);
    const past = (await server.runs()).filter(({ expectedAt }) => expectedAt <= now);
    expect(past.filter(({ state }) => state.type === "SCHEDULED").map(({ expectedAt }) => now - expectedAt)).toEqual([
      minuteMs / 2,
    ]);
  });

  describe("when no server looked for long", () => {
    const awayMs = { "a minute": minuteMs, "two hours": 2 * hourMs, "forty days": 40 * 24 * hourMs };
    const policies = {
      skip: { policy: "skip" },
      latest: { policy: "latest" },
      all: { policy: "all", max: 200 },
    } as const;

    test.each([
      ["a minute", "skip", 0],
      ["a minute", "latest", 0],
      ["a minute", "all", 0],
      ["two hours", "skip", 0],
      ["two hours", "latest", 1],
      ["two hours", "all", 2],
      ["forty days", "skip", 0],
      ["forty days", "latest", 1],
      ["forty days", "all", 200],
    ] as const)("for %s, the policy %s makes up for the last %i", async (away, policy, count) => {
      await using server = await start(makeLedger);
      const loop = server.loop();
      const hourly = { slug: null, active: true, spec: { kind: "cron", cron: "0 * * * *" } } as const;
      const catchUp = policies[policy];
      await server.api.saveDeployment({ flowName: "etl", name: "a", schedules: [{ ...hourly, catchUp }] });
      await loop.tick();
      // Half past, so that none of them is on time.
      const now = server.advance(30 * minuteMs + awayMs[away]);
      const { made } = await loop.tick();
      const past = (await server.runs()).filter(
        ({ dueAt, history }) => (history[0]?.details?.scheduledAt ?? dueAt ?? 0) <= now,
      );
      const kept = past.filter(({ state }) => state.type === "SCHEDULED").map(({ dueAt }) => dueAt);
      const last = Math.floor(now / hourMs) * hourMs;
      expect(kept).toEqual(Array.from({ length: count }, (_, index) => last - (count - 1 - index) * hourMs));
      expect(
        past.filter(({ state }) => state.type !== "SCHEDULED").every(({ state }) => state.name === "Skipped"),
      ).toBe(true);
      // What it makes at once is bounded: what it makes up for, and what is ahead.
      expect(made).toBeLessThanOrEqual(count + 3);
      expect(await loop.tick()).toMatchObject({ made: 0 });
    });
  });

  describe("what changes while its runs are made", () => {
    test.each([
      ["is paused", (api: Api, id: string) => api.pauseDeployment(id)],
      ["is deleted", (api: Api, id: string) => api.deleteDeployment(id)],
      ["has other parameters", (api: Api, id: string) => api.updateDeployment(id, { parameters: { x: 2 } })],
    ])("keeps none of them when it %s", async (_, change) => {
      await using server = await start(makeLedger);
      const { deployment } = await server.api.saveDeployment({ flowName: "etl", name: "a", schedules: [everyMinute] });
      let isChanged = false;
      const loop = server.loop({
        async record(batch) {
          if (!isChanged) await change(server.api, deployment.id);
          isChanged = true;
          return server.api.record(batch);
        },
      });
      expect(await loop.tick()).toMatchObject({ looked: 1, made: 0 });
      expect(await server.runs()).toEqual([]);
      const isStillWanted = (await server.api.readObject("deployment", deployment.id))?.paused === false;
      await loop.tick();
      const runs = await server.runs();
      expect(runs).toHaveLength(isStillWanted ? 60 : 0);
      expect(runs.every(({ parameters }) => parameters === '{"x":2}')).toBe(true);
    });
  });

  test("goes on when one schedule cannot be read", async () => {
    await using server = await start(makeLedger);
    const { deployment } = await server.api.saveDeployment({ flowName: "etl", name: "a", schedules: [everyMinute] });
    // As one of an older version may be: it would not be made now.
    const broken = {
      id: uuidv7(),
      revision: 1,
      createdAt: startAt,
      updatedAt: startAt,
      deploymentId: deployment.id,
      slug: "broken",
      active: true,
      nextAt: startAt - 1,
      spec: { kind: "cron", cron: "no cron at all" },
    };
    await server.store.insertObject("schedule", broken, null);
    const told: string[] = [];
    const { api, clock } = server;
    const loop = createSchedulerLoop({ api, clock, onBroken: (schedule) => told.push(schedule.id) });
    expect(await loop.tick()).toMatchObject({ looked: 2, made: 60 });
    expect(told).toEqual([broken.id]);
    expect(await loop.tick()).toMatchObject({ looked: 0 });
  });

  test("runs are late when nobody starts them", async () => {
    await using server = await start(makeLedger);
    const { api, clock } = server;
    const lateness = createLatenessLoop({ api, clock });
    const { deployment } = await api.saveDeployment({ flowName: "etl", name: "a" });
    const { run } = await api.submitRun({ deployment: deployment.id, scheduledAt: startAt + 1000 });
    server.advance(15_999);
    expect(await lateness.tick()).toBe(0);
    server.advance(1);
    expect(await createLatenessLoop({ api, clock, lateAfterMs: 15_001 }).tick()).toBe(0);
    expect(await findNextLate({ api, clock }, 15_001)).toBe(clock.now() + 1);
    expect(await lateness.tick()).toBe(1);
    expect(await lateness.tick()).toBe(0);
    const late = await api.readFlowRun(run.id);
    expect(late).toMatchObject({ dueAt: startAt + 1000, state: { type: "SCHEDULED", name: "Late" } });
  });

  test("the foreman tells of pools whose workers are gone", async () => {
    await using server = await start(makeLedger);
    const { api } = server;
    const pool = await api.createWorkPool({ name: "p", type: "process", paused: false });
    await api.heartbeatWorker({ workPoolId: pool.id, name: "w" });
    const foreman = createForemanLoop({ api });
    expect(await foreman.tick()).toBe(0);
    server.advance(91_000);
    expect(await foreman.tick()).toBe(1);
    expect(await api.readObject("work-pool", pool.id)).toMatchObject({ readiness: "not-ready" });
  });
}

describe("over SQLite", () => {
  testScheduler(makeSqliteLedger);
});

describe.skipIf(whyNot !== "")(`over PostgreSQL${whyNot}`, () => {
  testScheduler(makePostgresLedger);
});
