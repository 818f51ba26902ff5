/** The days of a recurrence rule: whether one meets its parts, and those of a year, a month or a week that do. */

import { daysInMonth, daysInYear, fromDay, startOfWeek, toDay, weekdayOf } from "./calendar.ts";
import type { DayRule } from "./rrule.ts";

export function meetsDayRule(rule: DayRule, day: number): boolean {
  const { year, month, day: ofMonth } = fromDay(day);
  if (rule.months !== null && !rule.months.includes(month)) return false;
  if (rule.monthDays !== null) {
    const fromEnd = ofMonth - daysInMonth(year, month) - 1;
    if (!rule.monthDays.includes(ofMonth) && !rule.monthDays.includes(fromEnd)) return false;
  }
  if (rule.yearDays !== null) {
    const ofYear = day - toDay(year, 1, 1) + 1;
    if (!rule.yearDays.includes(ofYear) && !rule.yearDays.includes(ofYear - daysInYear(year) - 1)) return false;
  }
  return (
    meetsWeekdays(rule, day) && (rule.weekNumbers === null || meetsWeekNumbers(rule.weekNumbers, day, rule.weekStart))
  );
}

function meetsWeekdays(rule: DayRule, day: number): boolean {
  const { weekdays, nthWeekdays } = rule;
  if (weekdays === null && nthWeekdays === null) return true;
  const weekday = weekdayOf(day);
  if (weekdays?.includes(weekday) === true) return true;
  return nthWeekdays?.some((wanted) => wanted.weekday === weekday && isNth(day, wanted.nth, rule.nthWithin)) ?? false;
}

/** Whether a day is the nth of its weekday in its month or year. */
function isNth(day: number, nth: number, within: "month" | "year"): boolean {
  const { year, month, day: ofMonth } = fromDay(day);
  const place = within === "month" ? ofMonth : day - toDay(year, 1, 1) + 1;
  const length = within === "month" ? daysInMonth(year, month) : daysInYear(year);
  return nth > 0 ? Math.ceil(place / 7) === nth : Math.ceil((length - place + 1) / 7) === -nth;
}

/** Weeks are numbered as ISO 8601 has it: the first of a year is the first with four days in it. */
function meetsWeekNumbers(wanted: readonly number[], day: number, weekStart: number): boolean {
  const week = startOfWeek(day, weekStart);
  const { year } = fromDay(week + 3);
  const first = firstWeek(year, weekStart);
  const number = (week - first) / 7 + 1;
  const weeks = (firstWeek(year + 1, weekStart) - first) / 7;
  return wanted.includes(number) || wanted.includes(number - weeks - 1);
}

function firstWeek(year: number, weekStart: number): number {
  return startOfWeek(toDay(year, 1, 4), weekStart);
}

/** The days of a rule from `first` to before `end`. Months that the rule leaves out are passed over. */
export function daysBetween(rule: DayRule, first: number, end: number): readonly number[] {
  const found: number[] = [];
  for (let day = first; day < end; ) {
    const { year, month, day: ofMonth } = fromDay(day);
    if (rule.months !== null && !rule.months.includes(month)) {
      day += daysInMonth(year, month) - ofMonth + 1;
      continue;
    }
    if (meetsDayRule(rule, day)) found.push(day);
    day++;
  }
  return found;
}

/** The first day at or after one that may be of the rule, as far as its months tell. */
export function skipMonths(rule: DayRule, day: number): number {
  const { months } = rule;
  if (months === null) return day;
  let { year, month } = fromDay(day);
  if (months.includes(month)) return day;
  while (!months.includes(month)) {
    month++;
    if (month > 12) {
      month = 1;
      year++;
    }
  }
  return toDay(year, month, 1);
}
