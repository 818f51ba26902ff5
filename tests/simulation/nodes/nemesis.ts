/** What befalls processes from outside: they are killed, stopped for a while, or cut off. */

import { pick } from "../../../packages/millrace/src/kit/random.ts";
import type { Faults } from "../world/faults.ts";
import type { World } from "../world/world.ts";
import type { Cluster } from "./cluster.ts";
import type { SimProcess } from "./sim-process.ts";

/** Between two looks at what may befall them, in ms. */
const everyMs = 300;
/** Longer than a lease by far. */
const longestPauseMs = 10_000;

export function unleashNemesis(
  world: World,
  { cluster, faults }: { readonly cluster: Cluster; readonly faults: Faults },
): void {
  const random = world.random("nemesis");

  function strikeOne(
    place: string,
    among: readonly SimProcess[],
    strike: (process: SimProcess) => void,
    rate = 0.2,
  ): void {
    if (among.length > 0 && faults.strikes(place, rate)) strike(pick(random, among));
  }

  function stopFor(process: SimProcess, ms: number): void {
    world.trace.add(`${process.name} stops for ${Math.round(ms)} ms`);
    process.stop();
    world.after(ms, () => process.goOn());
  }

  const pauseMs = (): number => longestPauseMs * random();

  world.after(everyMs, function look() {
    const runs = cluster.hosts
      .flatMap(({ processes }) => [...processes])
      .filter(({ name }) => !name.includes("worker"));
    strikeOne("a server is killed", cluster.servers, (process) => process.die(), 0.1);
    strikeOne("a server is stopped", cluster.servers, (process) => stopFor(process, pauseMs()), 0.1);
    strikeOne("a worker is killed", cluster.workers, (process) => process.die(), 0.1);
    strikeOne("a worker is stopped", cluster.workers, (process) => stopFor(process, pauseMs()), 0.1);
    strikeOne("a run's process is killed", runs, (process) => process.die());
    strikeOne("a run's process is stopped", runs, (process) => stopFor(process, pauseMs()));
    strikeOne("a run's process is cut off", runs, (process) => cluster.network.cutOff(process, pauseMs()));
    strikeOne("a worker is cut off", cluster.workers, (process) => cluster.network.cutOff(process, pauseMs()), 0.1);
    world.after(everyMs, look);
  });
}
