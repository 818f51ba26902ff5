/** Sleeps, recorded values and waits in a run: they are steps, and hold when the run is gone on with. */

import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openCommandHost } from "../app/command-host.ts";
import type { TaskRun } from "../contract/task-run.ts";
import {
  context,
  flow,
  now,
  random,
  sleep,
  task,
  uuid,
  waitFor,
  waitForHttp,
  waitForRun,
  waitUntil,
} from "../exports/index.ts";

const host = await openCommandHost();
afterAll(() => host[Symbol.asyncDispose]());

const fixtures = join(import.meta.dirname, "fixtures/flows.ts");
const fileOf = (name: string): string => join(process.env.MILLRACE_HOME ?? "", name);

const stepsOf = async (flowRunId: string): Promise<readonly TaskRun[]> =>
  (await host.api.listTaskRuns({ flowRunIds: [flowRunId] })).items;

describe("a run that is gone on with", () => {
  test("sees the same time and chance again", async () => {
    const gate = fileOf("chancing");
    const first = await host.runFlow({ file: fixtures, exportName: "chancing", parameters: { gate } });
    await writeFile(gate, "");
    const second = await host.continueRun({ id: first.run.id, mode: "retry" });
    expect(second.run.state.type).toBe("COMPLETED");
    const { items: logs } = await host.api.listLogs({ flowRunIds: [first.run.id], contains: "seen" });
    const seen = logs.map(({ fields }) => fields);
    expect(seen).toHaveLength(2);
    expect(seen[1]).toBe(seen[0]);
    const steps = await stepsOf(first.run.id);
    expect(steps.map(({ kind, taskName, attempt }) => [kind, taskName, attempt])).toEqual([
      ["sleep", "sleep", 1],
      ["value", "now", 1],
      ["value", "random", 1],
      ["value", "random", 1],
      ["value", "uuid", 1],
    ]);
  });

  test("is given what its waits found, and their timeouts, whatever there is now", async () => {
    const file = fileOf("watched.csv");
    await writeFile(file, "id\n");
    const { run } = await host.runFlow({ file: fixtures, exportName: "watching", parameters: { file } });
    expect(run.state).toMatchObject({ type: "PAUSED", name: "Suspended" });
    await rm(file);
    const { end } = await host.answerPause({ id: run.id, input: undefined });
    expect(end?.value).toEqual({
      found: { path: file, sizeBytes: 3, modifiedAt: expect.any(Date) },
      look: 1,
      late: "TIMED_OUT",
    });
    const steps = await stepsOf(run.id);
    expect(steps.map(({ taskName, state, attempt }) => [taskName, state.name, attempt])).toEqual([
      ["wait-for-file", "Completed", 1],
      ["wait-for", "Completed", 1],
      ["wait-for", "TimedOut", 1],
      ["suspend", "Completed", expect.any(Number)],
    ]);
  });
});

describe("a step", () => {
  test("shows what it waits for", async () => {
    const waiting = flow({ name: "waiting" }, async () => {
      await sleep("1ms", { key: "nap" });
      await waitUntil(new Date(0));
      await waitFor(() => true, { name: "the order" });
      await waitForHttp("http://127.0.0.1:9/a?token=abc", { every: 1, timeout: 5 }).catch(() => undefined);
      return context().flowRun?.id ?? "";
    });
    const steps = await stepsOf(await waiting());
    expect(steps.map(({ kind, taskName, inputPreview, state }) => [kind, taskName, inputPreview, state.name])).toEqual([
      ["sleep", "sleep", "1ms", "Completed"],
      ["wait", "wait-until", "1970-01-01T00:00:00.000Z", "Completed"],
      ["wait", "wait-for", "the order", "Completed"],
      ["wait", "wait-for-http", "GET http://127.0.0.1:9/a", "TimedOut"],
    ]);
  });

  test("belongs to the task whose body takes it", async () => {
    const nap = task({ name: "nap" }, async () => {
      await sleep(1);
      return context().taskRun?.id;
    });
    const napping = flow({ name: "napping" }, async () => ({
      id: context().flowRun?.id ?? "",
      taskRunId: await nap(),
    }));
    const { id, taskRunId } = await napping();
    const steps = await stepsOf(id);
    expect(steps.find(({ kind }) => kind === "sleep")?.parentId).toBe(taskRunId);
  });

  test("ends when its run is cancelled", async () => {
    let heard: unknown;
    const endless = flow({ name: "endless" }, async () => {
      await waitFor(
        ({ signal }) => {
          signal.addEventListener("abort", () => (heard = signal.reason));
          return false;
        },
        { name: "what never comes" },
      );
    });
    const running = endless();
    const id = await waitFor(async () => (await host.api.listFlowRuns({ flowNames: ["endless"] })).items[0]?.id, {
      every: 5,
    });
    await waitFor(async () => (await stepsOf(id)).length === 1, { every: 5 });
    await host.api.proposeFlowRunState({ id, state: { type: "CANCELLING", name: "Cancelling" } });
    await expect(running).rejects.toMatchObject({ code: "CANCELLED" });
    expect(heard).toMatchObject({ code: "CANCELLED" });
    expect((await host.api.readFlowRun(id))?.state.type).toBe("CANCELLED");
  });
});

test("outside a run they are only done", async () => {
  await sleep(1);
  await sleep({ until: new Date(0) });
  expect((await now()).getTime()).toBeGreaterThan(Date.parse("2026-01-01"));
  expect(await random()).toBeLessThan(1);
  expect(await uuid()).toMatch(/^[0-9a-f-]{36}$/);
  await expect(sleep({ until: new Date("tomorrow") })).rejects.toThrow(RangeError);
  await expect(sleep("soon" as "1s")).rejects.toThrow(RangeError);
});

describe("waitForRun()", () => {
  test("gives the state in which the other run has ended", async () => {
    const failing = flow({ name: "failing" }, async () => {
      await sleep(20);
      throw new Error("it broke");
    });
    const other = failing();
    other.catch(() => undefined);
    const id = await waitFor(async () => (await host.api.listFlowRuns({ flowNames: ["failing"] })).items[0]?.id, {
      every: 5,
    });
    const watcher = flow({ name: "watcher" }, () => waitForRun(id, { every: 5 }));
    await expect(watcher()).resolves.toMatchObject({ type: "FAILED", name: "Failed" });
    await expect(waitForRun(id)).resolves.toMatchObject({ type: "FAILED" });
  });

  test("refuses a run that is not there, and one that waits for this one", async () => {
    await expect(waitForRun("00000000-0000-8000-8000-000000000000")).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
    const selfish = flow({ name: "selfish" }, () => waitForRun(context().flowRun?.id ?? ""));
    await expect(selfish()).rejects.toMatchObject({ code: "USAGE" });
    const inner = flow({ name: "inner" }, () => waitForRun(context().flowRun?.parentRunId ?? ""));
    await expect(flow({ name: "outer" }, () => inner())()).rejects.toMatchObject({ code: "USAGE" });
  });
});
