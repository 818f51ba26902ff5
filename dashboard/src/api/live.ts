/**
 * What happens on the server, as it happens: one stream for the page, read on from the last event after any break.
 *
 *   connecting ──says so──▶ live ──breaks──▶ reconnecting ──says so──▶ live
 *        │ silent, as behind a proxy that collects answers
 *        ▼
 *     polling: asks for what is new every two seconds
 *
 * While nobody looks (the tab is hidden) the stream is closed, so that many tabs do not use up the browser's connections.
 * Where nobody has come in there is none; whoever comes in begins with the events of that moment.
 */

import type { StoredEvent } from "millrace/client";
import { useSyncExternalStore } from "react";
import { api, baseUrl } from "./api.ts";
import { forgetGone } from "./gone.ts";
import { lookAgain, onSession, whoIsIn } from "./session.ts";

export type LiveState = "connecting" | "live" | "polling" | "reconnecting" | "paused";

type Listener = (events: readonly StoredEvent[]) => void;

/** Events are handed on together, in ms. */
const gatherMs = 250;
/** The server says something at least every 15 s; whoever hears nothing so long tries again. In ms. */
const silenceMs = 40_000;
/** Within this a stream that gets through has said that it is open, in ms. */
const helloLimitMs = 5000;
const pollMs = 2000;
const hiddenMs = 20_000;
const pollLimit = 1000;

const listeners = new Set<Listener>();
const comebacks = new Set<() => void>();
const watchers = new Set<() => void>();
let state: LiveState = "connecting";
let lastSeq: number | null = null;
let source: EventSource | null = null;
let gathered: StoredEvent[] = [];
let gathering: ReturnType<typeof setTimeout> | null = null;
let watchdog: ReturnType<typeof setTimeout> | null = null;
let polling: ReturnType<typeof setTimeout> | null = null;
let hiding: ReturnType<typeof setTimeout> | null = null;
let waitMs = 500;
let whose: string | null = null;
/** Counts up whenever what was begun is over. */
let turn = 0;

function enter(next: LiveState): void {
  if (next === state) return;
  const isBack = (next === "live" || next === "polling") && state !== "connecting";
  state = next;
  for (const watcher of watchers) watcher();
  // What other servers or restores have changed meanwhile may have no event.
  if (isBack) for (const comeback of comebacks) comeback();
}

function handOn(): void {
  gathering = null;
  const events = gathered;
  gathered = [];
  for (const listener of listeners) listener(events);
}

function take(event: StoredEvent): void {
  if (lastSeq !== null && event.seq <= lastSeq) return;
  lastSeq = event.seq;
  gathered.push(event);
  gathering ??= setTimeout(handOn, gatherMs);
}

/** The ledger was put back to what it once was, or is another: its numbers begin lower, and nothing known holds. */
function startOver(seq: number): void {
  lastSeq = seq;
  gathered = [];
  forgetGone();
  for (const comeback of comebacks) comeback();
}

function watch(ms: number, onSilence: () => void): void {
  if (watchdog !== null) clearTimeout(watchdog);
  watchdog = setTimeout(onSilence, ms);
}

function stop(): void {
  turn++;
  source?.close();
  source = null;
  for (const timer of [watchdog, polling]) if (timer !== null) clearTimeout(timer);
  watchdog = null;
  polling = null;
}

function open(): void {
  stop();
  if (whose === null) return;
  const address = new URL("v1/events/stream", baseUrl);
  address.searchParams.set("beats", "1");
  if (lastSeq !== null) address.searchParams.set("after", String(lastSeq));
  const opened = new EventSource(address);
  source = opened;
  let hasSaid = false;
  watch(helloLimitMs, () => void poll());
  opened.addEventListener("beat", (message: MessageEvent<string>) => {
    hasSaid = true;
    waitMs = 500;
    // Where the stream begins, so that a break before the first event misses none.
    const at = Number(message.data);
    if (lastSeq !== null && at < lastSeq) startOver(at);
    lastSeq ??= at;
    watch(silenceMs, open);
    enter("live");
  });
  // What was deleted before it could be told, or the ledger was set back: what is shown is read anew.
  opened.addEventListener("gap", (message: MessageEvent<string>) => {
    lastSeq = Number(message.data);
    for (const comeback of comebacks) comeback();
  });
  opened.addEventListener("message", (message: MessageEvent<string>) => {
    watch(silenceMs, open);
    take(JSON.parse(message.data) as StoredEvent);
  });
  opened.addEventListener("error", () => {
    opened.close();
    if (source !== opened) return;
    enter(hasSaid || state !== "connecting" ? "reconnecting" : "connecting");
    watch(waitMs, () => void reopen());
    waitMs = Math.min(waitMs * 2, 8000);
  });
}

/** A stream also breaks when who reads it may not be here any more. */
async function reopen(): Promise<void> {
  const own = turn;
  await lookAgain();
  if (turn === own) open();
}

/** For where a stream does not get through. Every so often it is tried again. */
async function poll(): Promise<void> {
  stop();
  const own = turn;
  const startedAt = Date.now();
  const ask = async (): Promise<void> => {
    try {
      const [newest] = (await api.listEvents({ order: "newest-first" }, { limit: 1 })).items;
      if (turn !== own) return;
      const newestSeq = newest?.seq ?? 0;
      lastSeq ??= newestSeq;
      if (newestSeq < lastSeq) startOver(newestSeq);
      else if (newestSeq > lastSeq) {
        const { items } = await api.listEvents({ afterSeq: lastSeq }, { limit: pollLimit });
        if (turn !== own) return;
        for (const event of items) take(event);
      }
      enter("polling");
    } catch {
      if (turn !== own) return;
      enter("reconnecting");
    }
    if (Date.now() - startedAt > 60_000) return open();
    polling = setTimeout(() => void ask(), pollMs);
  };
  await ask();
}

/** Somebody has come in, or gone. */
function follow(): void {
  const next = whoIsIn();
  if (next === whose) return;
  whose = next;
  lastSeq = null;
  gathered = [];
  enter("connecting");
  open();
}

export function startLive(): void {
  follow();
  onSession(follow);
  document.addEventListener("visibilitychange", () => {
    if (hiding !== null) clearTimeout(hiding);
    hiding = null;
    if (!document.hidden) {
      if (state === "paused") open();
      return;
    }
    hiding = setTimeout(() => {
      stop();
      enter("paused");
    }, hiddenMs);
  });
  addEventListener("online", open);
}

/** Calls back with what has happened, some four times a second at most. */
export function onEvents(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Calls back when the server is heard again after it was not. */
export function onComeback(listener: () => void): () => void {
  comebacks.add(listener);
  return () => comebacks.delete(listener);
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => state,
  );
}
