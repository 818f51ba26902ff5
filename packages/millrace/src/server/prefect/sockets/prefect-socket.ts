/**
 * One WebSocket with a client: messages in order, as fast as they are handled and no faster.
 *
 *   open ──messages/batches──▶ handled one after the other ──close, or the client goes──▶ closed (`signal` is aborted)
 *
 * When too much waits to be handled, nothing more is read from the connection, so that the client has to wait. A client's
 * ping is answered when all that it sent before has been handled: for a client that forgets what was confirmed, a pong is a
 * receipt.
 */

import type { RawData, WebSocket } from "ws";
import type { Clock, Timer } from "../../../kit/clock.ts";

export interface PrefectSocket {
  /** What the client sends, one by one. Asking for the next one says that the last one has been handled. Read once only. */
  messages(): AsyncIterable<string>;
  /**
   * The same, but all that is there at once, at most `maxItems`. Never empty. The next comes `gatherMs` after the one before
   * at the earliest, so that what trickles in is handled together, unless it is full or the client waits for a pong.
   */
  batches(options: { readonly maxItems: number; readonly gatherMs?: number }): AsyncIterable<readonly string[]>;
  /** Resolves when there is room for more; at once for a client that reads. Rejects when the socket is closed. */
  send(text: string): Promise<void>;
  /** Default: 1000, all is well. */
  close(code?: number, reason?: string): void;
  /** Aborted when the socket is closed, by whichever side. */
  readonly signal: AbortSignal;
}

/** What may wait to be handled before reading stops. */
const maxWaitingItems = 1000;
const maxWaitingBytes = 4 * 2 ** 20;
/** What may wait to be sent before the sender has to wait, in bytes. */
const maxUnsentBytes = 256 * 1024;
/** A client that does not take what it is sent for so long is let go. In ms. */
const drainLimitMs = 30_000;
/** A ping that is not answered so long is answered though what came before is not handled: clients hang up after 20 s. */
const longestPongMs = 15_000;
/** Silence of a client after which it is asked whether it is there; let go after another. In ms. */
const silenceMs = 30_000;
/** The longest reason that a close frame holds, in bytes. */
const maxReasonBytes = 123;

interface Waiting {
  readonly text: string;
  readonly sizeBytes: number;
}

/** Reading begins at once. */
export function createPrefectSocket(socket: WebSocket, clock: Clock): PrefectSocket {
  const closed = new AbortController();
  const waiting: Waiting[] = [];
  const pings: { readonly data: Buffer; readonly after: number; readonly timer: Timer }[] = [];
  let waitingBytes = 0;
  let received = 0;
  let handled = 0;
  let taken = 0;
  let wake: (() => void) | null = null;
  /** While messages gather: ends it, which a full batch does too. */
  let gathering: { readonly end: () => void; readonly maxItems: number } | null = null;
  let isPaused = false;
  let isSilent = false;
  let silence = watchSilence();

  socket.on("message", (data, isBinary) => {
    isSilent = false;
    if (isBinary) return socket.close(1003, "text is expected");
    const text = toText(data);
    const sizeBytes = Buffer.byteLength(text);
    waiting.push({ text, sizeBytes });
    waitingBytes += sizeBytes;
    received++;
    if (!isPaused && (waiting.length >= maxWaitingItems || waitingBytes >= maxWaitingBytes)) {
      isPaused = true;
      socket.pause();
    }
    if (gathering !== null && waiting.length >= gathering.maxItems) gathering.end();
    wake?.();
  });
  socket.on("ping", (data) => {
    isSilent = false;
    const after = received;
    const timer = clock.setTimer(longestPongMs, () => answerPings(after), { background: true });
    pings.push({ data, after, timer });
    answerPings(handled);
    gathering?.end();
  });
  socket.on("pong", () => void (isSilent = false));
  // What is wrong with a connection closes it, and "close" tells.
  socket.on("error", () => undefined);
  socket.on("close", () => {
    silence.cancel();
    for (const { timer } of pings) timer.cancel();
    closed.abort(new Error("The socket is closed"));
    gathering?.end();
    wake?.();
  });

  function watchSilence(): Timer {
    return clock.setTimer(
      silenceMs,
      () => {
        if (isSilent && !isPaused) return socket.terminate();
        isSilent = true;
        if (socket.readyState === socket.OPEN) socket.ping();
        silence = watchSilence();
      },
      { background: true },
    );
  }

  /** Those that were sent when no more than `count` messages had come. */
  function answerPings(count: number): void {
    while (pings[0] !== undefined && pings[0].after <= count) {
      const ping = pings.shift();
      ping?.timer.cancel();
      if (ping !== undefined && socket.readyState === socket.OPEN) socket.pong(ping.data);
    }
  }

  async function* batches({
    maxItems,
    gatherMs = 0,
  }: {
    readonly maxItems: number;
    readonly gatherMs?: number;
  }): AsyncGenerator<readonly string[]> {
    let openAt = Number.NEGATIVE_INFINITY;
    for (;;) {
      handled = taken;
      answerPings(handled);
      if (waiting.length === 0) {
        if (closed.signal.aborted) return;
        await new Promise<void>((resolve) => (wake = resolve));
        wake = null;
        continue;
      }
      const restMs = openAt - clock.monotonic();
      if (restMs > 0 && waiting.length < maxItems && pings.length === 0 && !closed.signal.aborted) {
        await gather(restMs, maxItems);
        continue;
      }
      openAt = clock.monotonic() + gatherMs;
      const batch = waiting.splice(0, maxItems);
      taken += batch.length;
      for (const { sizeBytes } of batch) waitingBytes -= sizeBytes;
      if (isPaused && waiting.length < maxWaitingItems / 2 && waitingBytes < maxWaitingBytes / 2) {
        isPaused = false;
        socket.resume();
      }
      yield batch.map(({ text }) => text);
    }
  }

  async function gather(ms: number, maxItems: number): Promise<void> {
    const ended = new AbortController();
    gathering = { end: () => ended.abort(), maxItems };
    await clock.sleep(ms, ended.signal).catch(() => undefined);
    gathering = null;
  }

  async function send(text: string): Promise<void> {
    closed.signal.throwIfAborted();
    const sent = new Promise<void>((resolve, reject) =>
      socket.send(text, (error) => (error === undefined || error === null ? resolve() : reject(error))),
    );
    if (socket.bufferedAmount < maxUnsentBytes) {
      sent.catch(() => undefined);
      return;
    }
    const limit = clock.setTimer(drainLimitMs, () => socket.terminate(), { background: true });
    try {
      await sent;
    } finally {
      limit.cancel();
    }
  }

  return {
    async *messages() {
      for await (const batch of batches({ maxItems: 1 })) yield* batch;
    },
    batches,
    send,
    close: (code = 1000, reason = "") => socket.close(code, cutToBytes(reason, maxReasonBytes)),
    signal: closed.signal,
  };
}

function toText(data: RawData): string {
  return Array.isArray(data) ? Buffer.concat(data).toString("utf8") : Buffer.from(data as Buffer).toString("utf8");
}

function cutToBytes(text: string, maxBytes: number): string {
  let cut = text;
  while (Buffer.byteLength(cut) > maxBytes) cut = cut.slice(0, -1);
  return cut;
}
