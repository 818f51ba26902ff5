import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import type { Store } from "../contract/store.ts";
import { createDeferred } from "../kit/deferred.ts";
import { systemClock as clock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { createVirtualClock } from "../kit/virtual-clock.ts";
import { createService } from "../service/create-service.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../store/suite/ledger.testsuite.ts";
import {
  findNextLate,
  findNextLease,
  findNextOfState,
  findNextReadiness,
  findNextSchedule,
  findNextSlotLease,
} from "./next-look.ts";
import { createPulse } from "./pulse.ts";
import { startLoop } from "./start-loop.ts";

let ledger: TestLedger;
let store: Store;
let api: Api;

beforeEach(async () => {
  ledger = await makeLedger();
  store = await ledger.open();
  api = createService({ store, clock });
});
afterEach(async () => {
  await api.close();
  await ledger.remove();
});

async function emit(count = 1): Promise<void> {
  const events = Array.from({ length: count }, () => ({
    id: uuidv7(),
    name: "order.placed",
    at: clock.now(),
    flowRunId: null,
    taskRunId: null,
    resource: { id: "shop.1" },
    payload: null,
  }));
  await api.record({ processId: "p", events });
}

describe("the pulse", () => {
  test("grows when something was recorded, however much, and asks one question while nothing is", async () => {
    let questions = 0;
    const counted: Pick<Api, "listEvents"> = { listEvents: (...args) => (questions++, api.listEvents(...args)) };
    const pulse = createPulse({ api: counted, clock });
    await pulse.beat();
    const { version } = pulse;
    questions = 0;
    await pulse.beat();
    await pulse.beat();
    expect([pulse.version, questions]).toEqual([version, 2]);
    for (const count of [1, 99, 100, 1000]) {
      const before = pulse.version;
      await emit(count);
      await pulse.beat();
      expect(pulse.version).toBe(before + 1);
      await pulse.beat();
      expect(pulse.version).toBe(before + 1);
    }
  });

  test("lets go those who wait: when it grows, at their time, and when they are told to stop", async () => {
    const pulse = createPulse({ api, clock });
    await pulse.beat();
    const stopping = new AbortController();
    const wait = (until: number | null) => pulse.waitBeyond(pulse.version, { until, signal: stopping.signal });
    await wait(clock.now());
    const waits = [wait(null), wait(null)];
    expect(pulse.isAwaited).toBe(true);
    await emit();
    await pulse.beat();
    await Promise.all(waits);
    const last = wait(null);
    stopping.abort();
    await last;
    expect(pulse.isAwaited).toBe(false);
  });

  test("sees a time that has come because the wall clock was set", async () => {
    const virtual = createVirtualClock();
    const pulse = createPulse({ api, clock: virtual });
    let isOver = false;
    const until = virtual.now() + 3_600_000;
    const { signal } = new AbortController();
    const waiting = pulse.waitBeyond(pulse.version, { until, signal }).then(() => (isOver = true));
    await virtual.advance(60_000);
    expect(isOver).toBe(false);
    virtual.setWallTime(until);
    await virtual.advance(5000);
    expect(isOver).toBe(true);
    await waiting;
  });

  test("is taken to have grown where the ledger does not answer", async () => {
    const failing: Pick<Api, "listEvents"> = { listEvents: () => Promise.reject(new Error("gone")) };
    const pulse = createPulse({ api: failing, clock });
    await expect(pulse.beat()).rejects.toThrow("gone");
    expect(pulse.version).toBe(1);
  });
});

describe("a loop that rests", () => {
  test("ticks no more while nothing is recorded, and again when something is, or when it is time, or it is woken", async () => {
    const pulse = createPulse({ api, clock });
    await pulse.beat();
    let next: number | null = null;
    let ticks = 0;
    let asked = createDeferred();
    const loop = startLoop({
      clock,
      random: () => 0,
      everyMs: 1,
      tick: async () => void ticks++,
      rest: {
        pulse,
        findNext: async () => {
          asked.resolve();
          return next;
        },
      },
      onFailure: (error) => {
        throw error;
      },
    });
    const askedAgain = async (): Promise<void> => {
      asked = createDeferred();
      await asked.promise;
    };
    await asked.promise;
    await clock.sleep(20);
    expect(ticks).toBe(1);
    await emit();
    const again = askedAgain();
    await pulse.beat();
    await again;
    expect(ticks).toBe(2);
    next = clock.now();
    const woken = askedAgain();
    loop.wake();
    await woken;
    await askedAgain();
    expect(ticks).toBeGreaterThanOrEqual(4);
    await loop.stop();
  });

  test("does not rest on what was recorded during its tick", async () => {
    const pulse = createPulse({ api, clock });
    await pulse.beat();
    const second = createDeferred();
    let ticks = 0;
    const loop = startLoop({
      clock,
      random: () => 0,
      everyMs: 1,
      tick: async () => {
        if (++ticks === 2) return second.resolve();
        await emit();
        await pulse.beat();
      },
      rest: { pulse, findNext: async () => null },
      onFailure: () => undefined,
    });
    await second.promise;
    await loop.stop();
    expect(ticks).toBe(2);
  });
});

describe("when a loop has to look again", () => {
  test("follows from what waits for its time", async () => {
    const looks = { api, clock };
    const all = async () => [
      await findNextSchedule(looks),
      await findNextLate(looks),
      await findNextOfState(looks, "PAUSED"),
      await findNextOfState(looks, "CANCELLING"),
      await findNextReadiness(looks),
    ];
    expect(await all()).toEqual([null, null, null, null, null]);
    const at = Math.ceil(clock.now()) + 3_600_000;
    const schedule = { slug: "once", active: true, spec: { kind: "dates" as const, at: [at] } };
    const { deployment, schedules } = await api.saveDeployment({ flowName: "etl", name: "n", schedules: [schedule] });
    await api.submitRun({ deployment: deployment.id, scheduledAt: at });
    const { run: paused } = await api.submitRun({ deployment: deployment.id });
    const { run: stopping } = await api.submitRun({ deployment: deployment.id });
    for (const [{ id }, type] of [
      [paused, "PAUSED"],
      [stopping, "CANCELLING"],
    ] as const) {
      await api.proposeFlowRunState({ id, guest: true, state: { type: "PENDING", name: "Pending" } });
      await api.proposeFlowRunState({ id, guest: true, state: { type: "RUNNING", name: "Running" } });
      await api.proposeFlowRunState({ id, guest: true, state: { type, name: type } });
    }
    const now = clock.now();
    const [first, late, ...others] = await all();
    expect(first).toBe(schedules[0]?.nextAt);
    expect(late).toBe(at + 15_000);
    for (const other of others) expect(other).toBeGreaterThanOrEqual(now);
    await api.pauseDeployment(deployment.id);
    expect(await findNextSchedule(looks)).toBeNull();
  });

  test("is at once while a process is known, whose death nothing tells of", async () => {
    const looks = { store, clock };
    expect(await findNextLease(looks)).toBeNull();
    await api.registerProcess({ id: "p", host: "h", bootId: null, pid: 1, startToken: null, startedAt: clock.now() });
    const now = clock.now();
    expect(await findNextLease(looks)).toBeGreaterThanOrEqual(now);
    await api.endProcess("p");
    expect(await findNextLease(looks)).toBeNull();
  });

  test("is when the first lease of slots ends, and soon enough for one that nobody has told of", async () => {
    const looks = { api, clock: createVirtualClock() };
    const now = looks.clock.now();
    expect(await findNextSlotLease(looks)).toBe(now + 30_000);
    for (const expiresAt of [now + 20_000, now + 7000]) {
      await api.createObject("slot-lease", { expiresAt, holder: "", limitIds: [uuidv7()], slots: 1 });
    }
    expect(await findNextSlotLease(looks)).toBe(now + 7000);
  });
});
