/**
 * What was asked is done, and the answer is lost on its way: the connection breaks after the server has answered.
 *
 * Fault: one answer in ten that the server gives to the client, the worker or the processes of its runs, cut by the proxy.
 * Measure: the answers of submissions that are asked again, the runs, the effects.
 * Pass: the client is told the same run however often it asks; every run completes, begun once; each body began once; no slot, no
 * lease and no process is left.
 */

import { randomInt } from "../../../packages/millrace/src/kit/random.ts";
import { startProxy } from "../network/proxy.ts";
import type { Cluster } from "./cluster.ts";
import { declareScenario } from "./scenario.ts";
import { deploy, settleAll, submit } from "./work.ts";

const lostShare = 0.1;
const submissions = 8;

async function play(cluster: Cluster): Promise<void> {
  const { random, options, history } = cluster;
  const server = await cluster.startServer();
  const proxy = await startProxy({ to: server.word, seed: `lost-answers ${options.seed}` });
  cluster.atEnd(() => proxy.stop());
  const url = proxy.through(server.word);
  const client = cluster.client(url);
  const { id: deployment } = await deploy(client, "chain");
  const limit = "their-api";
  const counted = { active: true, slots: 2, taken: 0, takenAt: 0, decayPerSecond: 0, denied: 0 };
  await client.createObject("concurrency-limit", { name: limit, ...counted });
  // Who has never been answered is not asked again: an address may be wrong.
  await cluster.startWorker(url);
  proxy.set({ toClient: { cutShare: lostShare } });
  cluster.note("one answer in ten is lost from now on");
  await Promise.all(
    Array.from({ length: submissions }, (_, n) => {
      const order = {
        submission: `submission ${n}`,
        steps: 2 + randomInt(random, 4),
        workMs: randomInt(random, 60),
        limit,
      };
      return submit(cluster, { client, deployment, order });
    }),
  );
  await settleAll(cluster, cluster.client(server.word), { retries: [] });
  proxy.heal();
  cluster.note(`${proxy.accepted} connections were made`);

  const runs = (await client.listFlowRuns({}, "created-asc", { limit: 1000 })).items;
  for (const { id, runCount, state } of runs) {
    if (runCount !== 1 || state.type !== "COMPLETED")
      history.violations.push(`run ${id} was begun ${runCount} times, and is ${state.name}`);
  }
  const starts = cluster.effects().filter(({ phase }) => phase === "start");
  const bodies = new Set(starts.map(({ runId, call }) => `${runId} ${call}`));
  if (bodies.size !== starts.length)
    history.violations.push(`of ${bodies.size} bodies ${starts.length - bodies.size} began again`);
}

declareScenario({ name: "lost-answers", title: "answers that are lost", databases: ["sqlite"], play });
