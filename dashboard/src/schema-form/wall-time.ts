/** Times as a date and time of day in a zone, for inputs; and durations as ISO 8601 has them. */

import { toZone } from "../format/time.ts";

const pad = (value: number, length = 2): string => String(value).padStart(length, "0");

export const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text);

/** How far a zone's clocks are ahead of UTC at a time, in ms. */
function zoneAheadMs(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: toZone(zone),
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const read = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const wall = Date.UTC(read("year"), read("month") - 1, read("day"), read("hour"), read("minute"), read("second"));
  return wall - Math.floor(at / 1000) * 1000;
}

/** `2026-11-26T06:12:04` in the zone, of a time that says its own. Null for a text that is no such time. */
export function toWallTime(text: string, zone: string): string | null {
  if (!/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|z|[+-]\d\d:?\d\d)$/.test(text)) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return null;
  const wall = new Date(at + zoneAheadMs(at, zone));
  const date = `${pad(wall.getUTCFullYear(), 4)}-${pad(wall.getUTCMonth() + 1)}-${pad(wall.getUTCDate())}`;
  return `${date}T${pad(wall.getUTCHours())}:${pad(wall.getUTCMinutes())}:${pad(wall.getUTCSeconds())}`;
}

/** The time in UTC that the zone's clocks show so. Of an hour that is there twice, the first. */
export function fromWallTime(wall: string, zone: string): string | null {
  const shown = Date.parse(`${wall}Z`);
  if (Number.isNaN(shown)) return null;
  const guess = shown - zoneAheadMs(shown, zone);
  const at = shown - zoneAheadMs(guess, zone);
  return new Date(at).toISOString().replace(".000Z", "Z");
}

const unitsMs = [7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1000] as const;

/** How long `P1DT2H30M` is. Null for what is none, or has years or months, whose length nobody knows. */
export function durationMs(text: string): number | null {
  const found = /^(-?)P(?!$)(?:([\d.]+)W)?(?:([\d.]+)D)?(?:T(?!$)(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/.exec(
    text,
  );
  if (found === null) return null;
  const sum = unitsMs.reduce((ms, unitMs, index) => ms + Number(found[index + 2] ?? 0) * unitMs, 0);
  return Number.isNaN(sum) ? null : found[1] === "-" ? -sum : sum;
}
