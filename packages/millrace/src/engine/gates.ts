/** Where calls of one process queue for something that all processes share, so that a thousand waiters are one that asks. */

import { Semaphore } from "../kit/semaphore.ts";

interface Gate {
  readonly turn: Semaphore;
  /** Those within, and those that wait. */
  users: number;
}

interface Entry {
  /** How many are let in at once. Those who differ about it are let in as the last of them says. */
  readonly limit: number;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Told when it is not let in at once. */
  readonly onWait: () => void;
}

export class Gates {
  readonly #gates = new Map<string, Gate>();

  /** Who was let in must leave. Rejects with the signal's reason when it is aborted first. */
  async enter(name: string, { limit, signal, onWait }: Entry): Promise<void> {
    const gate = this.#gates.get(name) ?? { turn: new Semaphore(limit), users: 0 };
    this.#gates.set(name, gate);
    gate.turn.limit = limit;
    gate.users += 1;
    if (gate.users > limit) onWait();
    try {
      await gate.turn.acquire(signal);
    } catch (error) {
      this.#forget(name, gate);
      throw error;
    }
  }

  leave(name: string): void {
    const gate = this.#gates.get(name);
    if (gate === undefined) return;
    gate.turn.release();
    this.#forget(name, gate);
  }

  #forget(name: string, gate: Gate): void {
    gate.users -= 1;
    if (gate.users === 0) this.#gates.delete(name);
  }
}
