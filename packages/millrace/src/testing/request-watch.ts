/** HTTP requests that the process has under way, by what Node tells of them: virtual time waits for their answers. */

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { systemClock } from "../kit/clock.ts";

/** A request that takes longer than this may never be answered: time passes, so that it can time out. In ms of real time. */
const patienceMs = 1000;

/** https://nodejs.org/api/diagnostics_channel.html#built-in-channels; those of fetch are undici's. */
const beginnings = ["undici:request:create", "http.client.request.start"];
const ends = [
  "undici:request:trailers",
  "undici:request:error",
  "http.client.response.finish",
  "http.client.request.error",
];

export interface RequestWatch {
  /** A request waits for its answer, and not for long yet. */
  readonly isWaiting: boolean;
  close(): void;
}

export function watchRequests(): RequestWatch {
  const startedAt = new Map<unknown, number>();
  const onStart = (message: unknown): void => void startedAt.set(requestOf(message), systemClock.monotonic());
  const onEnd = (message: unknown): void => void startedAt.delete(requestOf(message));
  for (const name of beginnings) subscribe(name, onStart);
  for (const name of ends) subscribe(name, onEnd);
  return {
    get isWaiting() {
      const since = systemClock.monotonic() - patienceMs;
      return startedAt.size > 0 && [...startedAt.values()].some((at) => at > since);
    },
    close() {
      for (const name of beginnings) unsubscribe(name, onStart);
      for (const name of ends) unsubscribe(name, onEnd);
    },
  };
}

function requestOf(message: unknown): unknown {
  return (message as { readonly request?: unknown }).request;
}
