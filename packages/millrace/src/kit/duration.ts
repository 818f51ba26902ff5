/** Durations as people write and read them. */

type Short = "ms" | "s" | "m" | "h" | "d" | "w";
type Long =
  | "millisecond"
  | "milliseconds"
  | "sec"
  | "second"
  | "seconds"
  | "min"
  | "minute"
  | "minutes"
  | "hour"
  | "hours"
  | "day"
  | "days"
  | "week"
  | "weeks";

/** "250ms", "10s", "1.5h", "2 days", "1m30s", "1h 30m", "1d 2h 3m". */
export type DurationString =
  | `${number}${Short}`
  | `${number} ${Short | Long}`
  | `${number}m${number}s`
  | `${number}m ${number}s`
  | `${number}h${number}m`
  | `${number}h ${number}m`
  | `${number}h${number}m${number}s`
  | `${number}h ${number}m ${number}s`
  | `${number}d${number}h`
  | `${number}d ${number}h`
  | `${number}d ${number}h ${number}m`;

/** A duration: a text such as "10s", "1m30s" or "2 days"; a bare number is in milliseconds. */
export type Duration = number | DurationString;

const unitsMs: Readonly<Record<string, number>> = {
  ...aliases(1, "ms", "msec", "msecs", "millisecond", "milliseconds"),
  ...aliases(1000, "s", "sec", "secs", "second", "seconds"),
  ...aliases(60_000, "m", "min", "mins", "minute", "minutes"),
  ...aliases(3_600_000, "h", "hr", "hrs", "hour", "hours"),
  ...aliases(86_400_000, "d", "day", "days"),
  ...aliases(604_800_000, "w", "week", "weeks"),
};

function aliases(ms: number, ...names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, ms]));
}

const examples = 'write for example 500 (ms), "250ms", "10s", "1m30s", "1.5h" or "2 days"';

/**
 * A duration in ms.
 *
 * @throws RangeError that says what is wrong: an unknown unit, a negative number, units that do not go from large to small …
 */
export function toMs(duration: Duration): number {
  if (typeof duration === "string") return parseDuration(duration);
  if (typeof duration !== "number")
    throw new RangeError(`A duration is a number or a text, not ${describe(duration)}: ${examples}`);
  if (!Number.isFinite(duration)) throw new RangeError(`A duration cannot be ${duration}: ${examples}`);
  if (duration < 0) throw new RangeError(`A duration cannot be negative, and ${duration} is: ${examples}`);
  return duration;
}

function describe(value: unknown): string {
  return value === null ? "null" : typeof value === "object" ? "an object" : typeof value;
}

/** One number and its unit, with the blanks around them. */
const part = /\s*(\d+(?:\.\d*)?|\.\d+)\s*([a-z]+)\s*/iy;

function parseDuration(text: string): number {
  const fail = (why: string): never => {
    throw new RangeError(`"${shorten(text)}" is not a duration: ${why}; ${examples}`);
  };
  if (text.trim() === "") return fail("it is empty");
  if (/^\s*-/.test(text)) return fail("it is negative");
  if (/^[\s\d.]+$/.test(text)) return fail("the unit is missing");
  let total = 0;
  let lastUnit = Number.POSITIVE_INFINITY;
  part.lastIndex = 0;
  for (let index = 0; index < text.length; index = part.lastIndex) {
    const match = part.exec(text);
    if (match === null) return fail(`"${shorten(text.slice(index).trim())}" is not a number with a unit`);
    const [, count = "", name = ""] = match;
    const unit = unitOf(name);
    if (unit === undefined) return fail(`"${shorten(name)}" is not a unit`);
    if (unit >= lastUnit) return fail("units go from large to small, each once");
    lastUnit = unit;
    total += Number(count) * unit;
  }
  // 1.005s is 1005 ms, not 1004.9999999999999.
  total = Math.round(total * 1e6) / 1e6;
  return Number.isFinite(total) ? total : fail("it is too large");
}

function unitOf(name: string): number | undefined {
  const known = name.toLowerCase();
  return Object.hasOwn(unitsMs, known) ? unitsMs[known] : undefined;
}

function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A duration for people, in two parts at most: "0.4ms", "850ms", "1.2s", "3m 04s", "2h 11m", "5d 03h". `ms` may be negative. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return Number.isNaN(ms) ? "?" : ms > 0 ? "∞" : "-∞";
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms < 1) return `${Math.round(ms * 10) / 10}ms`;
  if (Math.round(ms) < secondMs) return `${Math.round(ms)}ms`;
  const tenths = Math.round(ms / 100) * 100;
  if (tenths < minuteMs) return `${tenths / secondMs}s`;
  const seconds = Math.round(ms / secondMs) * secondMs;
  if (seconds < hourMs) return two(seconds, minuteMs, "m", secondMs, "s");
  const minutes = Math.round(ms / minuteMs) * minuteMs;
  if (minutes < dayMs) return two(minutes, hourMs, "h", minuteMs, "m");
  return two(Math.round(ms / hourMs) * hourMs, dayMs, "d", hourMs, "h");
}

function two(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.round((ms % large) / small);
  return `${Math.floor(ms / large)}${largeName} ${String(rest).padStart(2, "0")}${smallName}`;
}
