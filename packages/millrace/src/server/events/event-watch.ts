/**
 * Knows the newest event while somebody waits for more: one question to the database for all who wait.
 *
 *   idle ──join──▶ watching: looks every `everyMs`, and at once when woken ──last one leaves──▶ idle
 *
 * Other processes write to the same database, so that being woken is not enough.
 */

import { findLastSeqOf, type SeqListOf } from "../../contract/last-event.ts";
import type { Clock } from "../../kit/clock.ts";

/** Between two looks, in ms. */
const everyMs = 100;
/** Between two looks however often it is woken, in ms. */
const leastMs = 10;
/** Numbers read in a look; where there are more the next look comes at once. */
const lookLimit = 1000;

export interface SeqWatch {
  /** Resolves with the newest number. Who joins must leave. */
  join(): Promise<number>;
  leave(): void;
  /** The newest number that is known. */
  readonly lastSeq: number;
  /** Resolves when there is an event after `seq`, or `ms` have passed, or the signal is aborted. */
  waitBeyond(seq: number, options: { readonly ms: number; readonly signal: AbortSignal }): Promise<void>;
  /** Something may have been written. */
  wake(): void;
}

/** Over any list whose items have rising numbers: events, lines of logs. */
export function createSeqWatch<Item extends { readonly seq: number }>({
  list,
  clock,
  onStart = () => undefined,
  onFound = async () => undefined,
}: {
  readonly list: SeqListOf<Item>;
  readonly clock: Clock;
  /** Told the newest number whenever it begins to watch: what came while nobody waited is not told. */
  readonly onStart?: (lastSeq: number) => void;
  /** Told what came, in order; the next look comes when this has resolved. It never rejects. */
  readonly onFound?: (items: readonly Item[]) => Promise<void>;
}): SeqWatch {
  const waiting = new Set<{ readonly seq: number; readonly resolve: () => void }>();
  let members = 0;
  let lastSeq = 0;
  let starting: Promise<void> | null = null;
  let nap: AbortController | null = null;
  let isWoken = false;

  async function watch(): Promise<void> {
    while (members > 0) {
      const found = await look();
      await clock.sleep(leastMs);
      if (found === lookLimit) continue;
      await rest();
    }
    starting = null;
  }

  /** Until it is woken, or it is time. */
  async function rest(): Promise<void> {
    if (!isWoken) {
      nap = new AbortController();
      await clock.sleep(everyMs - leastMs, nap.signal).catch(() => undefined);
      nap = null;
    }
    isWoken = false;
  }

  async function look(): Promise<number> {
    try {
      const { items } = await list({ afterSeq: lastSeq }, { limit: lookLimit });
      lastSeq = items.at(-1)?.seq ?? lastSeq;
      if (items.length > 0) await onFound(items);
      for (const each of waiting) if (lastSeq > each.seq) each.resolve();
      return items.length;
    } catch {
      // The database does not answer now; the next look tells.
      return 0;
    }
  }

  async function start(): Promise<void> {
    lastSeq = await findLastSeqOf(list);
    onStart(lastSeq);
    void watch();
  }

  function wake(): void {
    isWoken = true;
    nap?.abort();
  }

  return {
    async join() {
      members++;
      try {
        await (starting ??= start());
        return lastSeq;
      } catch (error) {
        members--;
        starting = null;
        throw error;
      }
    },
    leave() {
      members--;
      if (members === 0) wake();
    },
    get lastSeq() {
      return lastSeq;
    },
    waitBeyond: (seq, { ms, signal }) =>
      new Promise((resolve) => {
        if (lastSeq > seq || signal.aborted) return resolve();
        const end = (): void => {
          waiting.delete(entry);
          timer.cancel();
          signal.removeEventListener("abort", end);
          resolve();
        };
        const entry = { seq, resolve: end };
        const timer = clock.setTimer(ms, end, { background: true });
        signal.addEventListener("abort", end, { once: true });
        waiting.add(entry);
      }),
    wake,
  };
}
