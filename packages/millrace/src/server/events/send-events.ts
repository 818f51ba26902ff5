/**
 * Sends a client what it wants of the events, by its number in the ledger. One that keeps up is sent what comes; one that is
 * behind is read the ledger, as fast as it takes it: never more than a part is kept for it, however slow it is.
 */

import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { EventFilter, StoredEvent } from "../../contract/records.ts";
import type { Clock } from "../../kit/clock.ts";
import { anySignal, timeoutSignal } from "../../kit/signal.ts";
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

export interface SendOptions {
  readonly filter: Pick<EventFilter, "flowRunIds" | "names">;
  /** The number after which it is asked to begin. */
  readonly after: number;
  /** Where it begins instead, because what comes after that number is gone; null where it is not. */
  readonly gap: number | null;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** How it says that it is open: comments are not shown to a browser's page. */
  readonly beats: "comments" | "events";
}

/** Resolves when the client is gone, or takes nothing any more, or the signal is aborted. Who has it send has joined the feed. */
export function createEventSender({
  clock,
  feed,
}: {
  readonly clock: Clock;
  readonly feed: EventFeed;
}): (response: ServerResponse, options: SendOptions) => Promise<void> {
  /** Each event is written once for all who follow it. */
  const messages = new WeakMap<StoredEvent, string>();

  /** As much of what was found as is sent in one go. */
  function takePart(follower: Follower, { events, upTo }: FoundEvents): { text: string; count: number } {
    let text = "";
    let count = 0;
    for (const event of events) {
      if (text.length > partChars) return { text, count };
      text += toText(event);
      count++;
      follower.moveTo(event.seq);
    }
    follower.moveTo(upTo);
    return { text, count };
  }

  function toText(event: StoredEvent): string {
    const known = messages.get(event);
    if (known !== undefined) return known;
    const text = toMessage(event);
    messages.set(event, text);
    return text;
  }

  /** False when the client takes nothing any more. */
  async function isDrained(response: ServerResponse, signal: AbortSignal): Promise<boolean> {
    using limit = timeoutSignal({ ms: drainLimitMs, clock });
    const until = anySignal([signal, limit.signal]);
    try {
      await once(response, "drain", until === undefined ? {} : { signal: until });
      return true;
    } catch {
      response.destroy();
      return false;
    }
  }

  return async (response, { filter, gap, signal, beats, ...asked }) => {
    const after = gap ?? asked.after;
    const beat = beats === "comments" ? toComment : toBeat;
    const follower = feed.follow({ after, isWanted: matchEvents(filter) });
    // At once: a server that stops cuts off what is open still, and the database may take its time to answer.
    signal.addEventListener("abort", () => response.end(), { once: true });
    response.write(`retry: 1000\n${beat(after, "connected")}${gap === null ? "" : toGap(gap)}`);
    let page = firstPage;
    try {
      while (!signal.aborted) {
        const found = follower.find() ?? (await feed.read(filter, { after: follower.seq, limit: page }));
        if (signal.aborted) return;
        if (found === null) {
          await clock.sleep(retryMs, signal).catch(() => undefined);
          continue;
        }
        const { text, count } = takePart(follower, found);
        if (count > 0) {
          page = Math.min(Math.max(count < found.events.length ? count + 1 : count * 2, leastPage), pageLimit);
          if (!response.write(text) && !(await isDrained(response, signal))) return;
          continue;
        }
        const isThere = await follower.wait({ ms: heartbeatMs, signal });
        if (!isThere && !signal.aborted) response.write(beat(follower.seq, "still here"));
      }
    } finally {
      follower.end();
    }
  };
}

function toComment(_after: number, words: string): string {
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
