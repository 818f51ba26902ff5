/**
 * How long it takes from the submission of a run, and from its due time, to the first line of its code, with what that is
 * made of at the least: node start-latency.ts RUNS [COMMAND]
 *
 * The deployment is served by a process of its own; or, with the file of the command line, deployed to a `process` pool, whose
 * runs `millrace worker start` takes.
 */

import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isMillraceError, runDeployment } from "millrace";
import type { Client } from "millrace/client";

/**
 * Between two samples of anything, in ms. The next process has its code loaded by then; and what a machine does after it was
 * idle takes longer than what it does again and again, for a run as for what it is made of.
 */
const pauseMs = 400;

const programOfFlow = fileURLToPath(new URL("./served.ts", import.meta.url));

if (process.argv[2] === "echo") process.on("message", (message) => process.send?.(message));
else await measure(Number(process.argv[2] ?? "50"), process.argv[3] ?? null);

async function measure(runs: number, command: string | null): Promise<void> {
  const server = command === null ? start([programOfFlow], "inherit") : await startWorker(command);
  try {
    await untilServed();
    await startOne({});
    const sample = {
      submitted: await repeat(runs, () => startOne({})),
      due: await repeat(runs, () => startOne({ aheadMs: 400 })),
      roundTrip: await measureRoundTrips(runs),
      ...(await measureLedger(runs)),
    };
    process.stdout.write(`${JSON.stringify(sample)}\n`);
  } finally {
    server.kill("SIGTERM");
    await once(server, "exit");
  }
}

function start(args: readonly string[], output: "inherit" | "pipe"): ChildProcess {
  return spawn(process.execPath, args, { stdio: ["ignore", output, "inherit"] });
}

/** One that is ready, and has something to run. It makes the pool, which a deployment needs. */
async function startWorker(command: string): Promise<ChildProcess> {
  const args = ["worker", "start", "--pool", "bench", "--type", "process", "--ready", "3", "--json"];
  const worker = start([command, ...args], "pipe");
  if (worker.stdout === null) throw new Error("the worker has no output");
  // A line for each thing that happens; the first one says that it is ready.
  await once(worker.stdout, "data");
  worker.stdout.resume();
  const deploying = start([programOfFlow, "deploy"], "inherit");
  const [code] = (await once(deploying, "exit")) as [number | null];
  if (code === 0) return worker;
  worker.kill("SIGTERM");
  throw new Error(`the flow was not deployed: exit code ${code}`);
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

async function untilServed(): Promise<void> {
  for (;;) {
    try {
      await runDeployment("served/bench");
      return;
    } catch (error) {
      if (!isMillraceError(error, "NOT_FOUND")) throw error;
      await sleep(50);
    }
  }
}

/** From the submission, or the due time, to the first line of the run. In ms. */
async function startOne({ aheadMs = 0 }: { readonly aheadMs?: number }): Promise<number> {
  const dueAt = now() + aheadMs;
  const run = await runDeployment("served/bench", aheadMs === 0 ? {} : { scheduledAt: dueAt });
  const startedAt = (await run.result()) as number;
  return startedAt - dueAt;
}

async function repeat(count: number, measureOne: () => Promise<number>): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < count; index++) {
    await sleep(pauseMs);
    samples.push(await measureOne());
  }
  return samples;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function measureRoundTrips(count: number): Promise<number[]> {
  const child = fork(fileURLToPath(import.meta.url), ["echo"]);
  const roundTrip = (): Promise<unknown> => {
    const answer = once(child, "message");
    child.send({ kind: "echo" });
    return answer;
  };
  await roundTrip();
  const samples = await repeat(count, () => timed(roundTrip));
  child.kill();
  return samples;
}

/** A commit, and a claim, over whatever this process records on. */
async function measureLedger(count: number): Promise<{ readonly commit: number[]; readonly claim: number[] }> {
  const slot = (globalThis as Record<symbol, unknown>)[Symbol.for("millrace.runtime.v1")];
  const api = await (slot as { readonly runtime: { api(): Promise<Client> } }).runtime.api();
  const processId = crypto.randomUUID();
  await api.registerProcess({
    id: processId,
    host: "bench",
    bootId: null,
    pid: 1,
    startToken: null,
    startedAt: Date.now(),
  });
  const commit = await repeat(count, () => timed(() => api.writeVariable({ name: "bench", value: "1" })));
  const claim = await repeat(count, async () => {
    const id = crypto.randomUUID();
    await api.renewProcess(processId);
    const states = [{ type: "PENDING", name: "Pending", at: Date.now() }] as const;
    await api.record({ processId, created: [{ id, flowName: "floor", name: "floor", parameters: "{}", states }] });
    await sleep(pauseMs);
    return timed(() => api.claimFlowRun({ id, processId, mode: "start" }));
  });
  await api.endProcess(processId);
  return { commit, claim };
}
