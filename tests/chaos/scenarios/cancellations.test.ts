/**
 * Runs are cancelled whose code does all it can to go on.
 *
 * Fault: code that sleeps without a signal, that blocks its event loop, that does not heed SIGTERM, that has started fifty processes in
 * sessions of their own, which do not heed it either; and code that ends as it is told, and leaves such processes behind.
 * Measure: the processes that are left in the moment in which the run is first seen as Cancelled.
 * Pass: none, but for the run's own process where it has said so by itself, which ends right after that.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isTerminal } from "../../../packages/millrace/src/contract/states.ts";
import { randomInt } from "../../../packages/millrace/src/kit/random.ts";
import { findLiveOnes, isAlive, killAll } from "../live-processes.ts";
import type { Cluster } from "./cluster.ts";
import { pidsVariable } from "./fixtures/stubborn.ts";
import { declareScenario } from "./scenario.ts";
import { deploy, until } from "./work.ts";

const behaviours = ["sleeps", "blocks", "ignores", "leaves"] as const;
const descendants = 50;

async function play(cluster: Cluster): Promise<void> {
  const { random, history, folder } = cluster;
  const server = await cluster.startServer();
  const client = cluster.client(server.word);
  const { id: deployment } = await deploy(client, "stubborn", { entrypoint: "stubborn.ts:stubborn" });
  const pidsFolder = folder;
  await cluster.startWorker(server.word, { env: { [pidsVariable]: pidsFolder } });
  for (const behaviour of behaviours) {
    const children = behaviour === "sleeps" ? 0 : behaviour === "leaves" ? 5 : descendants;
    const { run } = await client.submitRun({ deployment, parameters: { behaviour, children } });
    const readPids = (): readonly number[] => {
      const text = readFileSync(join(pidsFolder, `pids-${run.id}`), { encoding: "utf8", flag: "a+" });
      return text.split("\n").filter(Boolean).map(Number);
    };
    await until(() => readPids().length > children);
    await new Promise((resolve) => setTimeout(resolve, randomInt(random, 200)));
    await client.proposeFlowRunState({ id: run.id, state: { type: "CANCELLING", name: "Cancelling" } });
    cluster.note(`the run that ${behaviour} is cancelled`);
    await until(async () => isTerminal((await client.readFlowRun(run.id))?.state.type ?? "RUNNING"));
    const [own = 0, ...others] = readPids();
    const left = others.filter(isAlive);
    const state = (await client.readFlowRun(run.id))?.state;
    if (state?.type !== "CANCELLED") history.violations.push(`the run that ${behaviour} is ${state?.name}`);
    if (left.length > 0)
      history.violations.push(
        `I9: the run that ${behaviour} is ${state?.name}, and ${left.length} of its processes live`,
      );
    // One that says by itself that it has stopped, ends right after that.
    if ((await findLiveOnes(new Set([own]))).length > 0)
      history.violations.push(`I9: the process of the run that ${behaviour} does not end`);
    killAll(left);
  }
}

declareScenario({
  name: "cancellations",
  seeds: 0.2,
  title: "runs that are cancelled and go on",
  databases: ["sqlite"],
  play,
});
