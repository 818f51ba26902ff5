/** All processes of a world: the servers and workers that are started again when they are gone, and the network between them. */

import type { Client } from "../../../packages/millrace/src/client/create-client.ts";
import { createClient } from "../../../packages/millrace/src/client/create-client.ts";
import type { Faults } from "../world/faults.ts";
import type { History } from "../world/history.ts";
import type { World } from "../world/world.ts";
import type { Scenario } from "../scenario/draw-scenario.ts";
import type { Database } from "./database.ts";
import { program } from "./flows.ts";
import { createNetwork, type Network } from "./network.ts";
import { startSimServer } from "./server.ts";
import type { SimProcess } from "./sim-process.ts";
import { clientTimes, type SimHost, type SimWorker, startProcessOn, startSimWorker } from "./worker.ts";

/** How long a server or a worker that died is away at most, in ms. */
const restartsWithinMs = 4000;

export interface Cluster {
  readonly network: Network;
  readonly hosts: readonly SimHost[];
  /** Servers and workers that are there now. */
  readonly servers: readonly SimProcess[];
  readonly workers: readonly SimProcess[];
  /** A client of somebody who is at no simulated host. */
  readonly outside: { readonly process: SimProcess; readonly api: Client };
  startServers(): void;
  startWorkers(workPoolId: string): void;
  /** From now on what dies is started again at once. What is stopped or cut off is so for its time. */
  heal(): void;
}

export function createCluster(
  world: World,
  parts: {
    readonly scenario: Scenario;
    readonly faults: Faults;
    readonly history: History;
    readonly database: Database;
  },
): Cluster {
  const { scenario, faults, history, database } = parts;
  const network = createNetwork(world, faults);
  const toHost = (name: string, skewMs: number): SimHost => {
    if (Math.abs(skewMs) > 1000) faults.reached("a clock is seconds from true");
    return { name, skewMs, processes: new Set() };
  };
  const hosts = scenario.hosts.map(({ skewMs }, at) => toHost(`host-${at + 1}`, skewMs));
  const serverHosts = Array.from({ length: scenario.servers }, (_, at) =>
    toHost(`server-${at + 1}`, scenario.serverSkewsMs[at] ?? 0),
  );
  const servers = new Map<string, SimProcess>();
  const workers = new Map<string, SimWorker>();
  let isHealing = false;

  const restartMs = (): number => (isHealing ? 100 : 100 + restartsWithinMs * faults.draw());

  function bootServer(host: SimHost): void {
    const process = startProcessOn(world, host, "server");
    const listener = startSimServer(world, {
      process,
      database,
      onFailure: (where, error) => history.troubles.push({ where, error }),
    });
    servers.set(host.name, process);
    network.listeners.add(listener);
    process.onDeath(() => {
      network.listeners.delete(listener);
      faults.reached("a server died");
      world.after(restartMs(), () => bootServer(host));
    });
  }

  function bootWorker(
    host: SimHost,
    { limit, workPoolId }: { readonly limit: number; readonly workPoolId: string },
  ): void {
    const worker = startSimWorker(world, {
      host,
      network,
      faults,
      workPoolId,
      limit,
      flowNamed: () => program,
      onTrouble: () => faults.reached("a worker had trouble"),
    });
    workers.set(host.name, worker);
    worker.process.onDeath(() => {
      faults.reached("a worker died");
      world.after(restartMs(), () => bootWorker(host, { limit, workPoolId }));
    });
  }

  database.onEvents(() => {
    for (const worker of workers.values()) network.tell(worker.process, () => worker.wake());
  });
  const outside = startProcessOn(world, toHost("outside", 0), "person");
  return {
    network,
    hosts,
    get servers() {
      return [...servers.values()].filter(({ isDead }) => !isDead);
    },
    get workers() {
      return [...workers.values()].map(({ process }) => process).filter(({ isDead }) => !isDead);
    },
    outside: { process: outside, api: connect(world, { network, process: outside }) },
    startServers: () => serverHosts.forEach(bootServer),
    startWorkers: (workPoolId) =>
      hosts.forEach((host, at) => bootWorker(host, { limit: scenario.hosts[at]?.limit ?? 1, workPoolId })),
    heal() {
      isHealing = true;
    },
  };
}

export function connect(
  world: World,
  { network, process }: { readonly network: Network; readonly process: SimProcess },
): Client {
  const { clock } = process;
  const random = world.random(`${process.name} client`);
  return createClient({ url: network.url, fetch: network.fetchFor(process), clock, random, ...clientTimes });
}
