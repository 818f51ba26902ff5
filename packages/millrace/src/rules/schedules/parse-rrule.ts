import { dayMs, fromDay, hourMs, minuteMs, secondMs, weekdayOf } from "./calendar.ts";
import { type DayRule, type Frequency, frequencies, type NthWeekday, type Rrule } from "./rrule.ts";
import { readTime, type WrittenTime } from "./rrule-text.ts";
import { quote, scheduleInvalid } from "./schedule-error.ts";

const weekdayCodes = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
const maxInterval = 1_000_000;
/** Every minute of a day. */
const maxTimesOfDay = 1_440;

/** The numbers that a part's list may hold. */
const listParts: Readonly<Record<string, { readonly min: number; readonly max: number; readonly isSigned?: boolean }>> =
  {
    BYMONTH: { min: 1, max: 12 },
    BYWEEKNO: { min: 1, max: 53, isSigned: true },
    BYYEARDAY: { min: 1, max: 366, isSigned: true },
    BYMONTHDAY: { min: 1, max: 31, isSigned: true },
    BYHOUR: { min: 0, max: 23 },
    BYMINUTE: { min: 0, max: 59 },
    BYSECOND: { min: 0, max: 59 },
    BYSETPOS: { min: 1, max: 366, isSigned: true },
  };

const otherParts = ["FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY"];

/**
 * Reads the parts of an RRULE or EXRULE. What it leaves out is filled from the start, as RFC 5545 says: a weekly rule
 * without BYDAY is on the weekday of the start, and so on.
 *
 * @param options.toWall what the wall shows at a time as written
 * @throws SCHEDULE_INVALID that names the part
 */
export function parseRrule(
  text: string,
  options: { readonly startMs: number; readonly toWall: (time: WrittenTime) => number },
): Rrule {
  const parts = readParts(text);
  const frequency = readFrequency(parts.get("FREQ"));
  const positions = readList(parts, "BYSETPOS");
  const day = readDayRule(parts, { frequency, startMs: options.startMs });
  const hours = readList(parts, "BYHOUR");
  const minutes = readList(parts, "BYMINUTE");
  const seconds = readList(parts, "BYSECOND");
  const until = parts.get("UNTIL");
  return {
    frequency,
    interval: readCount(parts, "INTERVAL") ?? 1,
    startMs: options.startMs,
    untilMs: until === undefined ? null : options.toWall(readTime(until)),
    count: readCount(parts, "COUNT"),
    day,
    ...fillTimes({ frequency, startMs: options.startMs, hours, minutes, seconds }),
    positions,
    isPlain: ![...parts.keys()].some((name) => name.startsWith("BY")),
  };
}

function readParts(text: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (const part of text.toUpperCase().split(";")) {
    if (part.trim() === "") continue;
    const [rawName = "", value = "", ...rest] = part.split("=");
    const name = rawName.trim() === "BYWEEKDAY" ? "BYDAY" : rawName.trim();
    if (rest.length > 0 || value === "" || !(otherParts.includes(name) || Object.hasOwn(listParts, name)))
      throw scheduleInvalid(
        `${quote(part)} is no part of a recurrence rule`,
        `Parts are ${[...otherParts, ...Object.keys(listParts)].join(", ")}.`,
      );
    if (parts.has(name)) throw scheduleInvalid(`the recurrence rule has ${name} twice`, "Give each part once.");
    parts.set(name, value.trim());
  }
  return parts;
}

function readFrequency(text: string | undefined): Frequency {
  const frequency = frequencies.find((known) => known === text);
  if (frequency === undefined)
    throw scheduleInvalid(
      text === undefined ? "the recurrence rule has no FREQ" : `FREQ=${text.slice(0, 40)} is no frequency`,
      `Write FREQ= and one of ${frequencies.join(", ")}.`,
    );
  return frequency;
}

function readCount(parts: ReadonlyMap<string, string>, name: "INTERVAL" | "COUNT"): number | null {
  const text = parts.get(name);
  if (text === undefined) return null;
  const value = Number(text);
  const max = name === "INTERVAL" ? maxInterval : Number.MAX_SAFE_INTEGER;
  if (!/^\d+$/.test(text) || value < 1 || value > max)
    throw scheduleInvalid(
      `${name}=${text.slice(0, 40)} is out of range`,
      `Write a whole number of 1 to ${max.toLocaleString("en-US")}.`,
    );
  return value;
}

/** A list's numbers, ascending; null when the part is not there. */
function readList(parts: ReadonlyMap<string, string>, name: string): readonly number[] | null {
  const text = parts.get(name);
  const range = listParts[name];
  if (text === undefined || range === undefined) return null;
  const values = text.split(",").map((item) => {
    const value = Number(item);
    const size = range.isSigned === true ? Math.abs(value) : value;
    if (!/^[+-]?\d+$/.test(item.trim()) || size < range.min || size > range.max)
      throw scheduleInvalid(
        `${quote(item)} in ${name} is out of range`,
        `Write ${range.min} to ${range.max}${range.isSigned === true ? ", or the same from the end with a minus" : ""}.`,
      );
    return value;
  });
  return [...new Set(values)].sort((a, b) => a - b);
}

