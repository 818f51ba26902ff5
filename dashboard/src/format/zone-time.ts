/** The wall clock of a time zone: what people mean by a day, or write into a field. Zones are as in time.ts. */

import { toZone } from "./time.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

function wallFormat(zone: string): Intl.DateTimeFormat {
  let found = formats.get(zone);
  if (found === undefined) {
    const part = "numeric" as const;
    found = new Intl.DateTimeFormat("en-US", {
      timeZone: toZone(zone),
      calendar: "gregory",
      hourCycle: "h23",
      year: part,
      month: part,
      day: part,
      hour: part,
      minute: part,
      second: part,
    });
    formats.set(zone, found);
  }
  return found;
}

/** What a zone's clock shows, as if it were UTC, in ms: to do sums with days and hours. */
export function toWall(at: number, zone: string): number {
  const parts = Object.fromEntries(
    wallFormat(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** When a zone's clock shows that. Of an hour that is there twice the first; for one that is left out, as late after it. */
export function fromWall(wall: number, zone: string): number {
  const offsetAt = (at: number): number => toWall(at, zone) - at;
  const day = 86_400_000;
  const early = wall - offsetAt(wall - day);
  const late = wall - offsetAt(wall + day);
  const [first, second] = early < late ? [early, late] : [late, early];
  if (toWall(first, zone) === wall) return first;
  return toWall(second, zone) === wall ? second : early;
}

/** The start of a zone's day: the first moment of it. */
export function startOfDay(at: number, zone: string): number {
  const wall = toWall(at, zone);
  return fromWall(wall - (((wall % 86_400_000) + 86_400_000) % 86_400_000), zone);
}

/** `2026-11-26T06:12`, as a field for a time has it. */
export function toFieldTime(at: number, zone: string): string {
  return new Date(toWall(at, zone)).toISOString().slice(0, 16);
}

/** Null for what is no time. */
export function fromFieldTime(text: string, zone: string): number | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text.trim());
  if (match === null) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  // The 31st of February is none.
  return new Date(wall).getUTCDate() === day && hour < 24 && minute < 60 ? fromWall(wall, zone) : null;
}
