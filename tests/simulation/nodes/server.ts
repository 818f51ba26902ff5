/** A server: the product's service and loops over the shared database, and what it answers. */

import { startServerLoops } from "../../../packages/millrace/src/app/server-loops.ts";
import { wakeAfterWrites } from "../../../packages/millrace/src/app/wake-after-writes.ts";
import type { Vault } from "../../../packages/millrace/src/contract/runtime.ts";
import { defaultLateAfterMs } from "../../../packages/millrace/src/loops/lateness.ts";
import { defaultHorizonMs } from "../../../packages/millrace/src/rules/scheduled-runs.ts";
import { createService } from "../../../packages/millrace/src/service/create-service.ts";
import type { World } from "../world/world.ts";
import type { Database } from "./database.ts";
import type { Listener } from "./network.ts";
import { answerRequest } from "./routes.ts";
import type { SimProcess } from "./sim-process.ts";

/** Shorter than they are by default, so that a seed passes through what takes minutes. */
export const serverTimes = { leaseMs: 2500, cancelWithinMs: 3000 };

const yearMs = 366 * 86_400_000;
const retention = {
  firingRetentionMs: yearMs,
  eventRetentionMs: yearMs,
  runRetentionMs: null,
  workerRetentionMs: yearMs,
  auditRetentionMs: yearMs,
};

/** Nothing in a world is sealed. */
export const noVault: Vault = {
  seal: () => Promise.reject(new Error("nothing is sealed here")),
  open: () => Promise.reject(new Error("nothing is sealed here")),
};

export interface ServerParts {
  readonly process: SimProcess;
  readonly database: Database;
  /** Told of each error of a loop or a request, also of those that are to be expected. */
  readonly onFailure: (where: string, error: unknown) => void;
}

export function startSimServer(world: World, { process, database, onFailure }: ServerParts): Listener {
  const { clock } = process;
  const store = database.connect(process);
  const service = createService({ store, clock, leaseMs: serverTimes.leaseMs, watchesLeases: true });
  const loops = startServerLoops({
    api: service,
    clock,
    random: world.random(`${process.name} loops`),
    vault: noVault,
    retention,
    readSpace: async () => null,
    store,
    cancelWithinMs: serverTimes.cancelWithinMs,
    lateAfterMs: defaultLateAfterMs,
    scheduleHorizonMs: defaultHorizonMs,
    onFailure: ({ where, error }) => onFailure(`${process.name}: ${where}`, error),
  });
  const api = wakeAfterWrites(service, () => loops.wake());
  return {
    process,
    answer: (asked) => answerRequest(api, asked, (error) => onFailure(`${process.name}: ${asked.method}`, error)),
  };
}