function readDayRule(
  parts: ReadonlyMap<string, string>,
  options: { readonly frequency: Frequency; readonly startMs: number },
): DayRule {
  const { frequency, startMs } = options;
  const startDay = Math.floor(startMs / dayMs);
  const start = fromDay(startDay);
  const months = readList(parts, "BYMONTH");
  const byDay = readWeekdays(parts.get("BYDAY"), frequency);
  const rule = {
    months,
    weekNumbers: readList(parts, "BYWEEKNO"),
    yearDays: readList(parts, "BYYEARDAY"),
    monthDays: readList(parts, "BYMONTHDAY"),
    ...byDay,
    nthWithin: frequency === "YEARLY" && months === null ? ("year" as const) : ("month" as const),
    weekStart: readWeekStart(parts.get("WKST")),
  };
  const namesDays = [rule.weekNumbers, rule.yearDays, rule.monthDays, rule.weekdays, rule.nthWeekdays].some(
    (list) => list !== null,
  );
  if (namesDays) return rule;
  if (frequency === "YEARLY") return { ...rule, months: months ?? [start.month], monthDays: [start.day] };
  if (frequency === "MONTHLY") return { ...rule, monthDays: [start.day] };
  if (frequency === "WEEKLY") return { ...rule, weekdays: [weekdayOf(startDay)] };
  return rule;
}

/** `MO,2FR,-1SU`. The nth of a week or a day means nothing, and counts as any. */
function readWeekdays(text: string | undefined, frequency: Frequency): Pick<DayRule, "weekdays" | "nthWeekdays"> {
  if (text === undefined) return { weekdays: null, nthWeekdays: null };
  const weekdays = new Set<number>();
  const nthWeekdays: NthWeekday[] = [];
  for (const item of text.split(",")) {
    const match = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(item.trim());
    const weekday = weekdayCodes.indexOf(match?.[2] ?? "");
    const nth = Number(match?.[1] ?? 0);
    if (weekday === -1 || Math.abs(nth) > 53 || (match?.[1] !== undefined && nth === 0))
      throw scheduleInvalid(
        `${quote(item)} in BYDAY is no weekday`,
        `Write ${weekdayCodes.join(", ")}, or 2FR or -1FR for the second or the last Friday.`,
      );
    if (nth === 0 || (frequency !== "YEARLY" && frequency !== "MONTHLY")) weekdays.add(weekday);
    else nthWeekdays.push({ weekday, nth });
  }
  return {
    weekdays: weekdays.size === 0 ? null : [...weekdays],
    nthWeekdays: nthWeekdays.length === 0 ? null : nthWeekdays,
  };
}

function readWeekStart(text: string | undefined): number {
  if (text === undefined) return 1;
  const weekday = weekdayCodes.indexOf(text);
  if (weekday === -1)
    throw scheduleInvalid(`WKST=${text.slice(0, 40)} is no weekday`, `Write one of ${weekdayCodes.join(", ")}.`);
  return weekday;
}

/** Parts of the time of day that are finer than the frequency and not given are those of the start. */
function fillTimes(options: {
  readonly frequency: Frequency;
  readonly startMs: number;
  readonly hours: readonly number[] | null;
  readonly minutes: readonly number[] | null;
  readonly seconds: readonly number[] | null;
}): Pick<Rrule, "hours" | "minutes" | "seconds"> {
  const { frequency, startMs } = options;
  const rank = frequencies.indexOf(frequency);
  const places = [options.hours, options.minutes, options.seconds].map((list) => list?.length ?? 1);
  const times = places.reduce((product, length) => product * length, 1);
  if (rank < frequencies.indexOf("HOURLY") && times > maxTimesOfDay)
    throw scheduleInvalid(
      `the recurrence rule lists ${times.toLocaleString("en-US")} times a day`,
      "Use FREQ=MINUTELY or FREQ=SECONDLY, with BYHOUR for the hours it is to run in.",
    );
  const timeMs = startMs - Math.floor(startMs / dayMs) * dayMs;
  return {
    hours: options.hours ?? (rank < frequencies.indexOf("HOURLY") ? [Math.floor(timeMs / hourMs)] : null),
    minutes:
      options.minutes ?? (rank < frequencies.indexOf("MINUTELY") ? [Math.floor((timeMs % hourMs) / minuteMs)] : null),
    seconds:
      options.seconds ?? (rank < frequencies.indexOf("SECONDLY") ? [Math.floor((timeMs % minuteMs) / secondMs)] : null),
  };
}
