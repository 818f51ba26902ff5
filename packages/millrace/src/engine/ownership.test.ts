/** One run, two processes: the fencing token decides whose word counts. */

import { describe, expect, test } from "vitest";
import { MillraceError } from "../contract/errors.ts";
import { artifact } from "../sdk/artifacts.ts";
import { context, logger } from "../sdk/context.ts";
import { flow } from "../sdk/flow.ts";
import { task } from "../sdk/task.ts";
import type { LedgerProcess } from "../testing/ledger-process.ts";
import { openProcesses, resumeIn, type TestProcesses } from "./processes.testsuite.ts";

interface Step {
  readonly reached: Promise<void>;
  readonly reach: () => void;
  readonly goOn: () => void;
  readonly pass: Promise<void>;
}

function createStep(): Step {
  const reached = Promise.withResolvers<void>();
  const pass = Promise.withResolvers<void>();
  return { reached: reached.promise, reach: reached.resolve, pass: pass.promise, goOn: pass.resolve };
}

/** A flow of three tasks, of which the middle one stops at `step` in the first process. */
function createSubject() {
  const step = createStep();
  const ran: string[] = [];
  const signals: AbortSignal[] = [];
  const name = task({ name: "name" }, async (what: string) => {
    ran.push(what);
    return what;
  });
  const middle = task({ name: "middle" }, async () => {
    ran.push("middle");
    if (ran.filter((each) => each === "middle").length > 1) return "second owner";
    signals.push(context().signal);
    step.reach();
    await step.pass;
    logger().info("said by the first owner after it lost the run");
    await artifact.markdown("left by the first owner", { key: "late" }).catch(() => undefined);
    return "first owner";
  });
  const subject = flow({ name: "subject" }, async () => [await name("before"), await middle(), await name("after")]);
  return { subject, step, ran, signals };
}

/** Takes the run from a process that is alive: its lease has ended, for all that the ledger knows. */
async function takeOver(processes: TestProcesses, from: LedgerProcess): Promise<LedgerProcess> {
  const other = await processes.open();
  await other.api.endProcess(from.engine.lease.id);
  return other;
}

async function onlyRun(process: LedgerProcess) {
  const [run] = (await process.api.listFlowRuns({ rootsOnly: true })).items;
  if (run === undefined) throw new Error("There is no run");
  return run;
}

describe("a process that lost its run to another", () => {
  test("is told LEASE_LOST, and nothing that it says after that is recorded", async () => {
    await using processes = await openProcesses({ time: "real" });
    const first = await processes.open();
    const { subject, step, ran, signals } = createSubject();
    const losing = subject();
    losing.catch(() => undefined);
    await step.reached;
    const second = await takeOver(processes, first);
    const { id } = await onlyRun(second);
    expect(await resumeIn(second, { flow: subject, id })).toEqual(["before", "second owner", "after"]);
    await expect(losing).rejects.toMatchObject({ code: "LEASE_LOST" });
    expect(signals[0]?.reason).toMatchObject({ code: "LEASE_LOST" });
    step.goOn();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await first.engine.journal.flush().catch(() => undefined);
    expect(ran).toEqual(["before", "middle", "middle", "after"]);
    const run = await onlyRun(second);
    expect(run).toMatchObject({ epoch: 2, state: { name: "Completed" } });
    expect(run.history.map(({ name }) => name)).toEqual(["Pending", "Running", "Crashed", "Resuming", "Completed"]);
    const records = await second.api.readRecords(id);
    expect(records.map(({ taskName, result }) => [taskName, result?.storage === "inline" && result.data])).toEqual([
      ["name", '"before"'],
      ["middle", '"second owner"'],
      ["name", '"after"'],
    ]);
  });

  test("learns it from the answer to what it records, when it does not look", async () => {
    await using processes = await openProcesses({ time: "real" });
    const first = await processes.open();
    const { subject, step } = createSubject();
    const losing = subject();
    losing.catch(() => undefined);
    await step.reached;
    const second = await processes.open();
    await second.api.endProcess(first.engine.lease.id);
    const { id } = await onlyRun(second);
    await second.engine.claim(id, "resume");
    step.goOn();
    await expect(losing).rejects.toMatchObject({ code: "LEASE_LOST" });
    const records = await second.api.readRecords(id);
    expect(records.filter(({ taskName }) => taskName === "middle").map(({ state }) => state.type)).not.toContain(
      "COMPLETED",
    );
  });

  test("stops its subflows too", async () => {
    await using processes = await openProcesses({ time: "real" });
    const first = await processes.open();
    const { subject, step } = createSubject();
    const parent = flow({ name: "parent" }, async () => subject());
    const losing = parent();
    losing.catch(() => undefined);
    await step.reached;
    const second = await takeOver(processes, first);
    const { id } = await onlyRun(second);
    expect(await resumeIn(second, { flow: parent, id })).toEqual(["before", "second owner", "after"]);
    step.goOn();
    await expect(losing).rejects.toMatchObject({ code: "LEASE_LOST" });
    const runs = (await second.api.listFlowRuns({})).items;
    expect(runs.map(({ state }) => state.name)).toEqual(["Completed", "Completed"]);
  });
});

