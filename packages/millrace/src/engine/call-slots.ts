/** The slots that one call holds while it runs: of its concurrency keys, and of the limits of its tags. */

import type { Event } from "../contract/records.ts";
import { type SlotsTold, toAcquiredEvents, toReleasedEvents } from "../contract/slot-events.ts";
import type { HeldTagSlots } from "./tag-slots.ts";
import type { TaskExecution } from "./task-run.ts";
import type { TaskRow } from "./task-row.ts";
import type { Work } from "./work.ts";

export class CallSlots {
  readonly #execution: TaskExecution;
  readonly #keys: Work["slots"];
  readonly #tags: readonly string[];
  #heldKeys: string[] = [];
  #heldTags: HeldTagSlots | null = null;
  #acquired: readonly Event[] = [];

  /** @param wanted the concurrency keys, and the tags that may have limits; see limitedTagsOf() */
  constructor(execution: TaskExecution, wanted: { readonly keys: Work["slots"]; readonly tags: readonly string[] }) {
    this.#execution = execution;
    this.#keys = wanted.keys;
    this.#tags = wanted.tags;
  }

  /** Tags whose limits it holds slots of now. */
  get tags(): readonly string[] {
    return this.#heldTags?.tags ?? [];
  }

  /** Waits for all of them. When it fails it may hold some, which are to be given back. */
  async take(row: TaskRow): Promise<void> {
    const { engine, id: holder, stopSignal: signal } = this.#execution;
    for (const slot of this.#keys) {
      await engine.slots.acquire(slot, { holder, signal, onWait: () => this.#showWait(row, slot.name) });
      this.#heldKeys.push(slot.name);
    }
    if (this.#tags.length === 0) return;
    const onWait = (tag: string): void => this.#showWait(row, `tag:${tag}`);
    this.#heldTags = await engine.tagSlots.acquire(this.#tags, { taskRunId: holder, signal, onWait });
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

/** Tags that may have limits: not those whose slots a task around this one holds already. */
export function limitedTagsOf({ work: { kind, tags }, caller: { heldTags } }: TaskExecution): readonly string[] {
  if (kind !== "task" || tags.length === 0) return [];
  return heldTags.length === 0 ? tags : tags.filter((tag) => !heldTags.includes(tag));
}
