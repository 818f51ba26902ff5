/**
 * Slots of limits on tags: a task whose tag has a limit runs while it holds a slot of it, whoever else runs tasks with the
 * tag, in TypeScript or in Python. What has no such tag asks nobody; most ledgers have no such limits, which is asked seldom.
 */

import type { Api } from "../contract/api.ts";
import { tagLimitPrefix } from "../contract/concurrency.ts";
import { MillraceError } from "../contract/errors.ts";
import type { Clock, Timer } from "../kit/clock.ts";
import { Semaphore } from "../kit/semaphore.ts";

/** A limit that is made or deleted is heeded after so long, in ms. */
const knownForMs = 5000;
/** Slots come back so long after this process died, in ms; renewed three times as often. */
const leaseMs = 60_000;

export type TagSlotsApi = Pick<Api, "listObjects" | "takeSlots" | "renewSlots" | "giveBackSlots">;

export interface HeldTagSlots {
  readonly leaseId: string | null;
  readonly tags: readonly string[];
}

export interface TagSlotHolder {
  readonly taskRunId: string;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Told, perhaps several times, that others hold the slots of this tag. */
  readonly onWait: (tag: string) => void;
}

interface Gate {
  readonly gate: Semaphore;
  users: number;
}

export class TagSlots {
  readonly #api: TagSlotsApi;
  readonly #clock: Clock;
  #known: { readonly slots: ReadonlyMap<string, number>; readonly until: number } | null = null;
  #reading: Promise<ReadonlyMap<string, number>> | null = null;
  /** One process's own calls queue here first, so that a thousand waiters are one that asks. */
  readonly #gates = new Map<string, Gate>();
  readonly #leases = new Set<string>();
  #renewal: Timer | null = null;

  constructor({ api, clock }: { readonly api: TagSlotsApi; readonly clock: Clock }) {
    this.#api = api;
    this.#clock = clock;
  }

  /**
   * Waits for a slot of each of the tags that has a limit, and takes them together. Null where none has.
   *
   * @throws SLOTS_REFUSED for a limit that lets nothing run, and the signal's reason when it is aborted first
   */
  async acquire(tags: readonly string[], holder: TagSlotHolder): Promise<HeldTagSlots | null> {
    const limits = await this.#limits();
    // In one order, so that no two wait for each other.
    const limited = tags.filter((tag) => limits.has(tag)).toSorted();
    if (limited.length === 0) return null;
    const entered: string[] = [];
    try {
      for (const tag of limited) {
        await this.#enter(tag, limits.get(tag) ?? 0, holder);
        entered.push(tag);
      }
      return { leaseId: await this.#take(limited, holder), tags: limited };
    } catch (error) {
      for (const tag of entered) this.#leave(tag);
      throw error;
    }
  }

  async release({ leaseId, tags }: HeldTagSlots): Promise<void> {
    try {
      if (leaseId === null) return;
      this.#leases.delete(leaseId);
      // What cannot be given back now comes back when the lease ends.
      await this.#api.giveBackSlots({ leaseId }).catch(() => undefined);
    } finally {
      for (const tag of tags) this.#leave(tag);
    }
  }

  async #limits(): Promise<ReadonlyMap<string, number>> {
    if (this.#known !== null && this.#clock.monotonic() < this.#known.until) return this.#known.slots;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(): Promise<ReadonlyMap<string, number>> {
    const where = { field: "name", startsWith: tagLimitPrefix };
    const { items } = await this.#api.listObjects("concurrency-limit", { where }, { limit: 1000 });
    const active = items.filter((limit) => limit.active);
    const slots = new Map(active.map((limit) => [limit.name.slice(tagLimitPrefix.length), limit.slots]));
    this.#known = { slots, until: this.#clock.monotonic() + knownForMs };
    return slots;
  }

  async #enter(tag: string, slots: number, { signal, onWait }: TagSlotHolder): Promise<void> {
    const local = this.#gates.get(tag) ?? { gate: new Semaphore(slots), users: 0 };
    this.#gates.set(tag, local);
    local.users += 1;
    // Whether a limit of no slots ever lets one in is the ledger's to say.
    local.gate.limit = Math.max(1, slots);
    if (local.gate.held >= local.gate.limit) onWait(tag);
    try {
      await local.gate.acquire(signal);
    } catch (error) {
      this.#forget(tag, local);
      throw error;
    }
  }

  #leave(tag: string): void {
    const local = this.#gates.get(tag);
    if (local === undefined) return;
    local.gate.release();
    this.#forget(tag, local);
  }

  /** One user less. */
  #forget(tag: string, local: Gate): void {
    local.users -= 1;
    if (local.users === 0) this.#gates.delete(tag);
  }

  /** The lease; null where the limits are gone. */
  async #take(tags: readonly string[], { taskRunId, signal, onWait }: TagSlotHolder): Promise<string | null> {
    const limits = tags.map((tag) => tagLimitPrefix + tag);
    for (;;) {
      signal.throwIfAborted();
      const answer = await this.#api.takeSlots({ limits, slots: 1, leaseMs, holder: `task-run:${taskRunId}` });
      if (answer.granted) {
        if (answer.leaseId !== null) this.#keep(answer.leaseId);
        return answer.leaseId;
      }
      const names = answer.refusedBy.map((name) => `\`${name}\``).join(", ");
      if (answer.retryAfterMs === null) {
        throw new MillraceError("SLOTS_REFUSED", { slots: 1, limits: names, reason: "it has fewer at all" });
      }
      onWait(answer.refusedBy[0]?.slice(tagLimitPrefix.length) ?? tags.join(", "));
      await this.#clock.sleep(answer.retryAfterMs, signal);
    }
  }

  #keep(leaseId: string): void {
    this.#leases.add(leaseId);
    this.#renewSoon();
  }

  #renewSoon(): void {
    if (this.#leases.size === 0 || this.#renewal !== null) return;
    this.#renewal = this.#clock.setTimer(leaseMs / 3, () => void this.#renew(), { background: true });
  }

  /** One that fails is tried again while the lease lasts. */
  async #renew(): Promise<void> {
    for (const leaseId of this.#leases) await this.#api.renewSlots(leaseId, leaseMs).catch(() => undefined);
    this.#renewal = null;
    this.#renewSoon();
  }
}
