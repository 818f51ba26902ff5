/**
 * Times and durations as they are on Prefect's wire. Ours are numbers: ms since the epoch, whose fraction holds the
 * microseconds; theirs are RFC 3339 text with microseconds. A double is fine enough for both until the year 2109.
 */

const timePattern =
  /^(\d{4}-\d\d-(\d\d))(?:[Tt _](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(?:([Zz])|([+-])(\d\d):?(\d\d))?)?$/;

/** Numbers above it are ms, below it seconds, as pydantic has it. */
const maxUnixSeconds = 2e10;

/** The second of the last time and its text: rows of a page mostly share it. */
let lastSecond = { at: 0, text: "1970-01-01T00:00:00" };

function toSecond(at: number): string {
  if (lastSecond.at !== at) lastSecond = { at, text: new Date(at * 1000).toISOString().slice(0, -5) };
  return lastSecond.text;
}

/** `2026-11-25T16:39:00.123456Z`; without a fraction where it would be zero, as Prefect writes it. */
export function toPrefectTime(ms: number): string {
  const us = Math.round(ms * 1000);
  const wholeSeconds = Math.floor(us / 1e6);
  const fraction = us - wholeSeconds * 1e6;
  const text = toSecond(wholeSeconds);
  return fraction === 0 ? `${text}Z` : `${text}.${String(fraction).padStart(6, "0")}Z`;
}

/** As `toPrefectTime`, for a time that may be missing. */
export function toPrefectTimeOrNull(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : toPrefectTime(ms);
}

/**
 * ms since the epoch; null for what is no time. It reads RFC 3339 with `T` or a space, times without a zone (UTC), dates,
 * and Unix time as a number or as text: clients send all of them.
 */
export function fromPrefectTime(value: string | number): number | null {
  if (typeof value === "number") return fromUnixTime(value);
  const text = value.trim();
  if (/^-?\d+(\.\d+)?$/.test(text)) return fromUnixTime(Number(text));
  const found = timePattern.exec(text);
  if (found === null) return null;
  const [, date, day, hoursAndMinutes = "00:00", seconds = "00", fraction = "", , sign, hours = "0", minutes = "0"] =
    found;
  const ms = Date.parse(`${date}T${hoursAndMinutes}:${seconds}Z`);
  // A 30th of February is read as a 2nd of March, and 24:00 as the next day.
  if (Number.isNaN(ms) || new Date(ms).getUTCDate() !== Number(day)) return null;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === "-" ? -1 : 1);
  return ms - offsetMs + Number(fraction.padEnd(6, "0").slice(0, 6)) / 1000;
}

function fromUnixTime(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  const ms = Math.abs(value) > maxUnixSeconds ? value : value * 1000;
  return Math.abs(ms) > 8.64e15 ? null : Math.round(ms * 1000) / 1000;
}

const isoDuration =
  /^([+-])?P(?!$)(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?!$)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i;
const clockDuration = /^([+-])?(?:(\d+)\s*d(?:ays?)?,?\s*)?(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?$/i;

/** Seconds; null for what is no duration. Clients send seconds, ISO 8601 (`PT5M`) or a clock (`1 day, 02:30:00`). */
export function fromPrefectDuration(value: string | number): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  const text = value.trim();
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  const iso = isoDuration.exec(text);
  if (iso !== null) return addUp(iso[1], [iso[2], iso[3], iso[4], iso[5], iso[6]]);
  const clock = clockDuration.exec(text);
  return clock === null ? null : addUp(clock[1], [undefined, clock[2], clock[3], clock[4], clock[5]]);
}

const secondsInEach = [7 * 86_400, 86_400, 3600, 60, 1];

function addUp(sign: string | undefined, parts: readonly (string | undefined)[]): number {
  const seconds = parts.reduce((sum, part, index) => sum + Number(part ?? 0) * (secondsInEach[index] ?? 0), 0);
  return sign === "-" ? -seconds : seconds;
}
