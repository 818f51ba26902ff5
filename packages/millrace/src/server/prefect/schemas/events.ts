import * as z from "zod";
import { jsonObject, orNull, text, texts, time, timeText, uuid, uuids } from "./common.ts";
import { searchText } from "./filter-fields.ts";

/** Labels of a resource, at most. */
const maxLabels = 500;
/** Resources that an event can tell of beside its own, at most. */
const maxRelated = 100;

const resource = z.record(z.string(), z.string());

const resourceInput = resource
  .refine(
    (given) => (given["prefect.resource.id"] ?? "") !== "",
    "Resources must include the prefect.resource.id label",
  )
  .refine(
    (given) => Object.keys(given).length <= maxLabels,
    `The maximum number of labels per resource is ${maxLabels}`,
  );

const relatedResourceInput = resourceInput.refine(
  (given) => (given["prefect.resource.role"] ?? "") !== "",
  "Related Resources must include the prefect.resource.role label",
);

/** As clients send it, by the route and by the WebSocket. */
export const event = z
  .object({
    occurred: time,
    event: text.max(1024),
    resource: resourceInput,
    related: z.array(relatedResourceInput).max(maxRelated).default([]),
    payload: jsonObject.default({}),
    id: uuid,
    follows: orNull(uuid),
  })
  .meta({ id: "Event" });

export const receivedEvent = z
  .object({
    occurred: timeText,
    event: text,
    resource,
    related: z.array(resource),
    payload: jsonObject,
    id: uuid,
    follows: uuid.nullable(),
    received: timeText,
  })
  .meta({ id: "ReceivedEvent" });

/** Labels with the values they may have; `*` at the end stands for any rest, `!` before it for any other. */
export const resourceSpecification = z.record(z.string(), z.union([z.string(), texts]));

const labels = orNull(resourceSpecification);

const relatedFilter = z.object({
  id: orNull(texts),
  role: orNull(texts),
  resources_in_roles: orNull(z.array(z.tuple([text, text]))),
  labels,
});

const anyResourceFilter = z.object({ id: orNull(texts), id_prefix: orNull(texts), labels });

/** Also of the WebSocket that events are sent by. Without a time it is the last 180 days, which the server fills in. */
export const eventFilter = z
  .object({
    occurred: z.object({ since: time.optional(), until: time.optional() }).prefault({}),
    event: orNull(
      z.object({
        prefix: orNull(texts),
        exclude_prefix: orNull(texts),
        name: orNull(texts),
        exclude_name: orNull(texts),
      }),
    ),
    resource: orNull(
      z.object({ id: orNull(texts), id_prefix: orNull(texts), labels, distinct: z.boolean().default(false) }),
    ),
    related: orNull(z.union([z.array(relatedFilter), relatedFilter])),
    any_resource: orNull(z.union([z.array(anyResourceFilter), anyResourceFilter])),
    id: z.object({ id: orNull(uuids) }).prefault({}),
    text: orNull(searchText),
    order: z.enum(["ASC", "DESC"]).default("DESC"),
  })
  .meta({ id: "EventFilter" });

export const createEventsBody = z.array(event);

export const readEventsBody = z.object({
  filter: orNull(eventFilter),
  limit: z.int().min(0).max(50).default(50),
});

export const nextEventsQuery = z.object({ "page-token": text });

/** `next_page` is a whole URL; null at the end. `total_is_at_least`, which is ours, is there where there may be more than `total`. */
export const eventPage = z
  .object({
    events: z.array(receivedEvent),
    total: z.int(),
    total_is_at_least: z.boolean().optional(),
    next_page: text.nullable(),
  })
  .meta({ id: "EventPage" });

export const countable = z.enum(["day", "time", "event", "resource"]);

export const countEventsBody = z.object({
  filter: eventFilter,
  time_unit: z.enum(["week", "day", "hour", "minute", "second"]).default("day"),
  time_interval: z.number().min(0.01).default(1),
});

export const eventCount = z
  .object({ value: text, label: text, count: z.int(), start_time: timeText, end_time: timeText })
  .meta({ id: "EventCount" });

export type Event = z.output<typeof event>;
export type ReceivedEvent = z.output<typeof receivedEvent>;
export type EventFilter = z.output<typeof eventFilter>;
export type EventCount = z.input<typeof eventCount>;
