/**
 * Items of a long list by their place in it, lines of a log for one, read in windows as they come into view. Holds at most
 * 200,000 of them; those that were not looked at for the longest are dropped first.
 */

/** Items of a window. */
export const windowSize = 100;
const maxWindows = 2000;
/** Windows that are read at once. */
const maxReads = 3;
/** Between attempts at a window that could not be read, in ms. */
const restMs = 1500;

export interface WindowStore<Item> {
  itemAt: (place: number) => Item | undefined;
  /** Reads what is missing of these places, and forgets what else was asked for and has not begun. */
  want: (places: Iterable<number>) => void;
  /** Items that are known by another way, from a place on. */
  put: (from: number, items: readonly Item[]) => void;
  /** What is held is shown, and read again when it is wanted the next time: it may have changed. */
  outdate: () => void;
  /** Changes whenever an item came. For useSyncExternalStore. */
  version: () => number;
  subscribe: (listener: () => void) => () => void;
  /** What the last reading failed with; null when one has succeeded since. */
  error: () => unknown;
  held: () => number;
}

export type ReadWindow<Item> = (window: {
  readonly offset: number;
  readonly limit: number;
}) => Promise<readonly Item[]>;

export function createWindowStore<Item>(read: ReadWindow<Item>): WindowStore<Item> {
  /** In the order in which they were last looked at. May have holes. */
  const windows = new Map<number, Item[]>();
  const reading = new Set<number>();
  let outdated = new Set<number>();
  const listeners = new Set<() => void>();
  let wanted: number[] = [];
  let version = 0;
  let failure: unknown = null;
  let rest: ReturnType<typeof setTimeout> | null = null;

  function tell(): void {
    version++;
    for (const listener of listeners) listener();
  }

  function windowOf(index: number): Item[] {
    const found = windows.get(index) ?? [];
    windows.delete(index);
    windows.set(index, found);
    for (const oldest of windows.keys()) {
      if (windows.size <= maxWindows) break;
      windows.delete(oldest);
    }
    return found;
  }

  async function readWindow(index: number): Promise<void> {
    reading.add(index);
    try {
      outdated.delete(index);
      const items = await read({ offset: index * windowSize, limit: windowSize });
      const kept = windowOf(index);
      for (const [at, item] of items.entries()) kept[at] = item;
      failure = null;
    } catch (error) {
      failure = error;
      rest ??= setTimeout(() => {
        rest = null;
        pump();
      }, restMs);
    } finally {
      reading.delete(index);
      tell();
      if (failure === null) pump();
      else wanted = wanted.includes(index) ? wanted : [index, ...wanted];
    }
  }

  function pump(): void {
    while (reading.size < maxReads && rest === null) {
      const next = wanted.find((index) => !reading.has(index));
      if (next === undefined) return;
      wanted = wanted.filter((index) => index !== next);
      void readWindow(next);
    }
  }

  return {
    itemAt: (place) => windows.get(Math.floor(place / windowSize))?.[place % windowSize],
    want(places) {
      const missing = new Set<number>();
      for (const place of places) {
        const index = Math.floor(place / windowSize);
        if (outdated.has(index) || windows.get(index)?.[place % windowSize] === undefined) missing.add(index);
        else windowOf(index);
      }
      wanted = [...missing];
      pump();
    },
    put(from, items) {
      for (const [at, item] of items.entries()) {
        const place = from + at;
        windowOf(Math.floor(place / windowSize))[place % windowSize] = item;
      }
      if (items.length > 0) tell();
    },
    outdate() {
      outdated = new Set(windows.keys());
    },
    version: () => version,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    error: () => failure,
    held: () => [...windows.values()].reduce((sum, items) => sum + items.length, 0),
  };
}
