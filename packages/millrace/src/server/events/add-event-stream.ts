/**
 * GET /v1/events/stream: events as server-sent events, each with its sequence number as id. A client that reconnects says
 * the last id it has, and misses nothing. With `beats=1` the stream says that it is open, and that it still is, by events of the
 * type `beat`, whose data is the number it has come to: comments are not shown to a browser's page.
 *
 * A client that comes back too late, or to a ledger that was set back to an older one, is told so by an event of the type `gap`,
 * whose data is the number from which it goes on: what that has missed is to be read anew.
 */

import type { FastifyInstance, FastifyRequest } from "fastify";
import * as z from "zod";
import type { Api } from "../../contract/api.ts";
import { MillraceError } from "../../contract/errors.ts";
import { findLastSeq } from "../../contract/last-event.ts";
import { serverPolicies } from "../../contract/wire/v1-policies.ts";
import type { Clock } from "../../kit/clock.ts";
import { readCredential } from "../access/credentials.ts";
import type { Guard } from "../access/guard.ts";
import { createClientShares } from "../http/client-shares.ts";
import { createEventFeed, type EventFeed } from "./event-feed.ts";
import { createEventSender, type EventSending } from "./send-events.ts";

const seq = z.coerce.number().int().min(0);
const several = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => [value].flat())
  .optional();
const querySchema = z.object({
  after: seq.optional(),
  flowRunId: several,
  name: several,
  beats: z.literal("1").optional(),
});

const policy = serverPolicies.streamEvents;

export interface EventStreams {
  readonly open: number;
  readonly feed: EventFeed;
  /** Events may have been written. */
  wake(): void;
  /** Ends every stream. */
  close(): void;
}

export function addEventStream(
  app: FastifyInstance,
  options: {
    readonly api: Api;
    readonly clock: Clock;
    readonly max: number;
    /** Of one client. */
    readonly maxOfClient: number;
    /** Null where nobody is asked who they are. */
    readonly guard: Guard | null;
    /** Told of each that is refused, and by which limit. */
    readonly onRefused?: (limit: "client" | "server") => void;
  },
): EventStreams {
  const { api, clock, max, maxOfClient, guard, onRefused = () => undefined } = options;
  const shares = createClientShares({ max, maxOfClient, describe: (count) => `${count} streams are open`, onRefused });
  const feed = createEventFeed({ api, clock });
  const send = createEventSender({ clock, feed });
  const open = new Set<EventSending>();
  let isClosing = false;

  app.get(
    "/v1/events/stream",
    { config: { policy, action: "streamEvents", isExempt: true } },
    async (request, reply) => {
      const query = querySchema.safeParse(request.query);
      const lastId = seq.safeParse(request.headers["last-event-id"]);
      if (!query.success) throw new MillraceError("REQUEST_INVALID", { reason: z.prettifyError(query.error) });
      const { after, flowRunId, name, beats } = query.data;
      const filter = {
        ...(flowRunId === undefined ? {} : { flowRunIds: flowRunId }),
        ...(name === undefined ? {} : { names: name }),
      };
      const place = await enter(request);
      let from: { readonly after: number; readonly gap: number | null };
      try {
        from = await joinFrom(lastId.success ? lastId.data : after);
      } catch (error) {
        place.leave();
        throw error;
      }
      reply.hijack();
      const { raw } = reply;
      let isIn = true;
      const leave = (): void => {
        if (!isIn) return;
        isIn = false;
        feed.leave();
        place.leave();
      };
      if (isClosing || raw.destroyed || place.signal?.aborted === true) {
        raw.destroy();
        return leave();
      }
      let stream: EventSending;
      try {
        raw.writeHead(200, { ...headersOf(reply.getHeaders()), ...streamHeaders });
        // On their own: what is sent behind them would keep them as the many pieces that they were put together of.
        raw.flushHeaders();
        // The handler ends here, and with it all that the request needed until now: there may be ten thousand of these.
        stream = send(raw, {
          filter,
          ...from,
          beats: beats === undefined ? "comments" : "events",
          onEnd() {
            open.delete(stream);
            leave();
          },
        });
      } catch (error) {
        leave();
        raw.destroy();
        throw error;
      }
      open.add(stream);
      place.signal?.addEventListener("abort", () => stream.end(), { once: true });
    },
  );

  /** One of so many who may listen, as long as it may. @throws UNAUTHENTICATED, CLIENT_BUSY, SERVER_BUSY */
  async function enter(request: FastifyRequest): Promise<{ readonly signal: AbortSignal | undefined; leave(): void }> {
    const giveBack = shares.take(request.clientAddress);
    try {
      const admission = await guard?.admit(readCredential(request.headers), { policy, from: request.clientAddress });
      // It was let in a moment ago, and may not be here any more.
      if (admission === null) throw new MillraceError("UNAUTHENTICATED", { reason: "it may not listen any more" });
      return {
        signal: admission?.signal,
        leave() {
          admission?.end();
          giveBack();
        },
      };
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  /** Who joins must leave. @param asked the number after which the stream begins; with what comes when it is not told */
  async function joinFrom(asked: number | undefined): Promise<{ readonly after: number; readonly gap: number | null }> {
    const newest = await feed.join();
    try {
      const after = asked ?? newest;
      return { after, gap: await findGap(after, newest) };
    } catch (error) {
      feed.leave();
      throw error;
    }
  }

  /** Where it goes on instead; null where nothing after this number is missing. 0 is for what there is, however much that is. */
  async function findGap(after: number, known: number): Promise<number | null> {
    if (after === 0 || after === known) return null;
    if (after > known) {
      // The feed may be behind what this client was sent.
      const newest = await findLastSeq(api);
      return after > newest ? newest : null;
    }
    const [oldest] = (await api.listEvents({}, { limit: 1 })).items;
    return oldest !== undefined && oldest.seq > after + 1 ? oldest.seq - 1 : null;
  }

  return {
    get open() {
      return shares.taken;
    },
    feed,
    wake: () => feed.wake(),
    close() {
      isClosing = true;
      for (const stream of open) stream.end();
    },
  };
}

const streamHeaders = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  // Proxies would collect it otherwise.
  "x-accel-buffering": "no",
} as const;

/** What hooks have set. */
function headersOf(headers: Readonly<Record<string, number | string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
