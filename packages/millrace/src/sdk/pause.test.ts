import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { openCommandHost } from "../app/command-host.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import { flow, pause, suspend, waitFor } from "../exports/index.ts";

const host = await openCommandHost();
afterAll(() => host[Symbol.asyncDispose]());

/** The newest run of a flow, once it waits under this key. */
function waiting(flowName: string, key: string): Promise<FlowRun> {
  return waitFor(
    async () => {
      const [run] = (await host.api.listFlowRuns({ flowNames: [flowName] })).items;
      return run?.state.type === "PAUSED" && run.state.details?.pauseKey === key && run;
    },
    { every: 5 },
  );
}

describe("pause()", () => {
  test("waits until it is answered, in the state Paused", async () => {
    const pausing = flow({ name: "pausing" }, async () => {
      await pause();
      return "went on";
    });
    const running = pausing();
    const { id, state } = await waiting("pausing", "pause-1");
    expect(state).toMatchObject({ name: "Paused", details: { pauseTimeoutAt: expect.any(Number) } });
    expect(await host.answerPause({ id, input: undefined })).toEqual({ end: null });
    await expect(running).resolves.toBe("went on");
    const names = (await host.api.readFlowRun(id))?.history.map(({ name }) => name);
    expect(names?.slice(-4)).toEqual(["Running", "Paused", "Running", "Completed"]);
  });

  test("gives back the answer as the schema makes it, and shows what it asks for", async () => {
    const input = z.object({ until: z.iso.date().transform((day) => new Date(day)) });
    const asking = flow({ name: "asking-for" }, () => pause({ input, key: "until-when", description: "Until when?" }));
    const running = asking();
    const { id, state } = await waiting("asking-for", "until-when");
    expect(state.details).toMatchObject({
      inputDescription: "Until when?",
      inputSchema: { type: "object", properties: { until: { type: "string", format: "date" } } },
    });
    await host.answerPause({ id, input: { until: "2026-11-22" } });
    await expect(running).resolves.toEqual({ until: new Date("2026-11-22") });
  });

  test("refuses an answer that the form does not allow, and passes over one that the schema refuses", async () => {
    const input = z.object({ count: z.number().refine((count) => count > 2, "too few") });
    const asking = flow({ name: "asking-twice" }, () => pause({ input }));
    const running = asking();
    const { id } = await waiting("asking-twice", "pause-1");
    await expect(host.answerPause({ id, input: { count: "many" } })).rejects.toMatchObject({ code: "INPUT_INVALID" });
    await host.answerPause({ id, input: { count: 1 } });
    await waitFor(async () => (await host.api.readInboxItem(id))?.answers[0]?.reason != null, { every: 5 });
    await host.answerPause({ id, input: { count: 3 } });
    await expect(running).resolves.toEqual({ count: 3 });
    const { items } = await host.api.listLogs({ flowRunIds: [id], minLevel: "warn" });
    expect(items.map(({ message }) => message)).toEqual([
      expect.stringContaining("The answer to `pause-1` is not accepted"),
    ]);
  });

  test("fails when nobody answers in time", async () => {
    const deserted = flow({ name: "deserted" }, () => pause({ timeout: 5, key: "anybody" }));
    await expect(deserted()).rejects.toMatchObject({
      code: "PAUSE_TIMED_OUT",
      message: expect.stringContaining("waited 5ms at `anybody`"),
    });
  });
});

describe("suspend()", () => {
  test("gives up the process, and goes on when it is answered, with what was recorded", async () => {
    const file = join(import.meta.dirname, "fixtures/flows.ts");
    const { run, error } = await host.runFlow({ file, exportName: "asking", parameters: {} });
    expect(run.state).toMatchObject({ type: "PAUSED", name: "Suspended", details: { suspended: true } });
    expect(error).toMatchObject({ code: "SUSPENDED" });
    expect(run.ownerId).toBeNull();
    const { end } = await host.answerPause({ id: run.id, input: { approve: true } });
    expect(end?.value).toEqual({ before: 1, approve: true, prepared: 1 });
    expect(end?.run.state.type).toBe("COMPLETED");
  });
});

test("nobody can be asked outside a flow", async () => {
  await expect(pause()).rejects.toMatchObject({
    code: "CONTEXT_MISSING",
    message: "`pause()` was called outside a flow.",
  });
  await expect(suspend()).rejects.toMatchObject({ code: "CONTEXT_MISSING" });
  await expect(flow({ name: "wrong" }, () => pause({ timeout: "soon" as "1s" }))()).rejects.toThrow(RangeError);
});
