import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import type { NewFlowRun } from "../contract/flow-run.ts";
import type { CollisionStrategy } from "../contract/objects.ts";
import type { StateType } from "../contract/states.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { slotWaitMs } from "../rules/guest-run-transitions.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../store/suite/ledger.testsuite.ts";
import { aFlowRun, aState } from "../store/suite/samples.testsuite.ts";
import { createService } from "./create-service.ts";

let ledger: TestLedger;
let api: Api;
let now = 1_800_000_000_000;
const clock: Clock = { ...systemClock, now: () => now };

beforeEach(async () => {
  ledger = await makeLedger();
  api = createService({ store: await ledger.open(), clock });
});
afterEach(async () => {
  await api.close();
  await ledger.remove();
});

async function deploy(collisionStrategy: CollisionStrategy, concurrencyLimit: number): Promise<() => Promise<string>> {
  const { deployment } = await api.saveDeployment({ flowName: "etl", name: "n", concurrencyLimit, collisionStrategy });
  return async () => {
    now += 1000;
    return (await api.submitRun({ deployment: deployment.id })).run.id;
  };
}

async function propose(id: string, type: StateType): Promise<void> {
  now += 10;
  await api.proposeFlowRunState({ id, guest: true, state: { type, name: type } });
}

async function start(id: string): Promise<void> {
  await propose(id, "PENDING");
  if ((await api.readFlowRun(id))?.state.type === "PENDING") await propose(id, "RUNNING");
}

const statesOf = async (...ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => (await api.readFlowRun(id))?.state.name));

describe("cancel-running", () => {
  test("the run that has held its slot the longest gives way, and the new one waits for it", async () => {
    const submit = await deploy("cancel-running", 2);
    const [one, two, three] = [await submit(), await submit(), await submit()];
    await start(two);
    await start(one);
    await start(three);
    expect(await statesOf(one, two, three)).toEqual(["RUNNING", "Cancelling", "AwaitingConcurrencySlot"]);
    await propose(two, "CANCELLED");
    now += slotWaitMs;
    await start(three);
    expect(await statesOf(one, two, three)).toEqual(["RUNNING", "CANCELLED", "RUNNING"]);
  });

  test("runs of our own engine give way too, but for those that hold no slot", async () => {
    const submit = await deploy("cancel-running", 1);
    const processId = uuidv7();
    const process = { id: processId, host: "here", bootId: null, pid: 1, startToken: null, startedAt: now };
    await api.registerProcess(process);
    const [crashed, one, two] = [await submit(), await submit(), await submit()];
    await propose(crashed, "PENDING");
    await api.claimFlowRun({ id: crashed, processId, mode: "start" });
    await api.endProcess(processId);
    await api.registerProcess(process);
    // Gone on with by hand: it has given its slot back.
    await api.claimFlowRun({ id: crashed, processId, mode: "resume" });
    await propose(one, "PENDING");
    await api.claimFlowRun({ id: one, processId, mode: "start" });
    await propose(two, "PENDING");
    expect(await statesOf(crashed, one, two)).toEqual(["Resuming", "Cancelling", "AwaitingConcurrencySlot"]);
  });

  test("no more give way than there are runs that wait, however often these ask", async () => {
    const submit = await deploy("cancel-running", 2);
    const [one, two, three, four] = [await submit(), await submit(), await submit(), await submit()];
    for (const id of [one, two, three, three]) await start(id);
    expect(await statesOf(one, two)).toEqual(["Cancelling", "RUNNING"]);
    await start(four);
    expect(await statesOf(one, two, three, four)).toEqual([
      "Cancelling",
      "Cancelling",
      "AwaitingConcurrencySlot",
      "AwaitingConcurrencySlot",
    ]);
  });
});

describe("latest-only", () => {
  test("of the runs that wait only the newest stays", async () => {
    const submit = await deploy("latest-only", 1);
    const [one, two, three] = [await submit(), await submit(), await submit()];
    for (const id of [one, two, three]) await start(id);
    expect(await statesOf(one, two, three)).toEqual(["RUNNING", "Skipped", "AwaitingConcurrencySlot"]);
    expect((await api.readFlowRun(two))?.state.type).toBe("CANCELLED");
    await propose(one, "COMPLETED");
    now += slotWaitMs;
    await start(three);
    expect(await statesOf(one, two, three)).toEqual(["COMPLETED", "Skipped", "RUNNING"]);
  });

  test("an older run that comes later is skipped, also when a slot is free", async () => {
    const submit = await deploy("latest-only", 1);
    const [one, two, three] = [await submit(), await submit(), await submit()];
    await start(one);
    await start(three);
    await propose(one, "COMPLETED");
    await start(two);
    expect(await statesOf(two, three)).toEqual(["Skipped", "AwaitingConcurrencySlot"]);
  });
});

