/**
 * Three servers on one PostgreSQL, each with a worker; what they ask the database, and what it answers, is late. MILLRACE_CHAOS_SLOTS
 * (`--slots`) is how many due times all schedules have together, by default four of one; from four hundred on there are ten
 * workers, longer leases, and a database that is late by less: a late one takes few questions a second.
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

const slots = Number(process.env.MILLRACE_CHAOS_SLOTS || "4");
const isBig = slots >= 400;
const servers = 3;
const workers = isBig ? 10 : servers;
const keys = isBig ? slots / 100 : 4;
const schedules = Math.ceil(slots / 200);
/** Of each schedule. */
const dueTimes = Math.ceil(slots / schedules);
const everyMs = 1000;
const troubles = isBig ? 30 : 3;
/** What two cores start of processes in a second is little. */
const patienceMs = 90_000 + slots * 1000;
const lookEveryMs = isBig ? 5000 : 100;
/** A lease is 2 s here, and 10 s where there are many. */
const longestPauseMs = isBig ? 20_000 : 4000;

async function play(cluster: Cluster): Promise<void> {
  const { random, options, ledger } = cluster;
  const database = ledger.env.MILLRACE_DATABASE ?? "";
  const latest = isBig ? 10 : pick(random, [20, 60, 200]);
  for (let n = 0; n < servers; n++) {
    const proxy = await startProxy({ to: database, seed: `${options.seed} ${n}` });
    cluster.atEnd(() => proxy.stop());
    await cluster.startServer({
      env: { MILLRACE_DATABASE: proxy.through(database), ...(isBig ? { MILLRACE_LEASE_MS: "10s" } : {}) },
    });
    proxy.set({ toServer: { jitterMs: latest / 2 }, toClient: { jitterMs: latest / 2 } });
  }
  for (let n = 0; n < workers; n++) await cluster.startWorker(cluster.servers[n % servers]?.word ?? "");
  cluster.note(`what is asked and answered is late by up to ${latest} ms`);
  const clients = cluster.servers.map((server) => cluster.client(server.word));
  const [client] = clients;
  if (client === undefined) throw new Error("there is a first server");
  const { id: deployment } = await deploy(client, "chain");
  const { id: ticking } = await deploy(client, "tick");
  const startAt = Math.ceil(Date.now() / 1000) * 1000 + 2000;
  const endAt = startAt + (dueTimes - 1) * everyMs;
  const spec = { kind: "interval", everyMs, anchorAt: startAt } as const;
  const made: string[] = [];
  for (let n = 0; n < schedules; n++) {
    const when = { spec, startAt, endAt, catchUp: { policy: "all" } } as const;
    made.push((await client.createSchedule(ticking, { slug: `often-${n}`, active: true, ...when })).id);
  }

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
    await delay((random() * dueTimes * everyMs) / Math.max(troubles, dueTimes));
    await befall(pick(random, [...cluster.servers, ...cluster.workers]), cluster);
  }
  await submitting;
  const times = { patienceMs, lookEveryMs };
  const ticks = async () => (await readRuns(client)).filter(({ flowName }) => flowName === "tick");
  await until(async () => (await ticks()).length >= dueTimes * schedules, times);
  const runs = await settleAll(cluster, client, times);
  const due = runs
    .filter(({ flowName }) => flowName === "tick")
    .map(({ extra, expectedAt }) => `${extra.scheduleId} ${expectedAt}`);
  const at = Array.from({ length: dueTimes }, (_, n) => startAt + n * everyMs);
  const expected = made.flatMap((schedule) => at.map((time) => `${schedule} ${time}`));
  const [missing, beside] = [notIn(expected, due), notIn(due, expected)];
  if (missing.length + beside.length > 0)
    cluster.history.violations.push(`I5: no run is due at ${missing.join()}, and one too many at ${beside.join()}`);
}

/** What the first has that the second has not, or has less often. */
function notIn(first: readonly string[], second: readonly string[]): readonly string[] {
  const left = [...second];
  return first.filter((each) => {
    const index = left.indexOf(each);
    if (index !== -1) left.splice(index, 1);
    return index === -1;
  });
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
