/**
 * Everything is killed at once, again and again: the server, the worker, the processes of its runs, and PostgreSQL.
 *
 * Fault: `kill -9` of all of them in the same moment, and a PostgreSQL of the seed's own that ends without writing anything back; twice
 * with each change and twenty times at night; then all is started anew.
 * Measure: submissions by key before and after each time, every run, the effects, the database.
 * Pass: what was answered is there, once; every run completes when those that crashed are retried, without the steps whose values
 * were given; the database is sound.
 */

import { setTimeout as delay } from "node:timers/promises";
import { randomInt } from "../../../packages/millrace/src/kit/random.ts";
import { killAll } from "../live-processes.ts";
import type { Cluster } from "./cluster.ts";
import { declareScenario } from "./scenario.ts";
import { deploy, settleAll, submit } from "./work.ts";

const deaths = Number(process.env.MILLRACE_CHAOS_SEEDS ?? "0") > 50 ? 20 : 2;
const submissionsEach = 2;
const lifeMs = { least: 100, most: 1200 };

async function play(cluster: Cluster): Promise<void> {
  const { random } = cluster;
  const server = await cluster.startServer();
  const url = server.word;
  const client = cluster.client(url);
  const { id: deployment } = await deploy(client, "chain");
  const worker = await cluster.startWorker(url);
  const submitting: Promise<unknown>[] = [];
  for (let death = 1; death <= deaths; death++) {
    for (let n = 1; n <= submissionsEach; n++) {
      const order = { submission: `submission ${death}.${n}`, steps: 3, workMs: 20 + randomInt(random, 150) };
      submitting.push(submit(cluster, { client, deployment, order }));
    }
    await delay(lifeMs.least + random() * (lifeMs.most - lifeMs.least));
    const runs = killAll(new Set(cluster.effects().map(({ pid }) => pid)));
    await Promise.all([server.kill(), worker.kill(), cluster.postgres?.crash()]);
    cluster.note(`and ${runs.length} processes of runs${cluster.postgres === null ? "" : ", and the database"}`);
    if (cluster.postgres !== null && !(await cluster.postgres.start())) throw new Error("the database does not start");
    await server.start();
    await worker.start();
  }
  await Promise.all(submitting);
  await settleAll(cluster, client);
}

declareScenario({
  name: "all-deaths",
  seeds: 0.1,
  title: "all processes killed at once, again and again",
  databases: ["postgres", "sqlite"],
  isDatabaseOwn: true,
  play,
});
