/** Prefect's own server: what the scenarios are held against, so that each is known to be true of Prefect itself. */

import { setTimeout as sleep } from "node:timers/promises";
import { createPythonHome, startPrefect } from "./python.ts";
import { findFreePort } from "../../../tools/free-port.ts";

const startLimitMs = 120_000;
const pollMs = 200;

export interface PrefectServer {
  readonly apiUrl: string;
  stop(): Promise<void>;
}

export async function startPrefectServer(env: Readonly<Record<string, string>> = {}): Promise<PrefectServer> {
  const home = createPythonHome();
  const port = await findFreePort();
  const args = ["server", "start", "--no-ui", "--host", "127.0.0.1", "--port", String(port)];
  const child = startPrefect({ home, args, env: { ...promptLoops, ...env }, limitMs: 3_600_000 });
  let printed = "";
  child.stdout?.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const apiUrl = `http://127.0.0.1:${port}/api`;
  const deadline = performance.now() + startLimitMs;
  while (!(await isReady(apiUrl))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      home.close();
      throw new Error(`Prefect's server did not start:\n${printed}`);
    }
    await sleep(pollMs);
  }
  return {
    apiUrl,
    async stop() {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await exited;
      home.close();
    },
  };
}

/**
 * Its loops wake seldom of themselves, and a test would wait for them. Its scheduler not more often than this: it may yet
 * add runs of a schedule that is being replaced.
 */
const promptLoops = {
  PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS: "5",
  PREFECT_SERVER_SERVICES_LATE_RUNS_LOOP_SECONDS: "1",
  PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_LOOP_SECONDS: "1",
};

async function isReady(apiUrl: string): Promise<boolean> {
  try {
    return (await fetch(`${apiUrl}/ready`)).ok;
  } catch {
    return false;
  }
}
