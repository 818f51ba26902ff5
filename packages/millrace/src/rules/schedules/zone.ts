/**
 * Time zones by IANA name, from the tables of the runtime. A year of a zone is cut into spans of one offset; asking the
 * runtime costs microseconds, so a span that was found is kept.
 */

import { dayMs } from "./calendar.ts";
import { quote, scheduleInvalid } from "./schedule-error.ts";

/** A stretch of time in which a zone has one offset. It ends at a change of the clocks, or with the year. */
export interface ZoneSpan {
  /** The first ms UTC of it. */
  readonly startMs: number;
  /** The first ms UTC after it. */
  readonly endMs: number;
  /** The wall's lead over UTC. */
  readonly offsetMs: number;
  /** The offset just before `startMs`: smaller when the clocks went forward, larger when they went back. */
  readonly previousOffsetMs: number;
}

export interface Zone {
  readonly name: string;
  spanAt(atMs: number): ZoneSpan;
}

/** No zone changes its clocks twice within this, and none by more than a day. */
const probeMs = 3 * dayMs;
const maxZones = 1_000;
const zones = new Map<string, Zone>();

/**
 * A zone by its IANA name, of any case.
 * @throws SCHEDULE_INVALID for a name that the runtime does not know
 */
export function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  if (zones.size >= maxZones) zones.clear();
  const zone = createZone(name);
  zones.set(name, zone);
  return zone;
}

export function toWall(zone: Zone, atMs: number): number {
  return atMs + zone.spanAt(atMs).offsetMs;
}

/**
 * When the wall shows this. A time that is shown twice is the first of the two; one that is never shown is as much
 * later as the clocks went forward.
 */
export function fromWall(zone: Zone, wallMs: number): number {
  const before = zone.spanAt(wallMs - dayMs).offsetMs;
  const after = zone.spanAt(wallMs + dayMs).offsetMs;
  if (before === after || zone.spanAt(wallMs - before).offsetMs === before) return wallMs - before;
  return zone.spanAt(wallMs - after).offsetMs === after ? wallMs - after : wallMs - before;
}

function createZone(name: string): Zone {
  const offsetAt = createOffsetReader(name);
  const years = new Map<number, readonly ZoneSpan[]>();
  return {
    name,
    spanAt(atMs) {
      const year = new Date(atMs).getUTCFullYear();
      let spans = years.get(year);
      if (spans === undefined) {
        spans = cutYear(year, offsetAt);
        years.set(year, spans);
      }
      for (const span of spans) if (atMs < span.endMs) return span;
      throw new RangeError(`${atMs} is no time that a calendar knows`);
    },
  };
}

function cutYear(year: number, offsetAt: (atMs: number) => number): readonly ZoneSpan[] {
  const yearEndMs = Date.UTC(year + 1, 0, 1);
  let startMs = Date.UTC(year, 0, 1);
  let previousOffsetMs = offsetAt(startMs - 1);
  let offsetMs = offsetAt(startMs);
  const spans: ZoneSpan[] = [];
  for (let lowMs = startMs; lowMs < yearEndMs; lowMs += probeMs) {
    const highMs = Math.min(lowMs + probeMs, yearEndMs - 1);
    const next = offsetAt(highMs);
    if (next === offsetMs) continue;
    const endMs = findChange({ lowMs, highMs, offsetAt });
    spans.push({ startMs, endMs, offsetMs, previousOffsetMs });
    startMs = endMs;
    previousOffsetMs = offsetMs;
    offsetMs = next;
  }
  spans.push({ startMs, endMs: yearEndMs, offsetMs, previousOffsetMs });
  return spans;
}

/** The first ms that has the offset of `highMs`. */
function findChange(within: {
  readonly lowMs: number;
  readonly highMs: number;
  readonly offsetAt: (atMs: number) => number;
}): number {
  let { lowMs, highMs } = within;
  const target = within.offsetAt(highMs);
  while (highMs - lowMs > 1) {
    const middleMs = Math.floor((lowMs + highMs) / 2);
    if (within.offsetAt(middleMs) === target) highMs = middleMs;
    else lowMs = middleMs;
  }
  return highMs;
}

/** Fixed offsets ("+01:00") are no zones: they never change their clocks, and people who write them mean one that does. */
const zoneName = /^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/;

function createOffsetReader(name: string): (atMs: number) => number {
  let format: Intl.DateTimeFormat;
  try {
    if (!zoneName.test(name)) throw new RangeError("not a name");
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  } catch {
    throw scheduleInvalid(
      `${quote(name)} is no time zone that is known here`,
      "Use an IANA name such as Europe/Berlin or UTC.",
    );
  }
  return (atMs) => {
    // "03/10/2024, 02:59:59"
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = (
      format.format(atMs).match(/\d+/g) ?? []
    ).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000;
  };
}