describe("with more runs that wait than are looked at in one question", () => {
  /** Runs that wait since before, one a second. */
  async function putWaiting(count: number): Promise<readonly string[]> {
    const { items } = await api.listObjects("deployment");
    const made = Array.from({ length: count }, (_, index): NewFlowRun => {
      now += 1000;
      const name = "AwaitingConcurrencySlot";
      const states = [
        aState("SCHEDULED", now),
        { ...aState("SCHEDULED", now + 1), name, details: { scheduledAt: now } },
      ];
      return aFlowRun({ flowName: "etl", name: `w${index}`, deploymentId: items[0]?.id ?? "", ownerId: null, states });
    });
    await api.record({ processId: "p", created: made });
    return made.map(({ id }) => id);
  }

  const countStates = async () =>
    Object.fromEntries(
      (await api.countBy("flow-run", "stateName", { all: [] })).map(({ value, count }) => [value, count]),
    );

  test("latest-only lets the newest go first, and skips all others", async () => {
    const submit = await deploy("latest-only", 1);
    const old = await putWaiting(250);
    const newest = old.at(-1) ?? "";
    await start(old[0] ?? "");
    expect(await statesOf(old[0] ?? "")).toEqual(["Skipped"]);
    await start(newest);
    expect(await statesOf(newest)).toEqual(["RUNNING"]);
    // One that asks makes two hundred give way, the newest first, and the next that asks the others.
    const next = await submit();
    await start(next);
    expect(await countStates()).toEqual({ Skipped: 201, AwaitingConcurrencySlot: 49, RUNNING: 1 });
    expect(await statesOf(...old.slice(48, 50))).toEqual(["AwaitingConcurrencySlot", "Skipped"]);
    const last = await submit();
    await start(last);
    expect(await countStates()).toEqual({ Skipped: 250, AwaitingConcurrencySlot: 1, RUNNING: 1 });
    expect(await statesOf(next, last)).toEqual(["Skipped", "AwaitingConcurrencySlot"]);
  });

  test("cancel-running lets two hundred give way for one that asks, those first that have held their slots the longest", async () => {
    await deploy("cancel-running", 250);
    const { items } = await api.listObjects("deployment");
    const deploymentId = items[0]?.id ?? "";
    const held = Array.from({ length: 250 }, (_, index): NewFlowRun => {
      const claimed = { ...aState("PENDING", (now += 1000)), details: { slotLeaseId: uuidv7() } };
      const states = [aState("SCHEDULED", now - 1), claimed, aState("RUNNING", now + 1)];
      return aFlowRun({ flowName: "etl", name: `h${index}`, deploymentId, ownerId: null, states });
    });
    await api.record({ processId: "p", created: held });
    const limits = [`deployment:${deploymentId}`];
    await api.takeSlots({ limits, slots: 250, leaseMs: 3_600_000, holder: "flow-run:h" });
    const [one, other] = [(await putWaiting(300))[0] ?? "", (await putWaiting(1))[0] ?? ""];
    await start(one);
    expect(await countStates()).toEqual({ AwaitingConcurrencySlot: 301, Cancelling: 200, Running: 50 });
    expect(await statesOf(held[199]?.id ?? "", held[200]?.id ?? "")).toEqual(["Cancelling", "Running"]);
    await start(other);
    expect(await countStates()).toEqual({ AwaitingConcurrencySlot: 301, Cancelling: 250 });
  });

  test("cancel-running lets as many give way as there are that wait", async () => {
    const submit = await deploy("cancel-running", 2);
    const [one, two, three] = [await submit(), await submit(), await submit()];
    for (const id of [one, two]) await start(id);
    await putWaiting(250);
    await start(three);
    expect(await statesOf(one, two, three)).toEqual(["Cancelling", "Cancelling", "AwaitingConcurrencySlot"]);
  });
});

describe("enqueue and cancel-new", () => {
  test.each([
    ["enqueue", ["RUNNING", "AwaitingConcurrencySlot", "AwaitingConcurrencySlot"]],
    ["cancel-new", ["RUNNING", "Cancelled", "Cancelled"]],
  ] as const)("%s leaves those alone that are there", async (strategy, states) => {
    const submit = await deploy(strategy, 1);
    const ids = [await submit(), await submit(), await submit()];
    for (const id of ids) await start(id);
    expect(await statesOf(...ids)).toEqual(states);
  });
});
