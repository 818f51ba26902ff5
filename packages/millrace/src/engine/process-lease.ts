/**
 * This process as a holder of leases: registered once, when it first owns a run; its lease renewed by a thread; asked at
 * intervals what others want of its runs. Nothing here keeps the process alive.
 */

import { MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { ExecutorProcess } from "../contract/records.ts";
import { isSuspending, isTerminal } from "../contract/states.ts";
import type { Timer } from "../kit/clock.ts";
import type { ActiveRun } from "./active-run.ts";
import type { EnginePorts, LeaseHeartbeat } from "./ports.ts";
import { suspendSoon } from "./suspend-soon.ts";

/** Every so many looks, the runs of dead processes are ended, whoever's they are. */
const looksPerSweep = 20;

export class ProcessLease {
  readonly id: string;
  readonly #ports: EnginePorts;
  readonly #runs: ReadonlyMap<string, ActiveRun>;
  readonly #heartbeat: LeaseHeartbeat | null;
  #registered: Promise<void> | null = null;
  #timer: Timer | null = null;
  #looks = 0;

  constructor(ports: EnginePorts, runs: ReadonlyMap<string, ActiveRun>) {
    this.id = ports.newId();
    this.#ports = ports;
    this.#runs = runs;
    this.#heartbeat = ports.createHeartbeat?.(this.id, () => void this.#registerAgain()) ?? null;
  }

  /** Resolves when the ledger knows this process. */
  ensure(): Promise<void> {
    this.#registered ??= this.#register().catch((error: unknown) => {
      this.#registered = null;
      throw error;
    });
    return this.#registered;
  }

  async #register(): Promise<void> {
    await this.#ports.api.registerProcess(this.#describe());
    this.#heartbeat?.begin();
  }

  /**
   * The ledger took this process for dead: it was paused, or cut off, for longer than its lease. Its runs were ended by that, and
   * stop; what it runs from now on has a lease again.
   */
  async #registerAgain(): Promise<void> {
    this.#registered = null;
    if (this.#runs.size === 0) return;
    try {
      await this.ensure();
      for (const { id, state } of await this.#readRuns()) {
        const isEnded = state.type === "CRASHED" || state.type === "CANCELLED";
        if (isEnded) this.#runs.get(id)?.lose(`its lease had passed, and it was set to ${state.name}`);
      }
    } catch {
      // The database does not answer now; the next run registers it, and what these record is refused.
    }
  }

  /** This process as another may register it. What renews its lease is got ready. */
  offer(): Omit<ExecutorProcess, "leaseExpiresAt"> {
    this.#heartbeat?.prepare();
    return this.#describe();
  }

  /** Another has registered this process, as it was offered. */
  adopt(): void {
    if (this.#registered !== null) return;
    this.#registered = Promise.resolve();
    this.#heartbeat?.begin();
  }

  #describe(): Omit<ExecutorProcess, "leaseExpiresAt"> {
    const { identity, clock } = this.#ports;
    return { ...identity, id: this.id, startedAt: clock.now() };
  }

  /** Looks at intervals, as long as a run is active. */
  watch(): void {
    if (this.#timer !== null || this.#runs.size === 0) return;
    const { clock, limits } = this.#ports;
    this.#timer = clock.setTimer(limits.attentionMs, () => void this.#look(), { background: true });
  }

  async #look(): Promise<void> {
    try {
      // First, so that what begins when a run is told that it is lost has a lease.
      if (this.#heartbeat === null && !(await this.#ports.api.renewProcess(this.id))) await this.#registerAgain();
      await this.attend();
      if (this.#looks++ % looksPerSweep === 0) await this.#ports.api.expireProcesses();
    } catch {
      // The database does not answer now; what the runs record is retried by the journal, and told there.
    }
    this.#timer = null;
    this.watch();
  }

  /** Looks now what others want of its runs. */
  async attend(): Promise<void> {
    for (const run of await this.#readRuns()) {
      const active = this.#runs.get(run.id);
      if (active !== undefined) attendTo(active, run);
    }
  }

  async #readRuns(): Promise<readonly FlowRun[]> {
    const ids = [...this.#runs.keys()];
    if (ids.length === 0) return [];
    const page = { limit: Math.min(ids.length, 10_000) };
    return (await this.#ports.api.listFlowRuns({ ids }, "created-asc", page)).items;
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#heartbeat?.stop();
    if (this.#registered === null) return;
    await this.#registered;
    await this.#ports.api.endProcess(this.id);
  }
}

function attendTo(active: ActiveRun, run: FlowRun): void {
  if (run.epoch > active.epoch) active.lose("another process has taken it");
  else if (run.state.type === "CANCELLING") {
    active.stop(new MillraceError("CANCELLED", { kind: "Flow run", name: run.name, reason: "" }));
  } else if (run.epoch === active.epoch && isSuspending(run.state)) {
    suspendSoon(active.engine.runsBeside(active));
  } else if (run.epoch === active.epoch && isTerminal(run.state.type) && !isOwnEnd(active, run)) {
    active.lose(`it was set to ${run.state.name}`);
  }
}

/** Others end it by force, or because they take this process for dead. */
function isOwnEnd({ isEnding }: ActiveRun, { state }: FlowRun): boolean {
  return isEnding && state.details?.forcedBy === undefined;
}
