/**
 * Slots of limits on tags: a task whose tag has a limit runs while it holds a slot of it, whoever else runs tasks with the
 * tag, in TypeScript or in Python. What has no such tag asks nobody; most ledgers have no such limits, which is asked seldom.
 */

import type { Api } from "../contract/api.ts";
import { type NamedLimit, type SlotAnswer, tagLimitPrefix } from "../contract/concurrency.ts";
import { MillraceError } from "../contract/errors.ts";
import type { ConcurrencyLimit } from "../contract/objects.ts";
import type { Page } from "../contract/records.ts";
import type { Clock, Timer } from "../kit/clock.ts";
import { askAgain } from "./ask-again.ts";
import { Gates } from "./gates.ts";
import { messageOf } from "./outcome.ts";

/** A limit that is made or deleted is heeded after so long, in ms. */
const knownForMs = 5000;
/** Limits that are read at once. */
const pageLimit = 1000;
/**
 * Slots come back so long after nobody renewed them, in ms. Here they are renewed three times as often; where this process has
 * no time for it, whatever renews its own lease does, and they end with that lease.
 */
const leaseMs = 60_000;

export type TagSlotsApi = Pick<Api, "listObjects" | "takeSlots" | "renewSlots" | "giveBackSlots">;

/** Slots of some tags that one task holds. */
export interface HeldTagSlots {
  readonly tags: readonly string[];
  readonly taskRunId: string;
  /** Of which it holds slots, as far as that was told. */
  readonly limits: readonly NamedLimit[];
  /** Null where the limits are gone. */
  leaseId: string | null;
  /** The lease has ended all the same; another one is asked for. */
  isLost: boolean;
}

export interface TagSlotHolder {
  readonly taskRunId: string;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Told, perhaps several times, that others hold the slots of this tag. */
  readonly onWait: (tag: string) => void;
}

export class TagSlots {
  readonly #api: TagSlotsApi;
  readonly #clock: Clock;
  readonly #processId: string;
  readonly #ensureProcess: () => Promise<void>;
  #known: { readonly slots: ReadonlyMap<string, number>; readonly until: number } | null = null;
  #reading: Promise<ReadonlyMap<string, number>> | null = null;
  /** Limits could not be read when they were last asked for. */
  #isBlind = false;
  readonly #gates = new Gates();
  readonly #held = new Set<HeldTagSlots>();
  /** Leases that could not be given back yet. */
  readonly #owed = new Set<string>();
  /** Holders that gave up when an answer was lost: perhaps they were granted slots. */
  readonly #doubtful = new Set<string>();
  #renewal: Timer | null = null;

