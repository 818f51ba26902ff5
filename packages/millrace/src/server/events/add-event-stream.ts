/**
 * GET /v1/events/stream: events as server-sent events, each with its sequence number as id. A client that reconnects says
 * the last id it has, and misses nothing: the stream is read from the ledger, page by page, as fast as the client takes it.
 * So nothing is kept here for a slow client. A number that the ledger has not come to is of one that was put back since, or of
 * another: the stream begins with what happens now, and the first beat says so. With `beats=1` the stream says that it is open, and that it still is, by events
 * of the type `beat`, whose data is the number it has come to: comments are not shown to a browser's page.
 */

import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import * as z from "zod";
import type { Api } from "../../contract/api.ts";
import { findLastSeq } from "../../contract/last-event.ts";
import { MillraceError } from "../../contract/errors.ts";
import type { StoredEvent } from "../../contract/records.ts";
import { serverPolicies } from "../../contract/wire/v1-policies.ts";
import type { Clock } from "../../kit/clock.ts";
import { anySignal, timeoutSignal } from "../../kit/signal.ts";
import { readCredential } from "../access/credentials.ts";
import type { Guard } from "../access/guard.ts";
import { createClientShares } from "../http/client-shares.ts";
import { createEventWatch, type EventWatch } from "./event-watch.ts";

const pageLimit = 500;
/** A line that says nothing, so that proxies and clients see that the stream is alive. In ms. */
const heartbeatMs = 15_000;
/** A client that does not take what it is sent for so long is let go. In ms. */
const drainLimitMs = 30_000;

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
  readonly watch: EventWatch;
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
  const watch = createEventWatch({ api, clock });
  const closing = new AbortController();

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
      const giveBack = shares.take(request.clientAddress);
      const gone = new AbortController();
      reply.raw.once("close", () => gone.abort());
      const admission = await guard?.admit(readCredential(request.headers), { policy, from: request.clientAddress });
      // It was let in a moment ago, and may not be here any more.
      if (admission === null) throw new MillraceError("UNAUTHENTICATED", { reason: "it may not listen any more" });
      const mayStay = admission === undefined ? [] : [admission.signal];
      const signal = AbortSignal.any([gone.signal, closing.signal, ...mayStay]);
      try {
        const newest = await watch.join();
        try {
          reply.hijack();
          reply.raw.writeHead(200, { ...headersOf(reply.getHeaders()), ...streamHeaders });
          const beat = beats === undefined ? toComment : toBeat;
          const asked = lastId.success ? lastId.data : after;
          await send(reply.raw, { filter, after: await toStart(asked, newest), signal, beat });
        } finally {
          watch.leave();
        }
      } finally {
        admission?.end();
        giveBack();
        if (reply.sent) reply.raw.end();
      }
    },
  );

  async function toStart(asked: number | undefined, newest: number): Promise<number> {
    if (asked === undefined || asked <= newest) return asked ?? newest;
    // What is known here may be a moment old.
    return Math.min(asked, await findLastSeq(api));
  }

  async function send(
    response: ServerResponse,
    options: {
      readonly filter: Omit<Parameters<Api["listEvents"]>[0], "afterSeq">;
      readonly after: number;
      readonly signal: AbortSignal;
      readonly beat: typeof toBeat;
    },
  ): Promise<void> {
    const { filter, signal, beat } = options;
    let { after } = options;
    // At once: a server that stops cuts off what is open still, and the database may take its time to answer.
    signal.addEventListener("abort", () => response.end(), { once: true });
    response.write(`retry: 1000\n${beat(after, "connected")}`);
    while (!signal.aborted) {
      const known = watch.lastSeq;
      const items = await read(filter, after);
      if (signal.aborted) return;
      after = items?.at(-1)?.seq ?? after;
      if (items !== null && items.length > 0) {
        if (!response.write(items.map(toMessage).join("")) && !(await isDrained(response, signal))) return;
        continue;
      }
      await watch.waitBeyond(known, { ms: heartbeatMs, signal });
      if (watch.lastSeq === known && !signal.aborted) response.write(beat(after, "still here"));
    }
  }

  /** Null when the database does not answer now. */
  async function read(filter: object, afterSeq: number): Promise<readonly StoredEvent[] | null> {
    try {
      return (await api.listEvents({ ...filter, afterSeq }, { limit: pageLimit })).items;
    } catch {
      return null;
    }
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

  return {
    get open() {
      return shares.taken;
    },
    watch,
    wake: () => watch.wake(),
    close: () => closing.abort(),
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

function toComment(_after: number, words: string): string {
  return `: ${words}\n\n`;
}

function toBeat(after: number, words: string): string {
  return `: ${words}\nevent: beat\ndata: ${after}\n\n`;
}

function toMessage(event: StoredEvent): string {
  return `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`;
}
