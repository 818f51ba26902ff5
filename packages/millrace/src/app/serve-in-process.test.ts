import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Api } from "../contract/api.ts";
import { systemClock } from "../kit/clock.ts";
import { flow } from "../sdk/flow.ts";
import { type OpenedEngine, openEngine } from "./open-engine.ts";
import { createInProcessServing, type InProcessServing, type InProcessServingOptions } from "./serve-in-process.ts";
import { readSettings } from "./settings.ts";

const quick = flow({ name: "quick" }, async () => 1);

async function openProcess(): Promise<OpenedEngine> {
  const home = mkdtempSync(join(tmpdir(), "millrace-in-process-"));
  const opened = await openEngine(readSettings({ home, env: {} }), { hasHeartbeat: false });
  onTestFinished(async () => {
    await opened.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });
  return opened;
}

function open(current: InProcessServingOptions["current"]): {
  readonly serving: InProcessServing;
  readonly troubles: readonly unknown[];
} {
  const troubles: unknown[] = [];
  const serving = createInProcessServing({ current, clock: systemClock, onTrouble: (error) => troubles.push(error) });
  onTestFinished(() => serving.stop());
  return { serving, troubles };
}

async function untilCompleted(api: Api, count: number): Promise<void> {
  await expect.poll(async () => (await api.listFlowRuns({ stateTypes: ["COMPLETED"] })).items.length).toBe(count);
}

test("a process that cannot be opened for a while is told of, and serving goes on", async () => {
  const { api, engine } = await openProcess();
  const away = new Error("away");
  let isAway = false;
  const { serving, troubles } = open(async () => {
    if (isAway) throw away;
    return { api, engine };
  });
  const [saved] = await serving.add([quick.toDeployment().planned]);
  isAway = true;
  serving.wake();
  await expect.poll(() => troubles).toEqual([away]);
  isAway = false;
  await api.submitRun({ deployment: saved?.deployment.id ?? "" });
  serving.wake();
  await untilCompleted(api, 1);
  expect(troubles).toEqual([away]);
});

test("a run that could not be begun gives its deployment's slot back", async () => {
  const { api, engine } = await openProcess();
  const lost = new Error("lost on the way");
  let losses = 1;
  const renewSlots: Api["renewSlots"] = async (...lease) => {
    if (losses-- > 0) throw lost;
    return api.renewSlots(...lease);
  };
  const { serving, troubles } = open(async () => ({ api: { ...api, renewSlots }, engine }));
  const { planned } = quick.toDeployment({ concurrencyLimit: 1 });
  const [saved] = await serving.add([planned]);
  const deploymentId = saved?.deployment.id ?? "";
  await api.submitRun({ deployment: deploymentId });
  serving.wake();
  await expect.poll(() => troubles).toEqual([lost]);
  await api.submitRun({ deployment: deploymentId });
  serving.wake();
  await untilCompleted(api, 1);
});