  constructor(options: {
    readonly api: TagSlotsApi;
    readonly clock: Clock;
    readonly processId: string;
    readonly ensureProcess: () => Promise<void>;
  }) {
    this.#api = options.api;
    this.#clock = options.clock;
    this.#processId = options.processId;
    this.#ensureProcess = options.ensureProcess;
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
        // Whether a limit of no slots ever lets one in is the ledger's to say.
        const limit = Math.max(1, limits.get(tag) ?? 0);
        await this.#gates.enter(tag, { limit, signal: holder.signal, onWait: () => holder.onWait(tag) });
        entered.push(tag);
      }
      const { leaseId, limits: named } = await this.#take(limited, holder);
      const isHeld = ({ active }: NamedLimit): boolean => active;
      const { taskRunId } = holder;
      const held = { leaseId, limits: named.filter(isHeld), tags: limited, taskRunId, isLost: false };
      this.#held.add(held);
      this.#renewSoon();
      return held;
    } catch (error) {
      for (const tag of entered) this.#gates.leave(tag);
      throw error;
    }
  }

  async release(held: HeldTagSlots): Promise<void> {
    this.#held.delete(held);
    try {
      if (held.leaseId !== null) await this.#giveBack(held.leaseId);
    } finally {
      for (const tag of held.tags) this.#gates.leave(tag);
    }
  }

  /** What cannot be given back now is given back later: as long as this process lives, its lease might. */
  async #giveBack(leaseId: string): Promise<void> {
    try {
      await this.#api.giveBackSlots({ leaseId });
      this.#owed.delete(leaseId);
    } catch {
      this.#owed.add(leaseId);
      this.#renewSoon();
    }
  }

  async #limits(): Promise<ReadonlyMap<string, number>> {
    if (this.#known !== null && this.#clock.monotonic() < this.#known.until) return this.#known.slots;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /** The limits by tag; those that were last known while they cannot be read. */
  async #read(): Promise<ReadonlyMap<string, number>> {
    let slots = this.#known?.slots ?? new Map<string, number>();
    try {
      slots = await this.#readAll();
      this.#isBlind = false;
    } catch (error) {
      if (!this.#isBlind)
        warn(`Limits on tags could not be read, and those known before are heeded: ${messageOf(error)}`);
      this.#isBlind = true;
    }
    this.#known = { slots, until: this.#clock.monotonic() + knownForMs };
    return slots;
  }

  async #readAll(): Promise<ReadonlyMap<string, number>> {
    const where = { field: "name", startsWith: tagLimitPrefix };
    const slots = new Map<string, number>();
    for (let cursor: string | null = null; ; ) {
      const page: Page<ConcurrencyLimit> = await this.#api.listObjects(
        "concurrency-limit",
        { where },
        { limit: pageLimit, cursor },
      );
      for (const limit of page.items) if (limit.active) slots.set(limit.name.slice(tagLimitPrefix.length), limit.slots);
      if (page.next === null) return slots;
      cursor = page.next;
    }
  }

  async #take(tags: readonly string[], { taskRunId, signal, onWait }: TagSlotHolder): Promise<Granted> {
    await this.#ensureProcess();
    for (;;) {
      signal.throwIfAborted();
      const answer = await this.#ask(tags, { taskRunId, signal });
      if (answer.granted) return answer;
      const names = answer.refusedBy.map((name) => `\`${name}\``).join(", ");
      if (answer.retryAfterMs === null) {
        throw new MillraceError("SLOTS_REFUSED", { slots: 1, limits: names, reason: "it has fewer at all" });
      }
      onWait(answer.refusedBy[0]?.slice(tagLimitPrefix.length) ?? tags.join(", "));
      await this.#clock.sleep(answer.retryAfterMs, signal);
    }
  }

  /** Asked again where the database does not answer: what it may have granted is found by its holder. */
  async #ask(
    tags: readonly string[],
    { taskRunId, signal }: { readonly taskRunId: string; readonly signal: AbortSignal },
  ): Promise<Granted | Refused> {
    const holder = toHolder(taskRunId);
    let isDoubtful = this.#doubtful.delete(holder);
    const ask = async (): Promise<Granted | Refused> => {
      const found = isDoubtful ? await this.#find(holder) : null;
      isDoubtful = true;
      return found ?? this.#demand(tags, holder);
    };
    const answered = askAgain(ask, { clock: this.#clock, signal });
    answered.catch(() => {
      this.#doubtful.add(holder);
      this.#renewSoon();
    });
    return answered;
  }

  #demand(tags: readonly string[], holder: string): Promise<Granted | Refused> {
    const limits = tags.map((tag) => tagLimitPrefix + tag);
    return this.#api.takeSlots({ limits, slots: 1, leaseMs, holder, processId: this.#processId });
  }

  /** Slots of this holder that nobody here knows of. */
  async #find(holder: string): Promise<Granted | null> {
    const { items } = await this.#api.listObjects("slot-lease", { where: { field: "holder", in: [holder] } });
    const known = new Set([...this.#owed, ...[...this.#held].map(({ leaseId }) => leaseId)]);
    const own = items.find(({ id, processId }) => processId === this.#processId && !known.has(id));
    return own === undefined ? null : { granted: true, leaseId: own.id, limits: [] };
  }

  #renewSoon(): void {
    if (this.#held.size + this.#owed.size + this.#doubtful.size === 0 || this.#renewal !== null) return;
    this.#renewal = this.#clock.setTimer(leaseMs / 3, () => void this.#renew(), { background: true });
  }

  async #renew(): Promise<void> {
    for (const leaseId of this.#owed) await this.#giveBack(leaseId);
    for (const holder of this.#doubtful) await this.#clear(holder).catch(() => undefined);
    // One that fails is tried again while the lease lasts.
    for (const held of this.#held) await this.#renewOne(held).catch(() => undefined);
    this.#renewal = null;
    this.#renewSoon();
  }

  async #clear(holder: string): Promise<void> {
    const found = await this.#find(holder);
    // It may ask again by now, and find them itself.
    if (!this.#doubtful.delete(holder) || found === null || found.leaseId === null) return;
    await this.#giveBack(found.leaseId);
  }

  async #renewOne(held: HeldTagSlots): Promise<void> {
    const { leaseId, tags, taskRunId } = held;
    if (leaseId === null || (await this.#api.renewSlots(leaseId, leaseMs)) || !this.#held.has(held)) return;
    if (!held.isLost) {
      const names = tags.map((tag) => `\`${tag}\``).join(", ");
      warn(
        `A task that runs has lost its slots of the limits on ${names}, which others may have: they are taken again.`,
      );
    }
    held.isLost = true;
    const holder = toHolder(taskRunId);
    const answer = (await this.#find(holder)) ?? (await this.#demand(tags, holder));
    if (!answer.granted) return;
    held.isLost = false;
    if (this.#held.has(held)) held.leaseId = answer.leaseId;
    else if (answer.leaseId !== null) await this.#giveBack(answer.leaseId);
  }
}

function toHolder(taskRunId: string): string {
  return `task-run:${taskRunId}`;
}

type Refused = Extract<SlotAnswer, { readonly granted: false }>;
type Granted = Pick<Extract<SlotAnswer, { readonly granted: true }>, "granted" | "leaseId" | "limits">;

function warn(message: string): void {
  process.emitWarning(message, { type: "MillraceWarning", code: "TAG_SLOTS" });
}
