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
import { nextTurn } from "../../kit/next-turn.ts";
import { Semaphore } from "../../kit/semaphore.ts";
import { createSeqWatch, type SeqWatch } from "./event-watch.ts";

/** What is kept, at most. There is as much again of what is sent of it. */
const maxKept = 2000;
const maxKeptChars = 2 * 2 ** 20;
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
  /** Calls back once when something comes that it wants. False when there is something to find already. */
  rest(onNews: () => void): boolean;
  /** Resolves with true when there is something to find, and with false when `ms` have passed or the signal is aborted. */
  wait(options: { readonly ms: number; readonly signal: AbortSignal }): Promise<boolean>;
  end(): void;
}

/** What followers have in common. */
interface Followed {
  readonly clock: Clock;
  readonly followers: Set<Following>;
  findAfter(seq: number, isWanted: Following["isWanted"]): FoundEvents | null;
}

/** There are as many as clients: none has a function of its own. */
class Following implements Follower {
  readonly #feed: Followed;
  readonly isWanted: (event: StoredEvent) => boolean;
  seq: number;
  /** While it rests. */
  wake: (() => void) | null = null;

  constructor(feed: Followed, { after, isWanted }: Parameters<EventFeed["follow"]>[0]) {
    this.#feed = feed;
    this.seq = after;
    this.isWanted = isWanted;
    feed.followers.add(this);
  }

  find(): FoundEvents | null {
    return this.#feed.findAfter(this.seq, this.isWanted);
  }

  moveTo(seq: number): void {
    this.seq = Math.max(this.seq, seq);
  }

  /** One that rests has nothing left to find before these. */
  tell(events: readonly StoredEvent[]): void {
    const { wake } = this;
    if (wake === null) return;
    if (events.some((event) => event.seq > this.seq && this.isWanted(event))) {
      this.wake = null;
      return wake();
    }
    this.moveTo(events.at(-1)?.seq ?? 0);
  }

  rest(onNews: () => void): boolean {
    const found = this.find();
    if (found === null || found.events.length > 0) return false;
    this.seq = found.upTo;
    this.wake = onNews;
    return true;
  }

  wait({ ms, signal }: { readonly ms: number; readonly signal: AbortSignal }): Promise<boolean> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(false);
      const end = (isThere: boolean): void => {
        this.wake = null;
        timer.cancel();
        signal.removeEventListener("abort", stop);
        resolve(isThere);
      };
      const stop = (): void => end(false);
      if (!this.rest(() => end(true))) return resolve(true);
      const timer = this.#feed.clock.setTimer(ms, stop, { background: true });
      signal.addEventListener("abort", stop, { once: true });
    });
  }

  end(): void {
    this.wake = null;
    this.#feed.followers.delete(this);
  }
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
        follower.tell(events);
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

  const followed: Followed = {
    clock,
    followers,
    findAfter(seq, isWanted) {
      if (seq < floor) return null;
      return { events: keptAfter(kept, seq).filter(isWanted), upTo: Math.max(seq, watch.lastSeq) };
    },
  };

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
    follow: (options) => new Following(followed, options),
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
