/**
 * A worker is killed, at random and at named points around what it asks of its server, and started again on the same host.
 *
 * Fault: `kill -9` of the worker alone, of it and the processes of its runs at once, or of those processes alone.
 * Measure: the processes that ran bodies, the states of the runs, the effects.
 * Pass: no process goes on with a run that another has; what has ended stays as it was; what crashed is completed when it is retried,
 * without the steps whose values were given; no process is left.
 */

import { setTimeout as delay } from "node:timers/promises";
import { isTerminal } from "../../../packages/millrace/src/contract/states.ts";
import { pick, randomInt } from "../../../packages/millrace/src/kit/random.ts";
import { crashVariable } from "../fixtures/crash-point.ts";
import { killAll } from "../live-processes.ts";
import type { Cluster } from "./cluster.ts";
import { declareScenario } from "./scenario.ts";
import { deploy, readRuns, settleAll, submit, until } from "./work.ts";

const submissions = 6;
const maxDeaths = 3;
const lifeMs = { least: 300, most: 1500 };

/** What a worker asks: of each, before it is asked, and after it was answered. */
const routes = [
  "POST /v1/flow-runs/due",
  "POST /v1/flow-runs/propose-state",
  "POST /v1/flow-runs/claim",
  "PUT /v1/processes",
  "GET /v1/flow-runs/:id",
  "PATCH /v1/flow-runs/:id",
  "POST /v1/processes/:id/end",
];

function killRuns(cluster: Cluster): void {
  const killed = killAll(new Set(cluster.effects().map(({ pid }) => pid)));
  cluster.note(`${killed.length} processes of runs are killed`);
}

async function play(cluster: Cluster): Promise<void> {
  const { random, history } = cluster;
  const server = await cluster.startServer();
  const client = cluster.client(server.word);
  const { id: deployment } = await deploy(client, "chain");
  const worker = await cluster.startWorker(server.word, { preloads: ["install-crash-points.ts"] });
  for (let n = 1; n <= submissions; n++) {
    const order = {
      submission: `submission ${n}`,
      steps: 2 + randomInt(random, 4),
      workMs: 20 + randomInt(random, 150),
    };
    await submit(cluster, { client, deployment, order });
  }
  const effects = randomInt(random, 10);
  await until(() => cluster.effects().length > effects);

  const ended = new Map<string, string>();
  const deaths = 1 + randomInt(random, maxDeaths);
  for (let death = 0; death < deaths; death++) {
    for (const run of await readRuns(client)) if (isTerminal(run.state.type)) ended.set(run.id, run.state.name);
    const way = pick(random, ["worker", "both", "runs"] as const);
    if (way !== "runs") await worker.kill();
    if (way !== "worker") killRuns(cluster);
    await delay(random() * 300);
    if (way !== "runs") {
      const point = `fetch.${pick(random, routes)}:${pick(random, ["before", "after"])}#${1 + randomInt(random, 5)}`;
      cluster.note(`the next life ends at ${point}`);
      if ((await worker.start({ env: { [crashVariable]: point } })) === "dead") await worker.start();
      else await Promise.race([worker.gone(), delay(lifeMs.least + random() * (lifeMs.most - lifeMs.least))]);
      await worker.kill();
      await worker.start();
    }
    // What had ended by then was ended by its own process, or by who saw that dead: that is its end.
    for (const run of await readRuns(client)) {
      const name = ended.get(run.id);
      if (name !== undefined && run.state.name !== name)
        history.violations.push(`I1: run ${run.id} had ended as ${name}, and is ${run.state.name}`);
    }
  }
  await settleAll(cluster, client);
}

declareScenario({ name: "worker-deaths", title: "a worker that is killed again and again", play });
