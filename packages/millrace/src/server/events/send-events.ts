/**
 * Sends clients what they want of the events, each by its number in the ledger. One that keeps up is sent what comes; one that is
 * behind is read the ledger, as fast as it takes it: never more than a part is kept for it, however slow it is.
 *
 *   level ──something it wants comes──▶ sent a part ──the client takes it──▶ the next, or level
 *                                           └──not within 30 s──▶ let go
 *
 * There may be ten thousand of them, of which most rest: one that rests has no promise, no timer and no closure of its own.
 */

import type { ServerResponse } from "node:http";
import type { EventFilter, StoredEvent } from "../../contract/records.ts";
import type { Clock, Timer } from "../../kit/clock.ts";
import { nextTurn } from "../../kit/next-turn.ts";
import type { EventFeed, Follower, FoundEvents } from "./event-feed.ts";
import { matchEvents } from "./event-match.ts";

/** Events of one question to the ledger, at most, for a client that is behind. */
const pageLimit = 500;
/** Of the first, and the fewest: a client that takes few of a page is read as few the next time. */
const firstPage = 50;
const leastPage = 8;
/** What is sent in one go, in characters, and one event more: the rest waits in the ledger until the client has that. */
const partChars = 32 * 1024;
/** A line that says nothing, so that proxies and clients see that the stream is alive. In ms. */
const heartbeatMs = 15_000;
/** After the database did not answer, in ms. */
const retryMs = 1000;
/** A client that does not take what it is sent for so long is let go. In ms. */
const drainLimitMs = 30_000;
/** How often it is looked which streams are silent, and which take nothing. In ms. */
const lookEveryMs = 1000;
/** Streams that are looked at in one turn of the event loop. */
const lookedAtOnce = 250;

export interface SendOptions {
  readonly filter: Pick<EventFilter, "flowRunIds" | "names">;
  /** The number after which it is asked to begin. */
  readonly after: number;
  /** Where it begins instead, because what comes after that number is gone; null where it is not. */
  readonly gap: number | null;
  /** How it says that it is open: comments are not shown to a browser's page. */
  readonly beats: "comments" | "events";
  /** Told once when it has ended: when the client is gone, or takes nothing any more, or it was ended. */
  readonly onEnd: () => void;
}

export interface EventSending {
  end(): void;
}

/** Who has it send has joined the feed. */
export type EventSender = (response: ServerResponse, options: SendOptions) => EventSending;

export function createEventSender({ clock, feed }: { readonly clock: Clock; readonly feed: EventFeed }): EventSender {
  const streams = new Set<Stream>();
  /** Each event is written once for all who follow it. */
  const messages = new WeakMap<StoredEvent, string>();
  let looking: Timer | null = null;

  function toText(event: StoredEvent): string {
    const known = messages.get(event);
    if (known !== undefined) return known;
    const text = toMessage(event);
    messages.set(event, text);
    return text;
  }

  function lookLater(): void {
    looking ??= clock.setTimer(lookEveryMs, () => void look(), { background: true });
  }

  async function look(): Promise<void> {
    const now = clock.monotonic();
    let looked = 0;
    for (const stream of streams) {
      stream.look(now);
      if (++looked % lookedAtOnce === 0) await nextTurn();
    }
    looking = null;
    if (streams.size > 0) lookLater();
  }

  return (response, options) => {
    const stream = new Stream({ response, options, feed, clock, toText, onEnd: () => streams.delete(stream) });
    streams.add(stream);
    lookLater();
    stream.begin();
    return stream;
  };
}

interface StreamParts {
  readonly response: ServerResponse;
  readonly options: SendOptions;
  readonly feed: EventFeed;
  readonly clock: Clock;
  readonly toText: (event: StoredEvent) => string;
  readonly onEnd: () => void;
}

/** What one client is sent. */
class Stream implements EventSending {
  readonly #parts: StreamParts;
  readonly #follower: Follower;
  /** `busy`: the ledger is read for it, or is waited for. */
  #state: "level" | "busy" | "draining" | "ended" = "busy";
  /** When it was last written to, by the monotonic clock. */
  #writtenAt = 0;
  #page = firstPage;
  readonly #onNews = (): void => this.#send(null);

  constructor(parts: StreamParts) {
    const { response, feed, options } = parts;
    this.#parts = parts;
    this.#follower = feed.follow({ after: options.gap ?? options.after, isWanted: matchEvents(options.filter) });
    response.on("drain", () => {
      if (this.#state === "draining") this.#send(null);
    });
    response.once("close", () => this.end());
  }

  begin(): void {
    const { options } = this.#parts;
    const gap = options.gap === null ? "" : toGap(options.gap);
    this.#write(`retry: 1000\n${this.#toBeat("connected")}${gap}`);
    this.#send(null);
  }

  /** Says that it is there when it has been silent for a while, and lets go a client that takes nothing. */
  look(now: number): void {
    const silentMs = now - this.#writtenAt;
    if (this.#state === "draining" && silentMs >= drainLimitMs) {
      this.#parts.response.destroy();
      this.end();
    } else if (this.#state === "level" && silentMs >= heartbeatMs) {
      this.#write(this.#toBeat("still here"));
    }
  }

  end(): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    const { response, options, onEnd } = this.#parts;
    this.#follower.end();
    response.end();
    onEnd();
    options.onEnd();
  }

  #toBeat(words: string): string {
    return this.#parts.options.beats === "comments" ? toComment(words) : toBeat(this.#follower.seq, words);
  }

  /** Sends part after part until the client has to take them first, or there is no more. @param given what the ledger has for it */
  #send(given: FoundEvents | null): void {
    const follower = this.#follower;
    for (let found = given; this.#state !== "ended"; found = null) {
      found ??= follower.find();
      if (found === null) return this.#read();
      const isRoom = this.#sendPart(found);
      if (isRoom === false) {
        this.#state = "draining";
        return;
      }
      if (isRoom === null && follower.rest(this.#onNews)) {
        this.#state = "level";
        return;
      }
    }
  }

  /** As much of what was found as is sent in one go. Whether there is room for more; null when there was nothing. */
  #sendPart({ events, upTo }: FoundEvents): boolean | null {
    const follower = this.#follower;
    const { toText } = this.#parts;
    let text = "";
    let count = 0;
    for (const event of events) {
      if (text.length > partChars) break;
      text += toText(event);
      count++;
      follower.moveTo(event.seq);
    }
    if (count === events.length) follower.moveTo(upTo);
    if (count === 0) return null;
    this.#page = Math.min(Math.max(count < events.length ? count + 1 : count * 2, leastPage), pageLimit);
    return this.#write(text);
  }

  #read(): void {
    const { feed, options, clock } = this.#parts;
    this.#state = "busy";
    void feed.read(options.filter, { after: this.#follower.seq, limit: this.#page }).then((found) => {
      if (found !== null) return this.#send(found);
      clock.setTimer(retryMs, () => this.#send(null), { background: true });
    });
  }

  #write(text: string): boolean {
    this.#writtenAt = this.#parts.clock.monotonic();
    return this.#parts.response.write(text);
  }
}

function toComment(words: string): string {
  return `: ${words}\n\n`;
}

function toBeat(after: number, words: string): string {
  return `: ${words}\nevent: beat\ndata: ${after}\n\n`;
}

function toGap(after: number): string {
  return `event: gap\ndata: ${after}\n\n`;
}

function toMessage(event: StoredEvent): string {
  return `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`;
}
