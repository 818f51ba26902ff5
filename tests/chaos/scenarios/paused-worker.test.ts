/**
 * A worker, and the process of its run, are stopped for longer than the lease; another worker does the run; then they go on.
 *
 * Fault: SIGSTOP of a worker on a host of its own and of its run's process, for twice the lease; SIGCONT before the other worker
 * has finished, or after that.
 * Measure: the states of the run, the effects of the process that was stopped, its end.
 * Pass: the run has the completion of the second process alone; the first is given no value any more, writes nothing, and ends by
 * itself; its worker takes runs again.
 */

import { setTimeout as delay } from "node:timers/promises";
import { randomInt } from "../../../packages/millrace/src/kit/random.ts";
import { isLong } from "../chosen-seeds.ts";
import { isAlive } from "../live-processes.ts";
import type { Cluster } from "./cluster.ts";
import { declareScenario } from "./scenario.ts";
import { deploy, settleAll, submit, until } from "./work.ts";

const steps = 6;
const leaseMs = 2000;

async function play(cluster: Cluster): Promise<void> {
  const { random, history } = cluster;
  const server = await cluster.startServer();
  const client = cluster.client(server.word);
  const { id: deployment } = await deploy(client, "chain");
  const first = await cluster.startWorker(server.word, {
    preloads: ["another-host.ts"],
    env: { CHAOS_HOST: "first-host" },
  });
  const order = { submission: "the run", steps, workMs: 50 + randomInt(random, 150) };
  const id = await submit(cluster, { client, deployment, order });
  const stopAfter = 2 + randomInt(random, 2 * steps);
  await until(() => cluster.effects().length >= stopAfter);
  const { pid } = cluster.effects()[0] ?? { pid: 0 };
  process.kill(pid, "SIGSTOP");
  first.freeze();
  await delay(leaseMs);
  const second = cluster.startWorker(server.word);
  await until(async () => (await client.expireProcesses()) > 0 || (await client.readFlowRun(id))?.ownerId === null);
  cluster.note("the lease has passed");
  await second;
  await client.changeFlowRuns({ where: { field: "id", in: [id] }, action: "retry" });
  const isBeside = random() < 0.5;
  if (isBeside) await until(() => cluster.effects().some((effect) => effect.pid !== pid));
  else await settleAll(cluster, client);
  const before = await client.readFlowRun(id);
  const seen = cluster.effects().length;

  process.kill(pid, "SIGCONT");
  first.thaw();
  const wentOnAt = performance.now();
  await until(() => !isAlive(pid));
  const tookMs = Math.round(performance.now() - wentOnAt);
  cluster.note(`process ${pid}, which was stopped, has ended ${tookMs} ms after it went on`);
  if (isLong()) console.info(`a process that has lost its run ended ${tookMs} ms after it went on`);
  await settleAll(cluster, client);
  const run = await client.readFlowRun(id);
  const all = cluster.effects();
  const isOfOther = (call: string): boolean =>
    all.some((each) => each.phase === "start" && each.call === call && each.pid !== pid);
  for (const { call } of all
    .slice(seen)
    .filter((each) => each.pid === pid && each.phase === "value" && isOfOther(each.call)))
    history.violations.push(`I4: process ${pid} was given the value of ${call} after it had lost the run`);
  if (run?.epoch !== 2) history.violations.push(`I4: the run was claimed ${run?.epoch} times`);
  if (!isBeside && run?.history.length !== before?.history.length)
    history.violations.push("I1: the run, which had ended, was changed when the first process went on");
}

declareScenario({
  name: "paused-worker",
  title: "a worker that is stopped while another does its run",
  databases: ["postgres", "sqlite"],
  play,
});
