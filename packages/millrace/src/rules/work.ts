/** Who is served, and in which order. */

import type { WorkQueue } from "../contract/objects.ts";

type Ranked = Pick<WorkQueue, "id" | "priority">;

/** The first priority that no queue of the pool has; 1 comes first. */
export function freePriority(taken: readonly number[]): number {
  const known = new Set(taken);
  let priority = 1;
  while (known.has(priority)) priority++;
  return priority;
}

/**
 * Which queues of a pool must take another priority so that one can have the priority that it is given: whoever has it
 * moves back by one, and so on until there is a gap. The others stay.
 *
 * @returns the queues that move, with their new priorities; without the given one
 */
export function makeRoom(queues: readonly Ranked[], given: Ranked): readonly Ranked[] {
  const others = queues.filter(({ id }) => id !== given.id).toSorted((a, b) => a.priority - b.priority);
  const moved: Ranked[] = [];
  let taken = given.priority;
  for (const { id, priority } of others) {
    if (priority < given.priority) continue;
    if (priority > taken) break;
    taken++;
    moved.push({ id, priority: taken });
  }
  return moved;
}

/** What a queue and its pool allow. Null: as many as there are. */
export interface SlotLimits {
  readonly limit: number | null | undefined;
  readonly active: number;
}

/** How many more runs may start; infinite without a limit. */
export function freeSlots({ limit, active }: SlotLimits): number {
  return limit == null ? Number.POSITIVE_INFINITY : Math.max(0, limit - active);
}
