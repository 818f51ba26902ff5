/**
 * What happens, for all who follow it. The newest events are read from the ledger once, however many follow them, and are kept
 * for a while; each follower takes what it wants of them, so that it costs a comparison an event, and no question.
 *
 *   level ──something it wants comes──▶ woken ──takes it──▶ level
 *     └──it takes too long──▶ behind what is kept ──reads the ledger until it has caught up──▶ level
 *
 * Followers are woken some at a time: between two lots the event loop is everybody's.
 */

import type { Api } from "../../contract/api.ts";
import type { EventFilter, StoredEvent } from "../../contract/records.ts";
import type { Clock } from "../../kit/clock.ts";
import { Semaphore } from "../../kit/semaphore.ts";
import { createSeqWatch, type SeqWatch } from "./event-watch.ts";

/** What is kept, at most. */
const maxKept = 2000;
const maxKeptChars = 8 * 2 ** 20;
/** What an event takes beside its payload, in characters, about. */
const eventChars = 500;
/** Followers that the ledger is read to at once. */
const readAtOnce = 2;
/** Followers that are told in one turn of the event loop. */
const toldAtOnce = 250;

export interface EventFeed extends SeqWatch {
  /**
   * For a follower that is behind: what the ledger has for it, at most `limit`. Few are read to at once; the others wait for their
   * turn, so that those who ask for something else do not wait for them. Null when the database does not answer now.
   */
  read(filter: EventFilter, page: { readonly after: number; readonly limit: number }): Promise<FoundEvents | null>;
  /** Follows from the event numbered `after` on. Who follows has joined, and ends it before leaving. */
  follow(options: { readonly after: number; readonly isWanted: (event: StoredEvent) => boolean }): Follower;
}

/** Events that a follower wants, in order; all of them up to the number `upTo`. */
export interface FoundEvents {
  readonly events: readonly StoredEvent[];
  readonly upTo: number;
}

export interface Follower {
  /** The number that it has come to. */
  readonly seq: number;
  /** What it wants after that; null when it is behind what is kept, and has to ask the ledger. */
  find(): FoundEvents | null;
  /** It has what it wants up to this number. */
  moveTo(seq: number): void;
  /** Resolves with true when there is something to find, and with false when `ms` have passed or the signal is aborted. */
  wait(options: { readonly ms: number; readonly signal: AbortSignal }): Promise<boolean>;
  end(): void;
}

interface Following {
  seq: number;
  readonly isWanted: (event: StoredEvent) => boolean;
  /** While it waits. */
  wake: (() => void) | null;
}

export function createEventFeed({
  api,
  clock,
}: {
  readonly api: Pick<Api, "listEvents">;
  readonly clock: Clock;
}): EventFeed {
  const followers = new Set<Following>();
  const reading = new Semaphore(readAtOnce);
  let kept: StoredEvent[] = [];
  let keptChars = 0;
  /** All that came after this number is kept. */
  let floor = 0;
  const watch = createSeqWatch({
    list: (filter, page) => api.listEvents(filter, page),
    clock,
    onStart(lastSeq) {
      kept = [];
      keptChars = 0;
      floor = lastSeq;
    },
    async onFound(events) {
      keep(events);
      let told = 0;
      for (const follower of followers) {
        tell(follower, events);
        if (++told % toldAtOnce === 0) await nextTurn();
      }
    },
  });

  function keep(events: readonly StoredEvent[]): void {
    kept.push(...events);
    for (const event of events) keptChars += charsOf(event);
    let dropped = 0;
    for (const event of kept) {
      if (kept.length - dropped <= maxKept && keptChars <= maxKeptChars) break;
      keptChars -= charsOf(event);
      floor = event.seq;
      dropped++;
    }
    kept.splice(0, dropped);
  }

  /** One that waits has nothing left to find before these. */
  function tell(follower: Following, events: readonly StoredEvent[]): void {
    if (follower.wake === null) return;
    if (events.some((event) => event.seq > follower.seq && follower.isWanted(event))) return follower.wake();
    follower.seq = Math.max(follower.seq, events.at(-1)?.seq ?? 0);
  }

  function find({ seq, isWanted }: Following): FoundEvents | null {
    if (seq < floor) return null;
    return { events: keptAfter(kept, seq).filter(isWanted), upTo: Math.max(seq, watch.lastSeq) };
  }

  function wait(follower: Following, { ms, signal }: Parameters<Follower["wait"]>[0]): Promise<boolean> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(false);
      const found = find(follower);
      if (found === null || found.events.length > 0) return resolve(true);
      follower.seq = found.upTo;
      const end = (isThere: boolean): void => {
        follower.wake = null;
        timer.cancel();
        signal.removeEventListener("abort", stop);
        resolve(isThere);
      };
      const stop = (): void => end(false);
      const timer = clock.setTimer(ms, stop, { background: true });
      signal.addEventListener("abort", stop, { once: true });
      follower.wake = () => end(true);
    });
  }

  return {
    join: () => watch.join(),
    leave: () => watch.leave(),
    get lastSeq() {
      return watch.lastSeq;
    },
    waitBeyond: (seq, options) => watch.waitBeyond(seq, options),
    wake: () => watch.wake(),
    async read(filter, { after, limit }) {
      await reading.acquire();
      const newest = watch.lastSeq;
      try {
        const { items } = await api.listEvents({ ...filter, afterSeq: after }, { limit });
        const last = items.at(-1)?.seq ?? 0;
        return { events: items, upTo: items.length < limit ? Math.max(last, newest) : last };
      } catch {
        return null;
      } finally {
        reading.release();
      }
    },
    follow({ after, isWanted }) {
      const follower: Following = { seq: after, isWanted, wake: null };
      followers.add(follower);
      return {
        get seq() {
          return follower.seq;
        },
        find: () => find(follower),
        moveTo(seq) {
          follower.seq = Math.max(follower.seq, seq);
        },
        wait: (options) => wait(follower, options),
        end: () => void followers.delete(follower),
      };
    },
  };
}

function charsOf({ payload }: StoredEvent): number {
  return eventChars + (payload?.length ?? 0);
}

/** Numbers rise, so where it begins is found by halves. */
function keptAfter(kept: readonly StoredEvent[], seq: number): readonly StoredEvent[] {
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((kept[middle]?.seq ?? 0) > seq) high = middle;
    else low = middle + 1;
  }
  return kept.slice(low);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
