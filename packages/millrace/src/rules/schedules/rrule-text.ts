/** The lines of a recurrence in RFC 5545: names, parameters, and times. */

import { maxScheduleText } from "../../contract/schedules.ts";
import { daysInMonth } from "./calendar.ts";
import { quote, scheduleInvalid } from "./schedule-error.ts";

/** A time as it is written: what the wall shows, or the same digits in UTC. */
export interface WrittenTime {
  readonly wallMs: number;
  readonly isUtc: boolean;
}

export interface RruleText {
  readonly start: WrittenTime | null;
  /** The zone that a TZID names; null when there is none. */
  readonly timezone: string | null;
  /** The parts after the colon. */
  readonly rules: readonly string[];
  readonly excludedRules: readonly string[];
  readonly dates: readonly WrittenTime[];
  readonly excludedDates: readonly WrittenTime[];
}

/** @throws SCHEDULE_INVALID for a line or a time that is not read, and for more than one DTSTART or zone */
export function readRruleText(text: string): RruleText {
  if (text.length > maxScheduleText)
    throw scheduleInvalid(
      `the recurrence is longer than ${maxScheduleText} characters`,
      "Shorten it, or list fewer dates.",
    );
  const rules: string[] = [];
  const excludedRules: string[] = [];
  const dates: WrittenTime[] = [];
  const excludedDates: WrittenTime[] = [];
  const zones = new Set<string>();
  const starts: WrittenTime[] = [];
  for (const line of unfold(text)) {
    const { name, parameters, value } = readLine(line);
    const zone = readParameters(parameters, line);
    if (zone !== null) zones.add(zone);
    if (name === "RRULE") rules.push(value);
    else if (name === "EXRULE") excludedRules.push(value);
    else if (name === "RDATE") dates.push(...value.split(",").map(readTime));
    else if (name === "EXDATE") excludedDates.push(...value.split(",").map(readTime));
    else if (name === "DTSTART") starts.push(readTime(value));
    else
      throw scheduleInvalid(
        `${quote(line)} is no line of a recurrence`,
        "Lines are DTSTART, RRULE, RDATE, EXDATE and EXRULE.",
      );
  }
  if (starts.length > 1 || zones.size > 1)
    throw scheduleInvalid(
      "the recurrence has more than one start or zone",
      "Give one DTSTART, and one TZID throughout.",
    );
  if (rules.length === 0 && dates.length === 0)
    throw scheduleInvalid("the recurrence names no time", "Give it an RRULE, such as RRULE:FREQ=DAILY, or an RDATE.");
  const [timezone = null] = zones;
  return { start: starts[0] ?? null, timezone, rules, excludedRules, dates, excludedDates };
}

/** Lines, with those that a blank continues put together again. */
function unfold(text: string): readonly string[] {
  return text
    .replace(/\r?\n[ \t]/g, "")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function readLine(line: string): {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly value: string;
} {
  const colon = line.indexOf(":");
  if (colon === -1) return { name: "RRULE", parameters: [], value: line };
  const [name = "", ...parameters] = line.slice(0, colon).split(";");
  return { name: name.toUpperCase(), parameters, value: line.slice(colon + 1) };
}

/** The zone of a line's parameters; null when it has none. */
function readParameters(parameters: readonly string[], line: string): string | null {
  let zone: string | null = null;
  for (const parameter of parameters) {
    const [name = "", value = ""] = parameter.split("=");
    if (name.toUpperCase() === "TZID") zone = value;
    else if (name.toUpperCase() !== "VALUE" || !/^DATE(-TIME)?$/i.test(value))
      throw scheduleInvalid(
        `${quote(parameter)} in ${quote(line)} is not known`,
        "Parameters are TZID, VALUE=DATE and VALUE=DATE-TIME.",
      );
  }
  return zone;
}

const timePattern = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/;

/** `20240131` or `20240131T093000`, with a Z when it is in UTC. @throws SCHEDULE_INVALID */
export function readTime(text: string): WrittenTime {
  const match = timePattern.exec(text.trim().toUpperCase());
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (match ?? [])
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const isReal =
    year >= 1900 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysInMonth(year, month) &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (match === null || !isReal)
    throw scheduleInvalid(
      `${quote(text)} is no time of a calendar`,
      "Write 20240131T093000, with a Z after it for UTC, or 20240131.",
    );
  return { wallMs: Date.UTC(year, month - 1, day, hour, minute, second), isUtc: match[7] === "Z" };
}
