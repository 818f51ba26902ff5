/** Slots of concurrency limits, shared by every process of the ledger. */

import type { Api } from "../contract/api.ts";
import type { Clock } from "../kit/clock.ts";
import { Gates } from "./gates.ts";

/** Between two tries for a slot that others hold, in ms. */
const minPollMs = 10;
const maxPollMs = 500;

export interface Slot {
  readonly name: string;
  readonly limit: number;
}

export interface SlotHolder {
  /** Who holds the slot: asked for twice, it is one. */
  readonly holder: string;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Told, perhaps several times, that others hold the slots. */
  readonly onWait: () => void;
}

export class Slots {
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #processId: string;
  readonly #ensureProcess: () => Promise<void>;
  readonly #gates = new Gates();

  constructor(options: {
    readonly api: Api;
    readonly clock: Clock;
    readonly processId: string;
    readonly ensureProcess: () => Promise<void>;
  }) {
    this.#api = options.api;
    this.#clock = options.clock;
    this.#processId = options.processId;
    this.#ensureProcess = options.ensureProcess;
  }

  /** Waits for a slot and takes it. Rejects with the signal's reason when it is aborted first, and holds nothing then. */
  async acquire(slot: Slot, { holder, signal, onWait }: SlotHolder): Promise<void> {
    await this.#ensureProcess();
    await this.#gates.enter(slot.name, { limit: slot.limit, signal, onWait });
    try {
      for (let pollMs = minPollMs; !(await this.#take(slot, holder)); pollMs = Math.min(pollMs * 1.5, maxPollMs)) {
        onWait();
        await this.#clock.sleep(pollMs, signal);
      }
      if (signal.aborted) await this.#api.releaseSlot(slot.name, holder);
      signal.throwIfAborted();
    } catch (error) {
      this.#gates.leave(slot.name);
      throw error;
    }
  }

  /** Takes a slot if one is free now, past those of this process that wait. It goes back by `giveBack`. */
  async tryAcquire(slot: Slot, holder: string): Promise<boolean> {
    await this.#ensureProcess();
    return this.#take(slot, holder);
  }

  async giveBack(name: string, holder: string): Promise<void> {
    await this.#api.releaseSlot(name, holder);
  }

  #take(slot: Slot, holder: string): Promise<boolean> {
    return this.#api.acquireSlot({ limitName: slot.name, limit: slot.limit, holder, processId: this.#processId });
  }

  async release(name: string, holder: string): Promise<void> {
    try {
      await this.#api.releaseSlot(name, holder);
    } finally {
      this.#gates.leave(name);
    }
  }
}
