/** The days a cron expression names: its day of the month, its day of the week, and how the two go together. */

import { daysInMonth, toDay, weekdayOf } from "./calendar.ts";
import { cronFields, readCronItem, readCronValue } from "./cron-field.ts";
import { scheduleInvalid } from "./schedule-error.ts";

/** Days of a month, as bit `day` of a number. */
export type DayMask = number;

type DayItem = (year: number, month: number) => DayMask;

export interface CronDays {
  /** null when the field is `*` or `?`. */
  readonly ofMonth: readonly DayItem[] | null;
  readonly ofWeek: readonly DayItem[] | null;
  /** Whether a day may be either, or must be both. Says nothing when one of the two is null. */
  readonly isEither: boolean;
}

const allDays = 0xfffffffe | 0;

export function daysOf(rule: CronDays, year: number, month: number): DayMask {
  const within = allDays & bitsTo(daysInMonth(year, month));
  const ofMonth = rule.ofMonth === null ? allDays : union(rule.ofMonth, year, month);
  const ofWeek = rule.ofWeek === null ? allDays : union(rule.ofWeek, year, month);
  const isEither = rule.isEither && rule.ofMonth !== null && rule.ofWeek !== null;
  return within & (isEither ? ofMonth | ofWeek : ofMonth & ofWeek);
}

function union(items: readonly DayItem[], year: number, month: number): DayMask {
  let mask = 0;
  for (const item of items) mask |= item(year, month);
  return mask;
}

function bitsTo(day: number): DayMask {
  return day >= 31 ? -1 : (1 << (day + 1)) - 1;
}

function maskOf(days: readonly number[]): DayMask {
  let mask = 0;
  for (const day of days) mask |= 1 << day;
  return mask;
}

/** `L` (the last day), `L-3` (the third before it), `15W` (the weekday nearest to the 15th), `LW`, and plain values. */
export function readDayOfMonth(item: string): DayItem {
  if (item === "lw") return (year, month) => 1 << nearestWeekday(year, month, daysInMonth(year, month));
  const fromLast = /^l(?:-(\d+))?$/.exec(item);
  if (fromLast !== null) {
    const before = Number(fromLast[1] ?? 0);
    if (before > 30) throw scheduleInvalid(`\`${item}\` is before the first of any month`, "Write L-1 to L-30.");
    return (year, month) => {
      const day = daysInMonth(year, month) - before;
      return day < 1 ? 0 : 1 << day;
    };
  }
  const nearest = /^(\d+)w$/.exec(item);
  if (nearest !== null) {
    const wanted = readCronValue(nearest[1] ?? "", cronFields.day);
    return (year, month) => (wanted > daysInMonth(year, month) ? 0 : 1 << nearestWeekday(year, month, wanted));
  }
  const mask = maskOf(readCronItem(item.replace(/-l(?=$|\/)/, "-31"), cronFields.day));
  return () => mask;
}

/** The Monday to Friday that is nearest to a day, within its month. */
function nearestWeekday(year: number, month: number, day: number): number {
  const last = daysInMonth(year, month);
  switch (weekdayOf(toDay(year, month, day))) {
    case 6:
      return day === 1 ? 3 : day - 1;
    case 0:
      return day === last ? day - 2 : day + 1;
    default:
      return day;
  }
}

/** `FRI#2` (the second Friday of a month), `FRIL` or `L5` (the last one), and plain values and ranges. */
export function readDayOfWeek(item: string): DayItem {
  const field = cronFields.weekday;
  const last = /^l(\d)$|^(\d|[a-z]{3})l$/.exec(item);
  if (last !== null) {
    const weekday = readCronValue(last[1] ?? last[2] ?? "", field) % 7;
    return (year, month) => {
      const length = daysInMonth(year, month);
      return 1 << (length - ((weekdayOf(toDay(year, month, length)) - weekday + 7) % 7));
    };
  }
  const [valueText = "", nthText, ...rest] = item.split("#");
  const weekdays = readCronItem(valueText, field).map((weekday) => weekday % 7);
  if (nthText === undefined) return (year, month) => weekdayMask(weekdays, year, month);
  if (!/^[1-5]$/.test(nthText) || rest.length > 0)
    throw scheduleInvalid(
      `\`${item.slice(0, 40)}\` names no week of a month`,
      "Write FRI#1 to FRI#5, or FRIL for the last.",
    );
  const lastOfWeek = Number(nthText) * 7;
  const week = bitsTo(lastOfWeek) & ~bitsTo(lastOfWeek - 7);
  return (year, month) => weekdayMask(weekdays, year, month) & week;
}

function weekdayMask(weekdays: readonly number[], year: number, month: number): DayMask {
  const first = weekdayOf(toDay(year, month, 1));
  let mask = 0;
  for (const weekday of weekdays) for (let day = 1 + ((weekday - first + 7) % 7); day <= 31; day += 7) mask |= 1 << day;
  return mask;
}
