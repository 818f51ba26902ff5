import * as z from "zod";
import type { PrefectRoute } from "../routes-table-types.ts";
import * as schemas from "../schemas/events.ts";

/** An event may have 1.5 MB. */
const maxEventsBytes = 16 * 2 ** 20;

const tag = "Events";

export const eventRoutes = {
  createEvents: {
    verb: "POST",
    path: "/events",
    tag,
    summary: "Records events",
    body: schemas.createEventsBody,
    maxBodyBytes: maxEventsBytes,
    answers: { 204: null },
  },
  readEvents: {
    verb: "POST",
    path: "/events/filter",
    tag,
    summary: "Events that match, a page at a time",
    body: schemas.readEventsBody,
    answers: { 200: schemas.eventPage },
  },
  readAccountEventsPage: {
    verb: "GET",
    path: "/events/filter/next",
    tag,
    summary: "The page of events that a token leads to",
    query: schemas.nextEventsQuery,
    answers: { 200: schemas.eventPage },
  },
  countAccountEvents: {
    verb: "POST",
    path: "/events/count-by/:countable",
    tag,
    summary: "How many events there are, by day, time, name or resource",
    params: z.object({ countable: schemas.countable }),
    body: schemas.countEventsBody,
    answers: { 200: z.array(schemas.eventCount) },
  },
} as const satisfies Record<string, PrefectRoute>;
