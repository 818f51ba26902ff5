/** Events: taken from clients, found by a filter, and counted. */

import * as z from "zod";
import { createEventDescriber } from "../../../contract/event-facts.ts";
import { PrefectError } from "../errors.ts";
import { type CountedSource, countAll, countByWhatIsEqual, countOverTime, tooManyToLookAt } from "../count-events.ts";
import { type FoundEvent, scanEvents } from "../find-events.ts";
import { toTimeSpans } from "../mapping/event-counts.ts";
import { recordPrefectEvents } from "../record-events.ts";
import type { PrefectContext, PrefectHandlers } from "../routes-table-types.ts";
import { eventFilter, type EventFilter, type ReceivedEvent } from "../schemas/events.ts";

type EventHandlers = Pick<
  PrefectHandlers,
  "createEvents" | "readEvents" | "readAccountEventsPage" | "countAccountEvents"
>;

/** How far back events are looked for where nothing else is said, in days. */
const defaultDays = 180;
/** Events that one request looks at; a page that is not full by then goes on with the next. */
const maxLooked = 20_000;
/**
 * Distinct resources are looked for from the beginning for each page: one that is not full by then looks at more for the next, and at
 * so many at most.
 */
const mostLooked = 200_000;

const pageToken = z.object({
  filter: eventFilter,
  limit: z.int().min(1).max(50),
  total: z.int(),
  totalIsAtLeast: z.boolean().default(false),
  /** How many events are looked at for distinct resources. */
  looks: z.int().min(maxLooked).max(mostLooked).default(maxLooked),
  /** The number of the last event of the page before; of a list of distinct resources how many there were. */
  after: z.int().min(0),
});
type PageToken = z.output<typeof pageToken>;

interface ReadPage {
  readonly page: readonly FoundEvent[];
  /** What is changed of the token for the next page; null at the end. */
  readonly next: (Pick<PageToken, "after"> & Partial<Pick<PageToken, "looks">>) | null;
}

export function eventHandlers({ api, clock }: PrefectContext): EventHandlers {
  const source: CountedSource = { api, describer: createEventDescriber({ api, clock }) };

  /** Times that a filter leaves open are closed, so that further pages are of the same. */
  function close(filter: EventFilter | null): EventFilter {
    const { occurred, ...rest } = filter ?? eventFilter.parse({});
    const now = clock.now();
    const today = Math.floor(now / 86_400_000) * 86_400_000;
    return {
      ...rest,
      occurred: { since: occurred.since ?? today - defaultDays * 86_400_000, until: occurred.until ?? now },
    };
  }

  async function readPage(token: Omit<PageToken, "after">, from: number | null, baseUrl: string) {
    const { filter, limit, total, totalIsAtLeast } = token;
    const { page, next } = await (filter.resource?.distinct === true ? readDistinct : readInOrder)(token, from);
    return {
      events: inTime(page, filter.order),
      total,
      ...(totalIsAtLeast ? { total_is_at_least: true } : {}),
      next_page: limit === 0 || next === null ? null : toUrl(baseUrl, { ...token, ...next }),
    };
  }

  async function readInOrder({ filter, limit }: Omit<PageToken, "after">, from: number | null): Promise<ReadPage> {
    const { found, lookedAt } = await scanEvents(source, filter, {
      from,
      maxLooked,
      isEnough: (count) => count > limit,
    });
    const page = found.slice(0, limit);
    const after = found.length > limit ? (page.at(-1)?.seq ?? null) : lookedAt;
    return { page, next: after === null ? null : { after } };
  }

  async function readDistinct(
    { filter, limit, looks }: Omit<PageToken, "after">,
    had: number | null,
  ): Promise<ReadPage> {
    const skipped = had ?? 0;
    const { found, lookedAt } = await scanEvents(source, filter, {
      from: null,
      maxLooked: looks,
      isEnough: (count) => count > skipped + limit,
    });
    const page = found.slice(skipped, skipped + limit);
    const after = skipped + page.length;
    if (found.length > after) return { page, next: { after } };
    if (lookedAt === null) return { page, next: null };
    if (page.length === 0 && looks === mostLooked) throw tooManyToLookAt(mostLooked);
    return { page, next: { after, looks: Math.min(mostLooked, looks + maxLooked) } };
  }

  return {
    async createEvents({ body }) {
      await recordPrefectEvents(api, body);
      return { status: 204 };
    },

    async readEvents({ body, baseUrl }) {
      const filter = close(body.filter);
      const { total, isAtLeast: totalIsAtLeast } = await countAll(source, filter);
      const first = { filter, limit: body.limit, total, totalIsAtLeast, looks: maxLooked };
      return { status: 200, body: await readPage(first, null, baseUrl) };
    },

    async readAccountEventsPage({ query, baseUrl }) {
      const token = fromToken(query["page-token"]);
      if (token === null) throw new PrefectError({ status: 403, detail: "Forbidden" });
      return { status: 200, body: await readPage(token, token.after, baseUrl) };
    },

    async countAccountEvents({ params, body }) {
      const filter: EventFilter = { ...close(body.filter), order: "DESC" };
      const { since = 0, until = 0 } = filter.occurred;
      const { countable } = params;
      const spans = toTimeSpans({
        since,
        until,
        unit: countable === "day" ? "day" : body.time_unit,
        interval: countable === "day" ? 1 : body.time_interval,
        now: clock.now(),
      });
      if (typeof spans === "string" && countable !== "event" && countable !== "resource") {
        throw new PrefectError({ status: 422, detail: spans });
      }
      const isByTime = typeof spans !== "string" && (countable === "day" || countable === "time");
      const counted = isByTime
        ? await countOverTime(source, filter, spans)
        : await countByWhatIsEqual(source, filter, countable === "resource" ? "resource" : "name");
      return { status: 200, body: [...counted] };
    },
  };
}

/** The ledger's order is that of arrival; within a page it is that of the time. */
function inTime(page: readonly FoundEvent[], order: "ASC" | "DESC"): ReceivedEvent[] {
  const sign = order === "ASC" ? 1 : -1;
  return page.toSorted((left, right) => sign * (left.at - right.at)).map(({ event }) => event);
}

function toUrl(baseUrl: string, token: PageToken): string {
  const text = Buffer.from(JSON.stringify(token)).toString("base64url");
  return `${baseUrl}/events/filter/next?page-token=${text}`;
}

/** Null for what is no token of ours. */
function fromToken(text: string): PageToken | null {
  try {
    const parsed = pageToken.safeParse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
