import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { StateType } from "../contract/states.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { createService } from "../service/create-service.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../store/suite/ledger.testsuite.ts";
import { aFlowRun, aState } from "../store/suite/samples.testsuite.ts";
import { createExpirePausesLoop } from "./expire-pauses.ts";
import { createSettleCancellationsLoop } from "./settle-cancellations.ts";

let ledger: TestLedger;
let api: Api;
let aheadMs = 0;
const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };

beforeEach(async () => {
  aheadMs = 0;
  ledger = await makeLedger();
  api = createService({ store: await ledger.open(), clock });
});
afterEach(async () => {
  await api.close();
  await ledger.remove();
});

async function begin(more: Parameters<typeof aFlowRun>[0] = {}): Promise<string> {
  const at = clock.now();
  const run = aFlowRun({ ownerId: null, states: [aState("PENDING", at), aState("RUNNING", at + 1)], ...more });
  await api.record({ processId: "p", created: [run] });
  return run.id;
}

const propose = (id: string, type: StateType, details = {}) =>
  api.proposeFlowRunState({ id, guest: true, state: { type, name: type, details } });
const typeOf = async (id: string): Promise<string | undefined> => (await api.readFlowRun(id))?.state.type;

/** A run of our own engine that has given up its process, and waits for at most a minute. */
async function ownSuspended(
  more: Parameters<typeof aFlowRun>[0] = {},
  details: object = { pauseKey: "go", timeoutAnswer: '{"ok":true}', inputSchema: { type: "object" } },
): Promise<FlowRun> {
  const at = clock.now();
  const paused = { suspended: true, pauseTimeoutAt: at + 60_000, ...details };
  const states = [aState("PENDING", at), aState("RUNNING", at + 1), { ...aState("PAUSED", at + 2), details: paused }];
  const { created } = await api.record({ processId: "p", created: [aFlowRun({ ownerId: null, states, ...more })] });
  return (created[0] as (typeof created)[number]).run;
}

describe("pauses that nobody ends", () => {
  test("fail at their time, and not before", async () => {
    const [soon, later, never] = [await begin(), await begin(), await begin()];
    await propose(soon, "PAUSED", { pauseTimeoutAt: clock.now() + 60_000, pauseKey: "1" });
    await propose(later, "PAUSED", { pauseTimeoutAt: clock.now() + 600_000, pauseKey: "1" });
    await propose(never, "PAUSED", { pauseKey: "1" });
    const loops = [createExpirePausesLoop({ api, clock }), createExpirePausesLoop({ api, clock })];
    expect(await loops[0]?.tick()).toBe(0);
    aheadMs = 120_000;
    const failed = await Promise.all(loops.map((loop) => loop.tick()));
    expect(failed.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect([await typeOf(soon), await typeOf(later), await typeOf(never)]).toEqual(["FAILED", "PAUSED", "PAUSED"]);
  });

  test("are given the answer that was agreed on, once, and a run of a deployment is started again", async () => {
    const { deployment } = await api.saveDeployment({ flowName: "training", name: "nightly" });
    const { id } = await ownSuspended({ deploymentId: deployment.id });
    aheadMs = 120_000;
    const loops = [createExpirePausesLoop({ api, clock }), createExpirePausesLoop({ api, clock })];
    const ended = await Promise.all(loops.map((loop) => loop.tick()));
    expect(ended.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect((await api.readFlowRun(id))?.state).toMatchObject({ type: "SCHEDULED", name: "Resuming" });
    expect(await api.listAnswers(id)).toMatchObject([
      { key: "go", value: { ok: true }, byTimeout: true, state: "given" },
    ]);
    expect(await loops[0]?.tick()).toBe(0);
  });

  test("of runs without a deployment wait for who resumes them, and do not fail once they are answered", async () => {
    const [agreed, answered] = [await ownSuspended(), await ownSuspended({}, { pauseKey: "go" })];
    await api.answerPause({ flowRunId: answered.id, input: 1 });
    aheadMs = 120_000;
    const loop = createExpirePausesLoop({ api, clock });
    expect([await loop.tick(), await loop.tick()]).toEqual([1, 0]);
    expect([await typeOf(agreed.id), await typeOf(answered.id)]).toEqual(["PAUSED", "PAUSED"]);
    expect(await api.listAnswers(agreed.id)).toHaveLength(1);
  });

  test("fail a run that was suspended without an answer for that", async () => {
    const { id } = await ownSuspended({}, { pauseKey: "go" });
    aheadMs = 120_000;
    expect([await createExpirePausesLoop({ api, clock }).tick(), await typeOf(id)]).toEqual([1, "FAILED"]);
  });
});

describe("what a cancellation leaves behind", () => {
  test("a run that nobody confirms is cancelled after a while", async () => {
    const run = await begin();
    await propose(run, "CANCELLING");
    const loop = createSettleCancellationsLoop({ api, clock, cancelWithinMs: 300_000 });
    expect([await loop.tick(), await typeOf(run)]).toEqual([0, "CANCELLING"]);
    aheadMs = 301_000;
    expect([await loop.tick(), await typeOf(run)]).toEqual([1, "CANCELLED"]);
  });

  test("a subflow that is a run of a deployment is told to stop, and has its own time for that", async () => {
    const { deployment } = await api.saveDeployment({ flowName: "training", name: "nightly" });
    const parent = await begin();
    const more = { parentRunId: parent, deploymentId: deployment.id };
    const begun = await begin(more);
    const waiting = await begin({ ...more, states: [aState("SCHEDULED", clock.now())] });
    await propose(parent, "CANCELLED");
    const loop = createSettleCancellationsLoop({ api, clock, cancelWithinMs: 300_000 });
    expect(await loop.tick()).toBe(2);
    expect([await typeOf(begun), await typeOf(waiting)]).toEqual(["CANCELLING", "CANCELLED"]);
    expect(await loop.tick()).toBe(0);
    aheadMs = 301_000;
    expect([await loop.tick(), await typeOf(begun)]).toEqual([1, "CANCELLED"]);
  });

  test("steps and subflows of a cancelled run end with it; others go on", async () => {
    const parent = await begin();
    const other = await begin();
    const child = await begin({ parentRunId: parent });
    const step = (flowRunId: string) => ({
      id: uuidv7(),
      flowRunId,
      taskName: "t",
      name: "t-0",
      key: "t-0",
      tags: [],
      inputs: [],
      attempt: 1,
      extra: { task_key: "t" },
      state: { ...aState("RUNNING", clock.now()), id: uuidv7() },
    });
    const [ended, untouched] = [step(parent), step(other)];
    await api.record({ processId: "p", observed: [ended, untouched] });
    await propose(parent, "CANCELLED");
    const loop = createSettleCancellationsLoop({ api, clock, cancelWithinMs: 300_000 });
    expect(await loop.tick()).toBe(2);
    expect([await typeOf(child), await typeOf(other)]).toEqual(["CANCELLED", "RUNNING"]);
    expect((await api.readTaskRun(ended.id))?.state.type).toBe("CANCELLED");
    expect((await api.readTaskRun(untouched.id))?.state.type).toBe("RUNNING");
    expect(await loop.tick()).toBe(0);
  });
});
