/**
 * Three servers on one PostgreSQL, each with a worker; what they ask the database, and what it answers, is late.
 *
 * Fault: between each server and the database a proxy that delays by up to 200 ms; servers and workers are killed and stopped at random.
 * Measure: the runs of a schedule's due times, and of keys that are submitted to every server at once; the effects.
 * Pass: each due time has one run, each key has one, whoever was asked; no completion is accepted twice; everything ends.
 */

import { setTimeout as delay } from "node:timers/promises";
import { pick } from "../../../packages/millrace/src/kit/random.ts";
import { startProxy } from "../network/proxy.ts";
import type { Cluster } from "./cluster.ts";
import type { ClusterNode } from "./node.ts";
import { declareScenario } from "./scenario.ts";
import { deploy, readRuns, settleAll, submit, until } from "./work.ts";

const servers = 3;
const keys = 4;
const dueTimes = 4;
const everyMs = 1000;
const troubles = 3;
/** A lease is 2 s here. */
const longestPauseMs = 4000;

async function play(cluster: Cluster): Promise<void> {
  const { random, options, ledger } = cluster;
  const database = ledger.env.MILLRACE_DATABASE ?? "";
  const latest = pick(random, [20, 60, 200]);
  for (let n = 0; n < servers; n++) {
    const proxy = await startProxy({ to: database, seed: `${options.seed} ${n}` });
    cluster.atEnd(() => proxy.stop());
    const server = await cluster.startServer({ env: { MILLRACE_DATABASE: proxy.through(database) } });
    proxy.set({ toServer: { jitterMs: latest / 2 }, toClient: { jitterMs: latest / 2 } });
    await cluster.startWorker(server.word);
  }
  cluster.note(`what is asked and answered is late by up to ${latest} ms`);
  const clients = cluster.servers.map((server) => cluster.client(server.word));
  const [client] = clients;
  if (client === undefined) throw new Error("there is a first server");
  const { id: deployment } = await deploy(client, "chain");
  const { id: ticking } = await deploy(client, "tick");
  const startAt = Math.ceil(Date.now() / 1000) * 1000 + 2000;
  const endAt = startAt + (dueTimes - 1) * everyMs;
  const spec = { kind: "interval", everyMs, anchorAt: startAt } as const;
  await client.createSchedule(ticking, {
    slug: "often",
    active: true,
    spec,
    startAt,
    endAt,
    catchUp: { policy: "all" },
  });

  const submitting = Promise.all(
    Array.from({ length: keys }, (_, n) =>
      Promise.all(
        clients.map(async (each) => {
          await delay(random() * 2000);
          const order = { submission: `key ${n}`, steps: 2, workMs: 30 };
          return submit(cluster, { client: each, deployment, order });
        }),
      ),
    ),
  );
  for (let trouble = 0; trouble < troubles; trouble++) {
    await delay(random() * 1000);
    await befall(pick(random, [...cluster.servers, ...cluster.workers]), cluster);
  }
  await submitting;
  await until(async () => (await readRuns(client)).filter(({ flowName }) => flowName === "tick").length >= dueTimes);
  const runs = await settleAll(cluster, client);
  const due = runs.filter(({ flowName }) => flowName === "tick").map(({ expectedAt }) => expectedAt);
  const expected = Array.from({ length: dueTimes }, (_, n) => startAt + n * everyMs);
  if (due.toSorted((a, b) => Number(a) - Number(b)).join() !== expected.join())
    cluster.history.violations.push(`I5: runs are due at ${due.join()}, and the schedule is at ${expected.join()}`);
}

async function befall(victim: ClusterNode, { random }: Cluster): Promise<void> {
  if (random() < 0.5) {
    await victim.kill();
    await delay(random() * 500);
    await victim.start();
  } else {
    victim.freeze();
    await delay(random() * longestPauseMs);
    victim.thaw();
  }
}

declareScenario({
  name: "many-servers",
  seeds: 0.5,
  isForNight: true,
  title: "three servers that are killed and stopped",
  databases: ["postgres"],
  play,
});
