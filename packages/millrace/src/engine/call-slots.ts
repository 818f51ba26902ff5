/** The slots that one call holds while it runs: of its concurrency keys, and of the limits of its tags. */

import type { Event } from "../contract/records.ts";
import { type SlotsTold, toAcquiredEvents, toReleasedEvents } from "../contract/slot-events.ts";
import type { HeldTagSlots } from "./tag-slots.ts";
import type { TaskExecution } from "./task-run.ts";
import type { TaskRow } from "./task-row.ts";
import type { Work } from "./work.ts";

export interface WantedSlots {
  /** Each key once, in one order, so that no two calls wait for each other. */
  readonly keys: Work["slots"];
  /** Those that may have limits. */
  readonly tags: readonly string[];
}

export class CallSlots {
  readonly #execution: TaskExecution;
  readonly #wanted: WantedSlots;
  #heldKeys: string[] = [];
  #heldTags: HeldTagSlots | null = null;
  #acquired: readonly Event[] = [];

  constructor(execution: TaskExecution, wanted: WantedSlots) {
    this.#execution = execution;
    this.#wanted = wanted;
  }

  /** What it holds now, in the words of `heldSlots`. */
  get held(): readonly string[] {
    return [...this.#heldKeys.map(heldKey), ...(this.#heldTags?.tags ?? []).map(heldTag)];
  }

  /** Waits for all of them. When it fails it may hold some, which are to be given back. */
  async take(row: TaskRow): Promise<void> {
    const { engine, id: holder, stopSignal: signal } = this.#execution;
    const { keys, tags } = this.#wanted;
    for (const slot of keys) {
      await engine.slots.acquire(slot, { holder, signal, onWait: () => this.#showWait(row, slot.name) });
      this.#heldKeys.push(slot.name);
    }
    if (tags.length === 0) return;
    const onWait = (tag: string): void => this.#showWait(row, `tag:${tag}`);
    this.#heldTags = await engine.tagSlots.acquire(tags, { taskRunId: holder, signal, onWait });
    if (this.#heldTags === null) return;
    this.#acquired = toAcquiredEvents(this.#told(this.#heldTags));
    this.#tell(this.#acquired);
  }

  async giveBack(): Promise<void> {
    const { engine, id } = this.#execution;
    for (const name of this.#heldKeys.splice(0)) await engine.slots.release(name, id);
    const tags = this.#heldTags;
    this.#heldTags = null;
    if (tags === null) return;
    await engine.tagSlots.release(tags);
    this.#tell(toReleasedEvents(this.#told(tags), this.#acquired));
  }

  #told({ limits }: HeldTagSlots): SlotsTold {
    const { engine, flow } = this.#execution;
    const flowRun = flow?.info ?? null;
    const { clock, ports } = engine;
    return { limits, slots: 1, at: clock.now(), flowRun, taskRun: this.#execution.info(), newId: () => ports.newId() };
  }

  /** Nobody waits for that: it is recorded with what else there is. */
  #tell(events: readonly Event[]): void {
    for (const event of events) this.#execution.engine.recordEvent(event).catch(() => undefined);
  }

  #showWait(row: TaskRow, limitName: string): void {
    if (row.state.name === "AwaitingConcurrencySlot") return;
    row.enter("SCHEDULED", "AwaitingConcurrencySlot", `Waiting for a slot of \`${limitName}\``);
    this.#execution.engine.journal.begin(row);
  }
}

/**
 * The slots that a call takes: of those that a task around it holds, it needs none. Null where it takes none.
 *
 * @throws what the author's own key function throws
 */
export function wantedSlotsOf({ work, caller }: TaskExecution): WantedSlots | null {
  const { kind, slots, tags } = work;
  if (kind !== "task" || (slots.length === 0 && tags.length === 0)) return null;
  const { heldSlots } = caller;
  const byName = new Map(
    slots.filter(({ name }) => !heldSlots.includes(heldKey(name))).map((slot) => [slot.name, slot]),
  );
  const keys = [...byName.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const free = heldSlots.length === 0 ? tags : tags.filter((tag) => !heldSlots.includes(heldTag(tag)));
  return keys.length === 0 && free.length === 0 ? null : { keys, tags: free };
}

function heldKey(name: string): string {
  return `key:${name}`;
}

function heldTag(tag: string): string {
  return `tag:${tag}`;
}
