/** A run that others suspend while it runs, as an automation or a client of Prefect's API does. */

import { describe, expect, test } from "vitest";
import type { FlowRun } from "../contract/flow-run.ts";
import type { ProposalOutcome } from "../contract/record.ts";
import { runtimeSlot } from "../contract/runtime.ts";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { pause } from "../sdk/pause.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "../testing/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../testing/test-ledger.ts";
import type { Engine } from "./engine.ts";

type Asked = { readonly guest?: true; readonly name?: string; readonly suspended?: boolean; readonly force?: string };

function suspendRun(ledger: TestLedger, id: string, asked: Asked = {}): Promise<ProposalOutcome> {
  const { name = "Suspended", suspended = true, ...more } = asked;
  const details = suspended ? { suspended } : {};
  return ledger.api.proposeFlowRunState({ id, state: { type: "PAUSED", name, details }, ...more });
}

/** A body that says when it has begun, and ends when it is let. */
function gate() {
  let hasBegun = false;
  const open = Promise.withResolvers<void>();
  return {
    hasBegun: () => hasBegun,
    open: open.resolve,
    pass: async (): Promise<void> => {
      hasBegun = true;
      await open.promise;
    },
  };
}

async function namesOf(ledger: TestLedger, id: string): Promise<readonly string[]> {
  return (await ledger.api.readFlowRun(id))?.history.map(({ name }) => name) ?? [];
}

/** Lets what is due begin, and the process look what others want of its runs. */
async function look(ledger: TestLedger): Promise<void> {
  await ledger.clock.advance("2s");
  await (runtimeSlot().runtime as Engine).lease.attend();
}

async function untilBegun(ledger: TestLedger, { hasBegun }: ReturnType<typeof gate>): Promise<void> {
  while (!hasBegun()) await look(ledger);
}

async function untilNamed(ledger: TestLedger, id: string, name: string): Promise<FlowRun> {
  for (;;) {
    const run = await ledger.api.readFlowRun(id);
    if (run?.state.name === name) return run;
    await look(ledger);
  }
}

