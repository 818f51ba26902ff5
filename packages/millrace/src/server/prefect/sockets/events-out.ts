/**
 * /events/out: a client says by a filter which events it wants, and gets those of the last minutes, if it wants them, and
 * then each as it comes, from whichever process. What comes is looked up and written once for all; a client that is behind is
 * read the ledger, by number from where it is, as fast as it takes the events: nothing is kept here for a slow one.
 */

import type { Api } from "../../../contract/api.ts";
import { createEventDescriber } from "../../../contract/event-facts.ts";
import type { Clock } from "../../../kit/clock.ts";
import type { EventFeed } from "../../events/event-feed.ts";
import { matchEvents } from "../../events/event-match.ts";
import { createEventMatch, toLedgerFilter } from "../mapping/event-filter.ts";
import { eventFilter, type EventFilter } from "../schemas/events.ts";
import type { PrefectSocket } from "./prefect-socket.ts";
import type { SocketRoute } from "./socket-hub.ts";
import { createSharedDescriber } from "./shared-describer.ts";
import { ignoreMessages, readStreamRequest } from "./stream-handshake.ts";

/** How far back a client may look, in ms. */
const maxPastMs = 15 * 60_000;
/** Events may be recorded so much later than they happened, in ms: they are out of order by that. */
const maxLateMs = 60_000;
/** Events of one question to the ledger. */
const pageSize = 100;
/** After the ledger did not answer, in ms. */
const retryMs = 1000;
/** How long nothing may come before the ledger is asked again, in ms. */
const restMs = 15_000;

export function eventsOut({
  api,
  clock,
  feed,
}: {
  readonly api: Api;
  readonly clock: Clock;
  readonly feed: EventFeed;
}): SocketRoute {
  const describe = createSharedDescriber(createEventDescriber({ api, clock }));

  async function stream(socket: PrefectSocket, given: EventFilter, after: number): Promise<void> {
    const since = Math.max(given.occurred.since ?? 0, clock.now() - maxPastMs);
    const filter: EventFilter = { ...given, order: "ASC", occurred: { ...given.occurred, since } };
    const ledgerFilter = toLedgerFilter(filter);
    const isMeant = createEventMatch(filter);
    const follower = feed.follow({ after, isWanted: matchEvents(ledgerFilter) });
    try {
      while (!socket.signal.aborted) {
        const found = follower.find() ?? (await feed.read(ledgerFilter, { after: follower.seq, limit: pageSize }));
        if (found === null) {
          await clock.sleep(retryMs, socket.signal).catch(() => undefined);
          continue;
        }
        for (const event of await describe(found.events)) {
          if (isMeant(event.shown)) await socket.send(event.text);
          follower.moveTo(event.seq);
        }
        follower.moveTo(found.upTo);
        if (found.events.length === 0) await follower.wait({ ms: restMs, signal: socket.signal });
      }
    } finally {
      follower.end();
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
      const newest = await feed.join();
      try {
        const since = Math.max(filter.occurred.since ?? 0, clock.now() - maxPastMs);
        const after = wantsPast ? await findSeqBefore(since - maxLateMs, newest) : newest;
        await Promise.all([ignoreMessages(socket), stream(socket, filter, after)]);
      } finally {
        feed.leave();
      }
    },
  };
}
