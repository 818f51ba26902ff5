import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { ExecutorProcess } from "../contract/records.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";

export interface ProcessRegistry {
  readonly register: Api["registerProcess"];
  readonly renew: Api["renewProcess"];
  readonly end: Api["endProcess"];
  readonly expire: Api["expireProcesses"];
  find(id: string): Promise<ExecutorProcess | null>;
  isAlive(process: ExecutorProcess): boolean;
}

/** The leases of processes. One lease covers all the runs a process owns, so that renewing costs one write. */
export function createProcessRegistry(options: {
  readonly store: Store;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly isAlive?: (process: ExecutorProcess) => "alive" | "dead" | "unknown";
  readonly crash: (run: FlowRun, reason: string) => Promise<void>;
}): ProcessRegistry {
  const { store, clock, leaseMs, crash } = options;

  /**
   * A process of this host that is seen dead is dead at once; one that is seen alive keeps its runs although its lease
   * has passed (it may be blocked, or the machine slept); of others the lease decides.
   */
  function isAlive(process: ExecutorProcess): boolean {
    switch (options.isAlive?.(process) ?? "unknown") {
      case "alive":
        return true;
      case "dead":
        return false;
      case "unknown":
        return process.leaseExpiresAt > clock.now();
    }
  }

  async function end(id: string, reason: string): Promise<number> {
    const runs = await store.findOwnedRuns(id, ["PENDING", "RUNNING", "PAUSED", "CANCELLING"]);
    for (const run of runs) await crash(run, reason);
    await store.deleteProcess(id);
    return runs.length;
  }

  return {
    isAlive,
    find: async (id) => (await store.findProcesses([id]))[0] ?? null,
    register: async (process) => {
      const registered = { ...process, leaseExpiresAt: clock.now() + leaseMs };
      await store.writeProcess(registered);
      return registered;
    },
    renew: (id) => store.renewProcess(id, clock.now() + leaseMs),
    end: async (id) => {
      await end(id, "the process ended before the run did");
    },
    expire: async () => {
      let crashed = 0;
      const failures: unknown[] = [];
      for (const process of await store.findProcesses()) {
        if (isAlive(process)) continue;
        try {
          crashed += await end(process.id, `the process ${process.pid} on ${process.host} died`);
        } catch (error) {
          // What is wrong with one process's runs keeps no other's from being ended.
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
      return crashed;
    },
  };
}
