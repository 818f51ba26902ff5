import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { openCommandHost } from "../app/command-host.ts";
import { context, flow, pause, sendSignal, signal, task, waitFor } from "../exports/index.ts";
import { approve } from "./fixtures/flows.ts";

const host = await openCommandHost();
afterAll(() => host[Symbol.asyncDispose]());

const fixtures = join(import.meta.dirname, "fixtures/flows.ts");
const gateOf = (name: string): string => join(process.env.MILLRACE_HOME ?? "", name);

/** The id of the newest run of a flow, once there is one. */
function runOf(flowName: string): Promise<string> {
  return waitFor(async () => (await host.api.listFlowRuns({ flowNames: [flowName] })).items[0]?.id, { every: 5 });
}

describe("waits take values in the order in which they were sent", () => {
  test("those of the same name", async () => {
    const numbers = signal<number>("number");
    const adding = flow({ name: "adding" }, async () => {
      const both = await Promise.all([numbers.wait(), numbers.wait()]);
      return [...both, await numbers.wait()];
    });
    const running = adding();
    const id = await runOf("adding");
    for (const value of [1, 2, 3]) await numbers.send(id, value);
    await expect(running).resolves.toEqual([1, 2, 3]);
  });

  test("each name for itself, and what was sent before the wait", async () => {
    const [left, right] = [signal<string>("left"), signal<string>("right")];
    const turning = flow({ name: "turning" }, async () => {
      await waitFor(async () => (await host.api.listRunInputs(context().flowRun?.id ?? "")).length === 3, { every: 5 });
      return [await right.wait(), await left.wait(), await right.wait()];
    });
    const running = turning();
    const id = await runOf("turning");
    await right.send(id, "r1");
    await left.send(id, "l1");
    await right.send(id, "r2");
    await expect(running).resolves.toEqual(["r1", "l1", "r2"]);
  });

  test("in a loop over the signal", async () => {
    const items = signal<string>("item");
    const listing = flow({ name: "listing" }, async () => {
      const seen: string[] = [];
      for await (const item of items) {
        if (item === "end") break;
        seen.push(item);
      }
      return seen;
    });
    const running = listing();
    const id = await runOf("listing");
    for (const item of ["a", "b", "end", "c"]) await items.send(id, item);
    await expect(running).resolves.toEqual(["a", "b"]);
  });

  test("a wait that times out takes none", async () => {
    const late = signal<string>("late");
    const patient = flow({ name: "patient" }, async () => {
      const first = await late.wait({ timeout: 1 }).catch((error: unknown) => (error as { code: string }).code);
      await sendSignal(context().flowRun?.id ?? "", "late", "at last");
      return [first, await late.wait({ timeout: "10s" })];
    });
    await expect(patient()).resolves.toEqual(["TIMED_OUT", "at last"]);
  });
});

describe("a schema", () => {
  const at = signal("at", { schema: z.object({ day: z.iso.date().transform((day) => new Date(day)) }) });

  test("refuses a value where it is sent", async () => {
    await expect(at.send("no matter", { day: "tomorrow" })).rejects.toMatchObject({ code: "INPUT_INVALID" });
  });

  test("gives the value that it makes, and passes over what was sent without it", async () => {
    const dated = flow({ name: "dated" }, async () => [await at.wait(), await at.wait()]);
    const running = dated();
    const id = await runOf("dated");
    await at.send(id, { day: "2026-11-22" });
    await sendSignal(id, "at", { day: "tomorrow" });
    await at.send(id, { day: "2026-11-23" });
    await expect(running).resolves.toEqual([{ day: new Date("2026-11-22") }, { day: new Date("2026-11-23") }]);
    const { items } = await host.api.listLogs({ flowRunIds: [id], minLevel: "warn" });
    expect(items.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^A value of the signal `at` is passed over: The input for `at` is not valid: day: /),
    ]);
  });
});

describe("sending", () => {
  test("the same id twice is one value", async () => {
    const once = signal<number>("once");
    const counting = flow({ name: "counting" }, async () => [await once.wait(), await once.wait()]);
    const running = counting();
    const id = await runOf("counting");
    await expect(once.send(id, 1, { id: "first" })).resolves.toBe(true);
    await expect(once.send(id, 1, { id: "first" })).resolves.toBe(false);
    await expect(once.send(id, 2, { id: "second" })).resolves.toBe(true);
    await expect(running).resolves.toEqual([1, 2]);
  });

  test("to a run that is not there is refused", async () => {
    await expect(sendSignal("00000000-0000-8000-8000-000000000000", "approve", 1)).rejects.toMatchObject({
      code: "RUN_NOT_FOUND",
    });
  });

  test("any value that the ledger can keep, and none", async () => {
    const any = signal("any");
    const taking = flow({ name: "taking" }, async () => [await any.wait(), await any.wait()]);
    const running = taking();
    const id = await runOf("taking");
    await sendSignal(id, "any");
    await any.send(id, new Map([["at", new Date(0)]]));
    await expect(running).resolves.toEqual([undefined, new Map([["at", new Date(0)]])]);
  });

  test("from a body that runs again is done once", async () => {
    const hearing = flow({ name: "hearing" }, () => pause({ timeout: "1m" }))();
    const runId = await runOf("hearing");
    const gate = gateOf("telling");
    const { run } = await host.runFlow({ file: fixtures, exportName: "telling", parameters: { gate, runId } });
    await writeFile(gate, "");
    const { value } = await host.continueRun({ id: run.id, mode: "retry" });
    expect(value).toEqual([false, false]);
    const told = await host.api.listRunInputs(runId, "signal:told");
    expect(told.map(({ value: sent, sender }) => [sent, sender])).toEqual([
      ["1", `millrace.flow-run.${run.id}`],
      ["2", `millrace.flow-run.${run.id}`],
    ]);
    await host.answerPause({ id: runId, input: null });
    await hearing;
  });
});

test("a run that is gone on with is given the same values, and each later wait the next", async () => {
  const first = host.runFlow({ file: fixtures, exportName: "approving", parameters: {} });
  const id = await runOf("approving");
  await approve.send(id, "one");
  await expect(first).resolves.toMatchObject({ run: { state: { name: "Suspended" } } });
  for (const value of ["two", "three"]) await approve.send(id, value);
  const { end } = await host.answerPause({ id, input: undefined });
  expect(end?.value).toEqual(["one", "TIMED_OUT", "two", "three"]);
});

test("a signal is waited for in a flow's own body", async () => {
  const stop = signal("stop");
  await expect(stop.wait()).rejects.toMatchObject({ code: "CONTEXT_MISSING" });
  const inTask = task({ name: "in-task" }, () => stop.wait());
  await expect(flow({ name: "misplaced" }, () => inTask())()).rejects.toMatchObject({
    code: "CONTEXT_MISSING",
    message: '`signal("stop").wait()` was called outside a flow, by its own body and not by a task in it.',
  });
  expect(() => signal("")).toThrow(TypeError);
});