describe("a run of a deployment that others suspend", () => {
  test.each<readonly [string, Asked]>([
    ["an automation", { guest: true }],
    ["a client that pauses it", { guest: true, name: "Paused", suspended: false }],
    ["somebody past the rules", { force: "ada" }],
  ])("by %s ends the task that runs, begins no other, and goes on from there", async (_, asked) => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const ran: string[] = [];
    const first = gate();
    const one = task({ name: "one" }, async () => {
      ran.push("one");
      await first.pass();
      return 1;
    });
    const two = task({ name: "two" }, async (value: number) => {
      ran.push("two");
      return value + 1;
    });
    const both = flow({ name: "both" }, async () => two(await one()));
    await ledger.serve(both.toDeployment({ name: "served" }));
    const { run } = await ledger.api.submitRun({ deployment: "both/served" });
    await untilBegun(ledger, first);
    const { decision, run: told } = await suspendRun(ledger, run.id, asked);
    expect([decision.answer, told?.state.type, told?.state.name]).toEqual(["ACCEPT", "RUNNING", "Suspending"]);
    expect(told?.ownerId).not.toBeNull();
    // Asked again, it is told the same, and nothing is written.
    expect((await suspendRun(ledger, run.id, asked)).run?.history).toHaveLength(told?.history.length ?? 0);
    await look(ledger);
    expect((await ledger.api.readFlowRun(run.id))?.state.name).toBe("Suspending");
    first.open();
    const suspended = await untilNamed(ledger, run.id, "Suspended");
    expect(suspended).toMatchObject({ state: { details: { suspended: true } }, ownerId: null, epoch: 1 });
    const { items } = await ledger.api.listTaskRuns({ flowRunIds: [run.id] });
    expect(items.filter(({ state: { type } }) => type === "COMPLETED").map(({ taskName }) => taskName)).toEqual([
      "one",
    ]);
    expect(ran).toEqual(["one"]);

    await ledger.api.answerPause({ flowRunId: run.id });
    await look(ledger);
    await untilNamed(ledger, run.id, "Completed");
    expect(ran).toEqual(["one", "two"]);
    const ended = await ledger.api.readFlowRun(run.id);
    expect([ended?.epoch, ended?.result]).toMatchObject([2, { data: "2" }]);
    const names = await namesOf(ledger, run.id);
    expect(names.slice(names.indexOf("Suspending"))).toEqual([
      "Suspending",
      "Suspended",
      "Resuming",
      "Pending",
      "Running",
      "Completed",
    ]);
  });

  test("waits for no timer, and for all tasks that are under way, with what they call", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const [left, right] = [gate(), gate()];
    const ran: string[] = [];
    const inner = task({ name: "inner" }, async (name: string) => {
      ran.push(`inner ${name}`);
    });
    const outer = task({ name: "outer" }, async (name: string) => {
      await (name === "left" ? left : right).pass();
      await inner(name);
    });
    const after = task({ name: "after" }, async () => {
      ran.push("after");
    });
    const many = flow({ name: "many" }, async () => {
      const waiting = sleep("10d");
      waiting.catch(() => undefined);
      await Promise.all([outer("left"), outer("right").then(() => after())]);
      await waiting;
    });
    await ledger.serve(many.toDeployment({ name: "served" }));
    const { run } = await ledger.api.submitRun({ deployment: "many/served" });
    await look(ledger);
    for (const each of [left, right]) await untilBegun(ledger, each);
    await suspendRun(ledger, run.id);
    await look(ledger);
    right.open();
    await look(ledger);
    expect((await ledger.api.readFlowRun(run.id))?.state.name).toBe("Suspending");
    left.open();
    await untilNamed(ledger, run.id, "Suspended");
    expect(ran.toSorted()).toEqual(["inner left", "inner right"]);
  });

  test("suspends what it calls too, and both go on", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const first = gate();
    const ran: string[] = [];
    const step = task({ name: "step" }, async (name: string) => {
      ran.push(name);
      if (name === "a") await first.pass();
    });
    const child = flow({ name: "child" }, async () => {
      await step("a");
      await step("b");
    });
    const parent = flow({ name: "parent" }, async () => child());
    await ledger.serve(parent.toDeployment({ name: "served" }));
    const { run } = await ledger.api.submitRun({ deployment: "parent/served" });
    await untilBegun(ledger, first);
    const [called] = (await ledger.api.listFlowRuns({ parentRunIds: [run.id] })).items;
    const { decision } = await suspendRun(ledger, called?.id ?? "");
    expect(decision).toMatchObject({ answer: "ABORT", reason: expect.stringContaining("goes on with its root") });
    await suspendRun(ledger, run.id);
    await look(ledger);
    first.open();
    await untilNamed(ledger, run.id, "Suspended");
    expect((await ledger.api.readFlowRun(called?.id ?? ""))?.state.name).toBe("Suspended");
    await ledger.api.answerPause({ flowRunId: run.id });
    await look(ledger);
    await untilNamed(ledger, run.id, "Completed");
    expect(ran).toEqual(["a", "b"]);
  });

  test("is not let off by its own retry or pause, and does not pause twice", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const first = gate();
    const asking = flow({ name: "asking", retries: 3, retryDelay: "1h" }, async () => {
      await first.pass();
      await pause({ key: "go" });
    });
    await ledger.serve(asking.toDeployment({ name: "served" }));
    const { run } = await ledger.api.submitRun({ deployment: "asking/served" });
    await untilBegun(ledger, first);
    await suspendRun(ledger, run.id);
    first.open();
    await look(ledger);
    await untilNamed(ledger, run.id, "Suspended");
    expect((await ledger.api.readFlowRun(run.id))?.state).toMatchObject({ name: "Suspended" });
    await ledger.api.answerPause({ flowRunId: run.id });
    await look(ledger);
    await untilNamed(ledger, run.id, "Paused");
    const { decision } = await suspendRun(ledger, run.id);
    expect(decision).toMatchObject({ answer: "REJECT", reason: "the run is paused already" });
  });

  test("may be cancelled while it is told", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const first = gate();
    const one = task({ name: "one" }, () => first.pass());
    await ledger.serve(flow({ name: "long" }, async () => one()).toDeployment({ name: "served" }));
    const { run } = await ledger.api.submitRun({ deployment: "long/served" });
    await untilBegun(ledger, first);
    await suspendRun(ledger, run.id);
    await ledger.cancel(run.id);
    expect(await untilNamed(ledger, run.id, "Cancelled")).toMatchObject({ ownerId: null });
  });
});

describe("a run that nobody would start again is not suspended", () => {
  test.each<Asked>([{}, { guest: true }, { force: "ada" }])("of no deployment: %o", async (asked) => {
    await using ledger = await createTestLedger();
    const first = gate();
    const { id, ended } = await ledger.start(flow({ name: "alone" }, () => first.pass()));
    const { decision, run } = await suspendRun(ledger, id, asked);
    expect(decision).toMatchObject({ answer: "ABORT", reason: expect.stringContaining("is of no deployment") });
    expect(run?.state.name).toBe("Running");
    first.open();
    expect((await ended).run.state.name).toBe("Completed");
  });

  test("of a deployment that is gone", async () => {
    await using ledger = await createTestLedger({ clock: "manual" });
    const first = gate();
    await ledger.serve(flow({ name: "left" }, () => first.pass()).toDeployment({ name: "served" }));
    const { run } = await ledger.api.submitRun({ deployment: "left/served" });
    await untilBegun(ledger, first);
    await ledger.api.deleteDeployment(run.deploymentId ?? "");
    expect((await suspendRun(ledger, run.id)).decision.answer).toBe("ABORT");
    first.open();
    await untilNamed(ledger, run.id, "Completed");
  });
});
