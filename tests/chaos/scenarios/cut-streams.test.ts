/**
 * Streams of events are cut at any byte, again and again, while events are recorded; who follows them goes on from the last one.
 *
 * Fault: the proxy cuts every connection after a drawn number of bytes, by a reset, an end or half of one, in slices of a few bytes.
 * Measure: what each follower was told, by the stream of /v1 and by Prefect's socket, against what the ledger has.
 * Pass: each has every event in order, none twice; by the socket, which begins again from a time, none twice by its id.
 */

import { setTimeout as delay } from "node:timers/promises";
import { followEvents } from "../../../packages/millrace/src/client/follow-events.ts";
import type { Client } from "../../../packages/millrace/src/client/create-client.ts";
import { pick, randomInt } from "../../../packages/millrace/src/kit/random.ts";
import { type Proxy, startProxy } from "../network/proxy.ts";
import type { Cluster } from "./cluster.ts";
import { followSocket } from "./follow-socket.ts";
import { declareScenario } from "./scenario.ts";
import { until } from "./work.ts";

const followers = 10;
const sockets = 3;
const events = 150;
const cuts = 12;
const name = "shop.order.placed";

/** What a follower was told, in order: the numbers or ids of events. */
type Told = (string | number)[];

async function play(cluster: Cluster): Promise<void> {
  const { random, options } = cluster;
  const server = await cluster.startServer();
  const client = cluster.client(server.word);
  const proxy = await startProxy({ to: server.word, seed: options.seed });
  const over = new AbortController();
  const url = proxy.through(server.word);
  let open = 0;
  const streams = Array.from({ length: followers }, () => {
    const told: Told = [];
    let wasOpen = false;
    const onOpen = (): void => {
      if (!wasOpen) open++;
      wasOpen = true;
    };
    const following = followEvents({
      url,
      names: [name],
      signal: over.signal,
      onEvent: ({ seq }) => told.push(seq),
      onOpen,
    });
    return { told, following };
  });
  const since = new Date().toISOString();
  const bySocket = Array.from({ length: sockets }, () => {
    const told: Told = [];
    const following = followSocket({ url, name, since, signal: over.signal, onEvent: (id) => told.push(id) });
    return { told, following };
  });
  cluster.atEnd(async () => {
    over.abort();
    await proxy.stop();
    await Promise.all([...streams, ...bySocket].map(({ following }) => following));
  });
  await until(() => open === followers);

  const recording = record(client, cluster);
  for (let cut = 0; cut < cuts; cut++) {
    cutAfterSomeBytes(proxy, cluster);
    await delay(50 + random() * 200);
  }
  await recording;
  proxy.heal();
  cluster.note(`${proxy.accepted} connections were made`);

  const recorded = (await client.listEvents({ names: [name] }, { limit: 10_000 })).items;
  const last = recorded.at(-1);
  await until(() => streams.every(({ told }) => told.at(-1) === last?.seq));
  await until(() => bySocket.every(({ told }) => new Set(told).size === recorded.length));
  const expected = recorded.map(({ seq }) => seq).join();
  for (const [at, { told }] of streams.entries()) {
    if (told.join() === expected) continue;
    const lost = recorded.filter(({ seq }) => !told.includes(seq)).length;
    cluster.history.violations.push(
      `I7: follower ${at} was told ${told.length} of ${recorded.length} events; ${lost} were lost to it`,
    );
  }
}

/** One after the other, so that each stream is at some place among them when it is cut. */
async function record(client: Client, { random }: Cluster): Promise<void> {
  for (let n = 1; n <= events; n++) {
    const resource = { id: `order.${n}`, text: "x".repeat(randomInt(random, 300)) };
    const event = {
      id: crypto.randomUUID(),
      name,
      at: Date.now(),
      flowRunId: null,
      taskRunId: null,
      resource,
      payload: null,
    };
    await client.record({ processId: "shop", events: [event] });
    await delay(random() * 20);
  }
}

/** Of each connection, the ones that are made next too. */
function cutAfterSomeBytes(proxy: Proxy, { random }: Cluster): void {
  const bytes = random() < 0.3 ? randomInt(random, 300) : randomInt(random, 20_000);
  const then = pick(random, ["reset", "close", "half-close"] as const);
  proxy.set({ toClient: { limit: { bytes, then }, sliceBytes: 1 + randomInt(random, 200) } });
}

declareScenario({ name: "cut-streams", title: "streams of events that are cut", databases: ["sqlite"], play });
