import type { IntervalSchedule, RruleSchedule, ScheduleSpec } from "../../contract/schedules.ts";
import { dayMs, hourMs, minuteMs, secondMs } from "./calendar.ts";
import { describeCron } from "./describe-cron.ts";
import { clock, counted, dateText, fromEnd, listed, monthWords, ordinal, weekdayWords } from "./describe-words.ts";
import { frequencies, type Frequency, type Rrule } from "./rrule.ts";
import { parseRrule } from "./parse-rrule.ts";
import { readRruleText } from "./rrule-text.ts";
import { defaultStartWallMs, intervalAnchor } from "./interval-times.ts";
import { toWall, zoneOf } from "./zone.ts";

/**
 * A schedule in a line of English, such as "At 02:00 every day, Europe/Berlin". What has no short words is named by its kind.
 *
 * @throws SCHEDULE_INVALID when it cannot be read
 */
export function describeSchedule(spec: ScheduleSpec, options: { readonly seed?: string | undefined } = {}): string {
  switch (spec.kind) {
    case "cron":
      return `${describeCron(spec.cron, { dayOr: spec.dayOr, seed: options.seed })}, ${zoneOf(spec.timezone ?? "UTC").name}`;
    case "interval":
      return describeInterval(spec);
    case "rrule":
      return describeRrule(spec);
    case "dates":
      return givenTimes(spec.at.length);
  }
}

function givenTimes(count: number): string {
  return count === 1 ? "At one given time" : `At ${count} given times`;
}

const units: readonly (readonly [number, string])[] = [
  [7 * dayMs, "week"],
  [dayMs, "day"],
  [hourMs, "hour"],
  [minuteMs, "minute"],
  [secondMs, "second"],
  [1, "millisecond"],
];

function describeInterval(spec: IntervalSchedule): string {
  const [unitMs, unit] = units.find(([ms]) => spec.everyMs % ms === 0) ?? [1, "millisecond"];
  const every = `Every ${counted(spec.everyMs / unitMs, unit)}`;
  if (unitMs < dayMs) return every;
  const zone = zoneOf(spec.timezone ?? "UTC");
  const wallMs = toWall(zone, intervalAnchor(spec));
  return `${every} at ${clock(wallMs - Math.floor(wallMs / dayMs) * dayMs)}, ${zone.name}`;
}

const frequencyUnits: Readonly<Record<Frequency, string>> = {
  YEARLY: "year",
  MONTHLY: "month",
  WEEKLY: "week",
  DAILY: "day",
  HOURLY: "hour",
  MINUTELY: "minute",
  SECONDLY: "second",
};

function describeRrule(spec: RruleSchedule): string {
  const text = readRruleText(spec.rrule);
  const zone = zoneOf(spec.timezone ?? text.timezone ?? "UTC");
  const startMs = text.start?.wallMs ?? defaultStartWallMs;
  const [first] = text.rules;
  if (first === undefined) return givenTimes(text.dates.length);
  const rule = parseRrule(first, { startMs, toWall: (time) => time.wallMs });
  const others = text.rules.length - 1 + text.excludedRules.length + text.dates.length + text.excludedDates.length;
  return `${describeRule(rule)}${others > 0 ? ", with additions or exceptions" : ""}, ${zone.name}`;
}

function describeRule(rule: Rrule): string {
  const every = `Every ${counted(rule.interval, frequencyUnits[rule.frequency])}`;
  const { weekdays, nthWeekdays, monthDays, months, weekNumbers, yearDays } = rule.day;
  const isPlain = weekNumbers === null && yearDays === null && rule.positions === null;
  if (!isPlain) return `${every}, by a rule of its own`;
  const isTimed = frequencies.indexOf(rule.frequency) < frequencies.indexOf("HOURLY");
  const days: string[] = [];
  if (weekdays !== null) days.push(listed(weekdays.map((weekday) => weekdayWords[weekday] ?? "")));
  if (nthWeekdays !== null)
    days.push(
      listed(
        nthWeekdays.map(
          ({ weekday, nth }) => `the ${nth < 0 ? fromEnd(nth) : ordinal(nth)} ${weekdayWords[weekday] ?? ""}`,
        ),
      ),
    );
  if (monthDays !== null)
    days.push(`the ${listed(monthDays.map((day) => (day < 0 ? `${fromEnd(day)} day` : ordinal(day))))}`);
  const on = days.length === 0 ? "" : ` on ${days.join(", ")}`;
  const inMonths = months === null ? "" : ` in ${listed(months.map((month) => monthWords[month - 1] ?? ""))}`;
  const times = (rule.hours ?? []).flatMap((hour) =>
    (rule.minutes ?? []).map((minute) => clock(hour * hourMs + minute * minuteMs)),
  );
  const at = isTimed ? ` at ${times.length > 6 ? `${times.length} times of day` : listed(times)}` : "";
  const end =
    rule.count === null ? (rule.untilMs === null ? "" : `, until ${dateText(rule.untilMs)}`) : `, ${rule.count} times`;
  return `${every}${on}${inMonths}${at}${end}`;
}
