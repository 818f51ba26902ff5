import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { ExecutorProcess } from "../contract/records.ts";
import type { StateType } from "../contract/states.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { createLetOthers } from "../kit/let-others.ts";
import type { LeaseWatch } from "./lease-watch.ts";

export interface ProcessRegistry {
  readonly register: Api["registerProcess"];
  readonly renew: Api["renewProcess"];
  readonly end: Api["endProcess"];
  readonly expire: Api["expireProcesses"];
  find(id: string): Promise<ExecutorProcess | null>;
  isAlive(process: ExecutorProcess): boolean;
}

/** Processes that one call ends, and runs: each is a write, which requests wait for. What is left is for the next call. */
const maxEnded = 100;
const maxCrashed = 500;

/** SCHEDULED is what a run with an owner is between two attempts, for which its process waits. */
const unended: readonly StateType[] = ["SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING"];

/** The leases of processes. One lease covers all the runs a process owns, so that renewing costs one write. */
export function createProcessRegistry(options: {
  readonly store: Store;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly isAlive?: (process: ExecutorProcess) => "alive" | "dead" | "unknown";
  /** Of a server. Without it leases are compared with the clock. */
  readonly watch?: LeaseWatch;
  readonly crash: (run: FlowRun, reason: string) => Promise<void>;
}): ProcessRegistry {
  const { store, clock, leaseMs, watch, crash } = options;
  const letOthers = createLetOthers(clock);

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
        return watch === undefined ? process.leaseExpiresAt > clock.now() : !watch.hasEnded(process);
    }
  }

  /** Returns how many runs it has ended, at most so many: while there are more the process stays known. */
  async function end(id: string, reason: string, max = Number.MAX_SAFE_INTEGER): Promise<number> {
    const runs = await store.findOwnedRuns(id, unended);
    for (const run of runs.slice(0, max)) {
      await letOthers();
      await crash(run, reason);
    }
    if (runs.length <= max) await store.deleteProcess(id);
    return Math.min(runs.length, max);
  }

  /**
   * A run can outlive the row of its owner: its state changed in the moment in which the owner was ended, or a claim came in
   * after that. Nobody renews for such a run, and nobody else would end it.
   */
  async function endOrphans(max: number, failures: unknown[]): Promise<number> {
    let crashed = 0;
    for (const id of max > 0 ? await store.findLostOwners(maxEnded) : []) {
      try {
        if (crashed < max) crashed += await end(id, "the process that had it is not known any more", max - crashed);
      } catch (error) {
        failures.push(error);
      }
    }
    return crashed;
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
      // One that fails again and again must not take the place of others: they do not count.
      let ended = 0;
      const processes = await (watch?.look(() => store.findProcesses()) ?? store.findProcesses());
      for (const process of processes) {
        if (ended >= maxEnded || crashed >= maxCrashed) break;
        if (isAlive(process)) continue;
        try {
          crashed += await end(process.id, `the process ${process.pid} on ${process.host} died`, maxCrashed - crashed);
          ended++;
        } catch (error) {
          // What is wrong with one process's runs keeps no other's from being ended.
          failures.push(error);
        }
      }
      crashed += await endOrphans(maxCrashed - crashed, failures);
      if (failures.length > 0) throw failures[0];
      return crashed;
    },
  };
}
