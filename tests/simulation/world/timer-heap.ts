/** Timers by due time, and those of one time in the order in which they were set: a binary heap. */

import type { Timer } from "../../../packages/millrace/src/kit/clock.ts";

interface Entry {
  readonly dueAt: number;
  readonly number: number;
  readonly run: () => void;
  isCancelled: boolean;
}

export interface TimerHeap {
  add(dueAt: number, run: () => void): Timer;
  /** The first one, which is not in it any more. */
  take(): Pick<Entry, "dueAt" | "run"> | undefined;
}

export function createTimerHeap(): TimerHeap {
  const heap: Entry[] = [];
  let count = 0;

  const isBefore = (a: Entry, b: Entry): boolean => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.number < b.number);

  function rise(entry: Entry): void {
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt] as Entry;
      if (isBefore(parent, entry)) break;
      heap[at] = parent;
      heap[parentAt] = entry;
      at = parentAt;
    }
  }

  function sink(entry: Entry): void {
    let at = 0;
    for (;;) {
      let childAt = 2 * at + 1;
      if (childAt >= heap.length) break;
      const right = heap[childAt + 1];
      if (right !== undefined && isBefore(right, heap[childAt] as Entry)) childAt++;
      const child = heap[childAt] as Entry;
      if (isBefore(entry, child)) break;
      heap[at] = child;
      at = childAt;
    }
    heap[at] = entry;
  }

  function shift(): Entry | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) sink(last);
    return first;
  }

  return {
    add(dueAt, run) {
      const entry: Entry = { dueAt, number: ++count, run, isCancelled: false };
      // A wait without end is never over.
      if (dueAt < Number.POSITIVE_INFINITY) rise(entry);
      return { cancel: () => void (entry.isCancelled = true) };
    },
    take() {
      let first = shift();
      while (first?.isCancelled === true) first = shift();
      return first;
    },
  };
}
