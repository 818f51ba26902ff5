/** Days of a month or a year on a zone's clock, some of which are shorter or longer than others. */

import { fromWall, toWall } from "../../format/zone-time.ts";

export interface Day {
  /** `2026-11-26` */
  readonly key: string;
  /** The first moment of it, and the first after it. */
  readonly start: number;
  readonly end: number;
  /** Whether it is of the month or year that is asked for; others fill its weeks up. */
  readonly isInside: boolean;
}

/** Days of the same length, one after the other: a history has intervals of one length. */
export interface Stretch {
  /** The place of its first day. */
  readonly first: number;
  readonly from: number;
  readonly to: number;
  readonly dayMs: number;
}

const dayMs = 86_400_000;

/** `2026-11` of a time. */
export function monthOf(at: number, zone: string): string {
  return new Date(toWall(at, zone)).toISOString().slice(0, 7);
}

/** @param step 1: the month after it, -12: the same a year before */
export function addMonths(month: string, step: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + step, 1)).toISOString().slice(0, 7);
}

/** Whole weeks, from Monday. */
export function daysOfMonth(month: string, zone: string): readonly Day[] {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return toWeeks(Date.UTC(year, number - 1, 1), Date.UTC(year, number, 1), zone);
}

export function daysOfYear(year: number, zone: string): readonly Day[] {
  return toWeeks(Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1), zone);
}

/** @param from on the wall, as if it were UTC; so is `to` */
function toWeeks(from: number, to: number, zone: string): readonly Day[] {
  const sinceMonday = (wall: number): number => (new Date(wall).getUTCDay() + 6) % 7;
  const first = from - sinceMonday(from) * dayMs;
  const after = sinceMonday(to);
  const last = after === 0 ? to : to + (7 - after) * dayMs;
  const days: Day[] = [];
  for (let wall = first; wall < last; wall += dayMs) {
    days.push({
      key: new Date(wall).toISOString().slice(0, 10),
      start: fromWall(wall, zone),
      end: fromWall(wall + dayMs, zone),
      isInside: wall >= from && wall < to,
    });
  }
  return days;
}

export function toStretches(days: readonly Day[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const [index, { start, end }] of days.entries()) {
    const last = stretches.at(-1);
    if (last !== undefined && last.dayMs === end - start) stretches[stretches.length - 1] = { ...last, to: end };
    else stretches.push({ first: index, from: start, to: end, dayMs: end - start });
  }
  return stretches;
}

/** In which day each of the times is; those outside are left out. @param times in order */
export function countByDay(times: readonly number[], days: readonly Day[]): readonly number[] {
  const counts = days.map(() => 0);
  let index = 0;
  for (const at of times) {
    while (index < days.length && (days[index]?.end ?? 0) <= at) index++;
    const day = days[index];
    if (day === undefined) break;
    if (at >= day.start) counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}
