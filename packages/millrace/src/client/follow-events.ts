/** The server's stream of events: what it tells, as it happens. */

import type { StoredEvent } from "../contract/records.ts";
import { type Clock, systemClock } from "../kit/clock.ts";

/** Before the stream is opened again after it has ended, in ms: first so long, then twice as long, up to the last. */
const firstWaitMs = 250;
const lastWaitMs = 10_000;
/** Characters of an event: far more than one of ours has. Whoever answers may never end a line. */
export const maxEventChars = 8 * 2 ** 20;

export interface FollowOptions {
  /** Where the server is, as of `createClient`. */
  readonly url: string;
  /** As of `createClient`. */
  readonly token?: string;
  /** Only events of these names. */
  readonly names?: readonly string[];
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: StoredEvent) => void;
  /** The stream has been opened; when it is not the first time, what was told meanwhile comes first. */
  readonly onOpen?: () => void;
  /** Events that were to come next are not in the ledger any more: the rest comes, and what they told is to be read anew. */
  readonly onGap?: () => void;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
}

/**
 * Follows events from now on until the signal is aborted, over any number of connections; misses none once it is open, but for those
 * that the ledger has deleted before they could be told.
 */
export async function followEvents(options: FollowOptions): Promise<void> {
  const { url, token, names = [], signal, onEvent, clock = systemClock } = options;
  const { onOpen = () => undefined, onGap = () => undefined } = options;
  const send = options.fetch ?? fetch;
  // By its beats the stream tells where it begins, so that a break before the first event misses none.
  const query = new URLSearchParams([["beats", "1"], ...names.map((name): [string, string] => ["name", name])]);
  const address = `${url.replace(/\/$/, "")}/v1/events/stream?${query.toString()}`;
  let lastSeq: number | null = null;
  let waitMs = firstWaitMs;
  while (!signal.aborted) {
    try {
      const { ok, body } = await send(address, {
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(lastSeq === null ? {} : { "last-event-id": String(lastSeq) }),
        },
        // Whoever answers may lead elsewhere, where the key does not belong.
        redirect: "manual",
        signal,
      });
      if (ok && body !== null) {
        let isOpen = false;
        for await (const { type, data } of readMessages(body)) {
          if (!isOpen) {
            waitMs = firstWaitMs;
            isOpen = true;
            onOpen();
          }
          if (type === "beat") {
            lastSeq = Math.max(lastSeq ?? 0, Number(data));
          } else if (type === "gap") {
            lastSeq = Number(data);
            onGap();
          } else {
            const event = JSON.parse(data) as StoredEvent;
            lastSeq = event.seq;
            onEvent(event);
          }
        }
      }
    } catch {
      // The server is gone, or lets us go; it is asked again.
    }
    await clock.sleep(waitMs, signal).catch(() => undefined);
    waitMs = Math.min(waitMs * 2, lastWaitMs);
  }
}

interface StreamMessage {
  /** "message" is an event of the ledger. */
  readonly type: string;
  readonly data: string;
}

/** Server-sent events, of which each has one line of data; one that was cut off is none. */
async function* readMessages(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<StreamMessage> {
  let rest = "";
  let type = "message";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const lines = text.split("\n");
    lines[0] = rest + (lines[0] ?? "");
    rest = lines.pop() ?? "";
    if (rest.length > maxEventChars) throw new Error("an event has no end");
    for (const line of lines) {
      if (line.startsWith("event: ")) type = line.slice("event: ".length);
      if (!line.startsWith("data: ")) continue;
      yield { type, data: line.slice("data: ".length) };
      type = "message";
    }
  }
}
