import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import type { StateType } from "../contract/states.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { createService } from "../service/create-service.ts";
import { makeSqliteLedger } from "../store/sqlite/sqlite-ledger.testsuite.ts";
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
  ledger = await makeSqliteLedger();
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

describe("pauses that nobody ends", () => {
  test("fail at their time, and not before", async () => {
    const [soon, later, never] = [await begin(), await begin(), await begin()];
    await propose(soon, "PAUSED", { pauseTimeoutAt: clock.now() + 1000, pauseKey: "1" });
    await propose(later, "PAUSED", { pauseTimeoutAt: clock.now() + 100_000, pauseKey: "1" });
    await propose(never, "PAUSED", { pauseKey: "1" });
    const loops = [createExpirePausesLoop({ api, clock }), createExpirePausesLoop({ api, clock })];
    expect(await loops[0]?.tick()).toBe(0);
    aheadMs = 2000;
    const failed = await Promise.all(loops.map((loop) => loop.tick()));
    expect(failed.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect([await typeOf(soon), await typeOf(later), await typeOf(never)]).toEqual(["FAILED", "PAUSED", "PAUSED"]);
  });
});

describe("what a cancellation leaves behind", () => {
  test("a run that nobody confirms is cancelled after a while", async () => {
    const run = await begin();
    await propose(run, "CANCELLING");
    const loop = createSettleCancellationsLoop({ api, clock });
    expect([await loop.tick(), await typeOf(run)]).toEqual([0, "CANCELLING"]);
    aheadMs = 301_000;
    expect([await loop.tick(), await typeOf(run)]).toEqual([1, "CANCELLED"]);
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
    const loop = createSettleCancellationsLoop({ api, clock });
    expect(await loop.tick()).toBe(2);
    expect([await typeOf(child), await typeOf(other)]).toEqual(["CANCELLED", "RUNNING"]);
    expect((await api.readTaskRun(ended.id))?.state.type).toBe("CANCELLED");
    expect((await api.readTaskRun(untouched.id))?.state.type).toBe("RUNNING");
    expect(await loop.tick()).toBe(0);
  });
});
