/**
 * The network between a worker and its server is gone for a while, for both directions or for one, and comes back with all that was
 * on its way.
 *
 * Fault: a black hole in the proxy, shorter than the lease or twice as long; the worker and its runs are on a host of their own.
 * Measure: the states of the runs, the effects, the processes.
 * Pass: a short one changes nothing: each run is begun once. After a long one what was taken for dead is done by another worker; what
 * the first had still to say is refused, and its processes end; no completion is accepted twice.
 */

import { setTimeout as delay } from "node:timers/promises";
import { pick, randomInt } from "../../../packages/millrace/src/kit/random.ts";
import type { Faults } from "../network/faults.ts";
import { startProxy } from "../network/proxy.ts";
import type { Cluster } from "./cluster.ts";
import { declareScenario } from "./scenario.ts";
import { deploy, readRuns, settleAll, submit, until } from "./work.ts";

const leaseMs = 2000;
const submissions = 3;
const blackHole = { isBlackHole: true };

const cuts: Readonly<Record<string, Faults>> = {
  "both ways": { toServer: blackHole, toClient: blackHole },
  "towards the server": { toServer: blackHole },
  "towards the worker": { toClient: blackHole },
};

async function play(cluster: Cluster): Promise<void> {
  const { random, options, history } = cluster;
  const server = await cluster.startServer();
  const client = cluster.client(server.word);
  const { id: deployment } = await deploy(client, "chain");
  const proxy = await startProxy({ to: server.word, seed: options.seed });
  cluster.atEnd(() => proxy.stop());
  await cluster.startWorker(proxy.through(server.word), {
    preloads: ["another-host.ts"],
    env: { CHAOS_HOST: "far-host" },
  });
  for (let n = 1; n <= submissions; n++) {
    const order = {
      submission: `submission ${n}`,
      steps: 3 + randomInt(random, 4),
      workMs: 50 + randomInt(random, 200),
    };
    await submit(cluster, { client, deployment, order });
  }
  const effects = 2 + randomInt(random, 8);
  await until(() => cluster.effects().length > effects);
  const isLong = random() < 0.6;
  const way = pick(random, Object.keys(cuts));
  const cutMs = isLong ? 2 * leaseMs + random() * leaseMs : leaseMs * (0.1 + 0.2 * random());
  cluster.note(`the worker is cut off ${way} for ${Math.round(cutMs)} ms`);
  proxy.set(cuts[way] ?? {});
  if (isLong) {
    await cluster.startWorker(server.word);
    await delay(leaseMs * 1.2);
    await client.expireProcesses();
    const crashed = (await readRuns(client)).filter(({ state }) => state.type === "CRASHED").map(({ id }) => id);
    cluster.note(`${crashed.length} runs count as crashed, and are retried`);
    if (crashed.length > 0) await client.changeFlowRuns({ where: { field: "id", in: crashed }, action: "retry" });
    await delay(Math.max(0, cutMs - leaseMs * 1.2));
  } else {
    await delay(cutMs);
  }
  proxy.heal();
  cluster.note("the network is back");
  const runs = await settleAll(cluster, client, { retries: isLong ? ["CRASHED"] : [] });
  for (const { id, runCount, state } of isLong ? [] : runs) {
    if (runCount !== 1 || state.type !== "COMPLETED")
      history.violations.push(`run ${id} was begun ${runCount} times in spite of its lease, and is ${state.name}`);
  }
}

declareScenario({
  name: "cut-off-worker",
  title: "a worker that is cut off from its server",
  databases: ["sqlite"],
  play,
});
