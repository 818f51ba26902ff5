/**
 * /events/out: a client says by a filter which events it wants, and gets those of the last minutes, if it wants them, and
 * then each as it comes, from whichever process. The ledger is read by number from where the client is, as fast as it takes
 * the events; nothing is kept here for a slow one.
 */

import type { Api } from "../../../contract/api.ts";
import { createEventDescriber } from "../../../contract/event-facts.ts";
import type { StoredEvent } from "../../../contract/records.ts";
import type { Clock } from "../../../kit/clock.ts";
import type { EventWatch } from "../../events/event-watch.ts";
import { toPrefectEvent } from "../mapping/event.ts";
import { createEventMatch, toLedgerFilter } from "../mapping/event-filter.ts";
import { eventFilter, type EventFilter } from "../schemas/events.ts";
import type { PrefectSocket } from "./prefect-socket.ts";
import type { SocketRoute } from "./socket-hub.ts";
import { ignoreMessages, readStreamRequest } from "./stream-handshake.ts";

/** How far back a client may look, in ms. */
const maxPastMs = 15 * 60_000;
/** Events may be recorded so much later than they happened, in ms: they are out of order by that. */
const maxLateMs = 60_000;
/** Events of one question to the ledger. */
const pageSize = 500;
/** How long nothing may come before the ledger is asked again, in ms. */
const restMs = 15_000;

export function eventsOut({
  api,
  clock,
  watch,
}: {
  readonly api: Api;
  readonly clock: Clock;
  readonly watch: EventWatch;
}): SocketRoute {
  const describer = createEventDescriber({ api, clock });

  async function stream(socket: PrefectSocket, given: EventFilter, after: number): Promise<void> {
    const since = Math.max(given.occurred.since ?? 0, clock.now() - maxPastMs);
    const filter: EventFilter = { ...given, order: "ASC", occurred: { ...given.occurred, since } };
    const ledgerFilter = toLedgerFilter(filter);
    const isMeant = createEventMatch(filter);
    let from = after;
    while (!socket.signal.aborted) {
      const known = watch.lastSeq;
      const items = await read({ ...ledgerFilter, afterSeq: from });
      if (items === null || items.length === 0) {
        await watch.waitBeyond(known, { ms: restMs, signal: socket.signal });
        continue;
      }
      for (const event of await describer.describe(items)) {
        const sent = toPrefectEvent(event);
        if (isMeant(sent)) await socket.send(JSON.stringify({ type: "event", event: sent }));
      }
      from = items.at(-1)?.seq ?? from;
    }
  }

  /** Null when the database does not answer now. */
  async function read(filter: Parameters<Api["listEvents"]>[0]): Promise<readonly StoredEvent[] | null> {
    try {
      return (await api.listEvents(filter, { limit: pageSize })).items;
    } catch {
      return null;
    }
  }

  /** The number after which events of this time and later are found; by halves, for numbers rise with time. */
  async function findSeqBefore(at: number, lastSeq: number): Promise<number> {
    let low = 0;
    let high = lastSeq;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [next] = (await api.listEvents({ afterSeq: middle }, { limit: 1 })).items;
      if (next === undefined || next.at >= at) high = middle;
      else low = next.seq;
    }
    return low;
  }

  return {
    path: "/api/events/out",
    policy: { role: "viewer", does: "read" },
    async open(socket) {
      const request = await readStreamRequest(socket, eventFilter);
      if (request === null) return;
      const { filter, wantsPast } = request;
      const newest = await watch.join();
      try {
        const since = Math.max(filter.occurred.since ?? 0, clock.now() - maxPastMs);
        const after = wantsPast ? await findSeqBefore(since - maxLateMs, newest) : newest;
        await Promise.all([ignoreMessages(socket), stream(socket, filter, after)]);
      } finally {
        watch.leave();
      }
    },
  };
}
