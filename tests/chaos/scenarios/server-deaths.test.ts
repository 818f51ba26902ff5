/**
 * The server is killed, at random and at named points around each commit and each answer, and started again.
 *
 * Fault: `kill -9` of the only server, once to three times; the next life begins some hundred ms later.
 * Measure: submissions by key, of which each answer is kept; every run, its steps, the effects of their bodies.
 * Pass: what was answered is there, once; every run completes, in the process that it began in; nothing is left over.
 */

import { setTimeout as delay } from "node:timers/promises";
import { pick, randomInt } from "../../../packages/millrace/src/kit/random.ts";
import type { Database } from "../ledger-under-test.ts";
import { crashVariable } from "../fixtures/crash-point.ts";
import type { Cluster } from "./cluster.ts";
import { declareScenario } from "./scenario.ts";
import { deploy, settleAll, submit } from "./work.ts";

const submissions = 6;
const maxDeaths = 3;
/** A life is ended so late at the latest, where it does not come to its point, in ms. */
const lifeMs = { least: 200, most: 1500 };
const awayMs = 400;

/** What is asked while runs are submitted, taken, executed and settled. */
const routes = [
  "POST /v1/flow-runs/submit",
  "POST /v1/flow-runs/propose-state",
  "POST /v1/flow-runs/claim",
  "POST /v1/flow-runs/due",
  "POST /v1/flow-runs/filter",
  "GET /v1/flow-runs/:id",
  "PATCH /v1/flow-runs/:id",
  "POST /v1/record",
  "PUT /v1/processes",
  "POST /v1/processes/:id/renew",
  "POST /v1/processes/:id/end",
  "POST /v1/workers/heartbeat",
];

const ofDatabase: Readonly<Record<Database, readonly string[]>> = {
  sqlite: [
    "sqlite.begin:after",
    "sqlite.write:before",
    "sqlite.write:after",
    "sqlite.commit:before",
    "sqlite.commit:after",
  ],
  postgres: ["pg.query:before", "pg.query:sent"],
};

/** A point, and how often it is passed before it is the end: a busy one more often. */
function drawPoint({ random, options }: Cluster): string {
  if (random() < 0.4) return `${pick(random, ofDatabase[options.database])}#${1 + randomInt(random, 60)}`;
  return `http.${pick(random, routes)}:${pick(random, ["before", "sent"])}#${1 + randomInt(random, 6)}`;
}

async function play(cluster: Cluster): Promise<void> {
  const { random } = cluster;
  const server = await cluster.startServer({ preloads: ["install-crash-points.ts"] });
  const url = server.word;
  const client = cluster.client(url);
  const { id: deployment } = await deploy(client, "chain");
  await cluster.startWorker(url);

  const submitting = (async () => {
    for (let n = 1; n <= submissions; n++) {
      const order = { submission: `submission ${n}`, steps: 2 + randomInt(random, 4), workMs: randomInt(random, 80) };
      await submit(cluster, { client, deployment, order });
      await delay(random() * 200);
    }
  })();
  // The life that has begun dies at some time: it was given no point.
  await delay(random() * lifeMs.most);
  await server.kill();
  const more = randomInt(random, maxDeaths);
  for (let death = 0; death < more; death++) {
    await delay(random() * awayMs);
    const point = drawPoint(cluster);
    cluster.note(`the next life ends at ${point}`);
    if ((await server.start({ env: { [crashVariable]: point } })) === "dead") continue;
    const endsAfterMs = lifeMs.least + random() * (lifeMs.most - lifeMs.least);
    await Promise.race([server.gone(), delay(endsAfterMs)]);
    await server.kill();
  }
  await delay(random() * awayMs);
  await server.start();
  await submitting;
  const runs = await settleAll(cluster, client, { retries: [] });
  // Neither worker nor run had any trouble of its own.
  for (const { id, runCount, state } of runs) {
    if (state.type !== "COMPLETED" || runCount !== 1)
      cluster.history.violations.push(`I4: run ${id} was begun ${runCount} times, and is ${state.name}`);
  }
}

declareScenario({ name: "server-deaths", title: "a server that is killed again and again", play });
