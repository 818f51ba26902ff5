/** What the feed of events shows, as it stands in the address, and as a question to the server. */

import type { EventFilter, StoredEvent } from "millrace/client";
import { textOf, wordOf } from "../../app/search-words.ts";

export const eventRanges = { "1h": 3_600_000, "24h": 86_400_000, "7d": 604_800_000, "30d": 2_592_000_000 } as const;
export type EventRange = keyof typeof eventRanges;

/** Kinds of resources that the ledger tells of by itself. */
export const resourceKinds = [
  "flow-run",
  "task-run",
  "flow",
  "deployment",
  "schedule",
  "work-pool",
  "work-queue",
  "worker",
  "automation",
  "block-document",
  "variable",
  "secret",
  "concurrency-limit",
  "artifact",
  "artifact-collection",
  "webhook",
  "incident",
] as const;

export interface EventsSearch {
  /** The start of the name, with or without `millrace.`. */
  readonly name?: string;
  readonly kind?: (typeof resourceKinds)[number];
  /** The id of a resource, whole or its start; or that of what a resource of ours is of. */
  readonly resource?: string;
  /** Default: the past 24 hours. */
  readonly since?: EventRange | "all";
  /** The event that is chosen: its number, or its id. */
  readonly event?: string;
  /** When it happened, in ms UTC; helps to find one by its id. */
  readonly at?: number;
}

export function readEventsSearch(given: Readonly<Record<string, unknown>>): EventsSearch {
  return {
    ...textOf(given, "name"),
    ...wordOf(given, "kind", resourceKinds),
    ...textOf(given, "resource"),
    ...wordOf(given, "since", [...(Object.keys(eventRanges) as EventRange[]), "all"] as const),
    ...textOf(given, "event"),
    ...(typeof given.at === "number" ? { at: given.at } : {}),
  };
}

const own = "millrace.";
const idStart = /^[\da-f]{8}[\da-f-]{0,28}$/i;

/** Beginnings of names; none: all. */
export function toNamePrefixes({ name }: EventsSearch): readonly string[] {
  if (name === undefined) return [];
  const plain = name.replace(/\*+$/, "");
  return plain.startsWith(own) || plain === "" ? [plain].filter((each) => each !== "") : [plain, own + plain];
}

/** Beginnings of ids of resources; none: all. */
export function toResourcePrefixes({ kind, resource }: EventsSearch): readonly string[] {
  if (resource === undefined) return kind === undefined ? [] : [`${own}${kind}.`];
  if (!idStart.test(resource)) return kind === undefined ? [resource] : [resource, `${own}${kind}.${resource}`];
  return (kind === undefined ? resourceKinds : [kind]).map((each) => `${own}${each}.${resource.toLowerCase()}`);
}

/** Without how far back. */
export function toFilter(search: EventsSearch): Pick<EventFilter, "namePrefixes" | "resourceIdPrefixes"> {
  const namePrefixes = toNamePrefixes(search);
  const resourceIdPrefixes = toResourcePrefixes(search);
  return {
    ...(namePrefixes.length === 0 ? {} : { namePrefixes }),
    ...(resourceIdPrefixes.length === 0 ? {} : { resourceIdPrefixes }),
  };
}

/** In ms UTC; null: from the first. To the minute, so that the same question is asked again. */
export function toStart({ since = "24h" }: EventsSearch, now: number): number | null {
  return since === "all" ? null : Math.floor((now - eventRanges[since]) / 60_000) * 60_000;
}

/** Whether an event that comes in is one of those that are shown. */
export function isShown(event: Pick<StoredEvent, "name" | "resource">, search: EventsSearch): boolean {
  const names = toNamePrefixes(search);
  const resources = toResourcePrefixes(search);
  return (
    (names.length === 0 || names.some((prefix) => event.name.startsWith(prefix))) &&
    (resources.length === 0 || resources.some((prefix) => (event.resource.id ?? "").startsWith(prefix)))
  );
}