describe("a process that was taken for dead", () => {
  test("stops what it ran though nobody else has it, and has a lease for what it runs next", async () => {
    await using processes = await openProcesses({ time: "real" });
    const first = await processes.open();
    const { subject, step } = createSubject();
    const losing = subject();
    losing.catch(() => undefined);
    await step.reached;
    const second = await takeOver(processes, first);
    await expect(losing).rejects.toMatchObject({ code: "LEASE_LOST" });
    step.goOn();
    expect((await onlyRun(second)).state.name).toBe("Crashed");
    processes.enter(first);
    const next = createSubject();
    const running = next.subject();
    await next.step.reached;
    expect(await second.api.expireProcesses()).toBe(0);
    next.step.goOn();
    expect(await running).toEqual(["before", "first owner", "after"]);
  });
});

describe("a run that a live process executes", () => {
  test("is not taken by another", async () => {
    await using processes = await openProcesses({ time: "real" });
    const first = await processes.open();
    const { subject, step } = createSubject();
    const running = subject();
    await step.reached;
    const second = await processes.open();
    const { id } = await onlyRun(second);
    await expect(resumeIn(second, { flow: subject, id })).rejects.toMatchObject({
      code: "RUN_OWNED",
      data: { pid: process.pid },
    });
    processes.enter(first);
    step.goOn();
    expect(await running).toEqual(["before", "first owner", "after"]);
  });

  test("that was set to another state by force stops, and leaves it so", async () => {
    await using processes = await openProcesses({ time: "real" });
    const only = await processes.open();
    const { subject, step } = createSubject();
    const running = subject();
    running.catch(() => undefined);
    await step.reached;
    const { id } = await onlyRun(only);
    const state = { type: "COMPLETED", name: "Completed" } as const;
    await only.api.proposeFlowRunState({ id, state, force: "a person" });
    await expect(running).rejects.toMatchObject({ code: "LEASE_LOST" });
    expect((await onlyRun(only)).state).toMatchObject({ name: "Completed", details: { forcedBy: "a person" } });
    step.goOn();
  });

  test("that was ended because its process counts as dead stops, although nobody has taken it since", async () => {
    await using processes = await openProcesses({ time: "real" });
    const first = await processes.open();
    const { subject, step, signals } = createSubject();
    const running = subject();
    running.catch(() => undefined);
    await step.reached;
    const second = await takeOver(processes, first);
    await expect(running).rejects.toMatchObject({ code: "LEASE_LOST" });
    expect(signals[0]?.reason).toMatchObject({ code: "LEASE_LOST" });
    expect((await onlyRun(second)).state.name).toBe("Crashed");
    step.goOn();
  });
});

test("two processes that resume one run at once: one has it, the other is refused", async () => {
  await using processes = await openProcesses();
  const first = await processes.open();
  const { subject, step } = createSubject();
  subject().catch(() => undefined);
  await step.reached;
  first.die();
  const [second, third] = [await processes.open(), await processes.open()];
  await second.api.endProcess(first.engine.lease.id);
  const { id } = await onlyRun(second);
  const claims = await Promise.allSettled([second.engine.claim(id, "resume"), third.engine.claim(id, "resume")]);
  expect(claims.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  const refused = claims.find((each) => each.status === "rejected");
  expect(refused?.reason).toBeInstanceOf(MillraceError);
  expect(refused?.reason).toMatchObject({ code: "RUN_OWNED" });
});
