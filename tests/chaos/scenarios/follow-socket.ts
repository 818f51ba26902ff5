/** Follows events by Prefect's socket as its client does: asks from a time again after each break, and counts an event once by its id. */

import { setTimeout as delay } from "node:timers/promises";

export interface FollowSocketOptions {
  readonly url: string;
  readonly name: string;
  /** In Prefect's form. */
  readonly since: string;
  readonly signal: AbortSignal;
  readonly onEvent: (id: string) => void;
}

const againAfterMs = 200;

interface Message {
  readonly type: string;
  readonly event?: { readonly id: string };
}

/** Resolves when the signal is aborted. */
export async function followSocket({ url, name, since, signal, onEvent }: FollowSocketOptions): Promise<void> {
  const seen = new Set<string>();
  while (!signal.aborted) {
    const socket = new WebSocket(`${url.replace("http", "ws")}/api/events/out`, "prefect");
    const end = (): void => socket.close();
    signal.addEventListener("abort", end, { once: true });
    await new Promise<void>((resolve) => {
      socket.addEventListener("open", () => socket.send('{"type":"auth","token":null}'));
      socket.addEventListener("message", ({ data }) => {
        const { type, event } = JSON.parse(String(data)) as Message;
        if (type === "auth_success") {
          const filter = { event: { name: [name] }, occurred: { since } };
          socket.send(JSON.stringify({ type: "filter", filter, backfill: true }));
        }
        if (event === undefined || seen.has(event.id)) return;
        seen.add(event.id);
        onEvent(event.id);
      });
      socket.addEventListener("error", () => resolve());
      socket.addEventListener("close", () => resolve());
    });
    signal.removeEventListener("abort", end);
    await delay(againAfterMs);
  }
}
