import { dayMs, fromDay, hourMs, minuteMs, secondMs, startOfWeek, toDay } from "./calendar.ts";
import type { Rrule } from "./rrule.ts";
import { daysBetween, meetsDayRule, skipMonths } from "./rrule-days.ts";
import type { StepBudget } from "./step-budget.ts";

/** Past this no calendar reaches. */
const endOfTimeMs = Date.UTC(9999, 11, 31, 23, 59, 59);

/**
 * The wall times of a rule at or after `fromMs`, ascending. It goes to the period of `fromMs` at once, whatever the start
 * of the rule; its COUNT is not looked at.
 */
export function* rruleWalls(rule: Rrule, fromMs: number, budget: StepBudget): Generator<number, void> {
  const firstMs = Math.max(fromMs, rule.startMs);
  const lastMs = Math.min(rule.untilMs ?? endOfTimeMs, endOfTimeMs);
  if (firstMs > lastMs) return;
  const walls = createPeriods(rule, firstMs, budget);
  for (const wallMs of walls) {
    if (wallMs > lastMs) return;
    if (wallMs < firstMs) continue;
    budget.spend(1);
    yield wallMs;
  }
}

/** All wall times from the period that holds `firstMs`. */
function createPeriods(rule: Rrule, firstMs: number, budget: StepBudget): Generator<number, void> {
  switch (rule.frequency) {
    case "YEARLY":
    case "MONTHLY":
    case "WEEKLY":
    case "DAILY":
      return dayPeriods(rule, firstMs, budget);
    case "HOURLY":
      return timePeriods({ rule, firstMs, budget, unitMs: hourMs });
    case "MINUTELY":
      return timePeriods({ rule, firstMs, budget, unitMs: minuteMs });
    case "SECONDLY":
      return timePeriods({ rule, firstMs, budget, unitMs: secondMs });
  }
}

/** Periods of whole days: the days of each that meet the rule, at each of its times of day. */
function* dayPeriods(rule: Rrule, firstMs: number, budget: StepBudget): Generator<number, void> {
  const times = timesOfDay(rule);
  for (const { first, end } of periods(rule, Math.floor(firstMs / dayMs))) {
    if (!(first * dayMs <= endOfTimeMs)) return;
    budget.spend(Math.ceil((end - first) / 8));
    const days = daysBetween(rule.day, first, end);
    yield* chosen(rule.positions, days.length * times.length, (index) => {
      const day = days[Math.floor(index / times.length)] ?? 0;
      return day * dayMs + (times[index % times.length] ?? 0);
    });
  }
}

/** The periods of a rule by years, months, weeks or days, from the one that holds a day or the one before it. */
function* periods(
  rule: Rrule,
  fromDayCount: number,
): Generator<{ readonly first: number; readonly end: number }, void> {
  const { frequency, interval } = rule;
  const startDay = Math.floor(rule.startMs / dayMs);
  const start = fromDay(startDay);
  const from = fromDay(fromDayCount);
  if (frequency === "YEARLY") {
    for (let year = alignDown(from.year, start.year, interval); ; year += interval)
      yield { first: toDay(year, 1, 1), end: toDay(year + 1, 1, 1) };
  }
  if (frequency === "MONTHLY") {
    for (
      let month = alignDown(from.year * 12 + from.month, start.year * 12 + start.month, interval);
      ;
      month += interval
    ) {
      const year = Math.floor((month - 1) / 12);
      const ofYear = month - year * 12;
      yield { first: toDay(year, ofYear, 1), end: toDay(year, ofYear + 1, 1) };
    }
  }
  const length = frequency === "WEEKLY" ? 7 : 1;
  const origin = frequency === "WEEKLY" ? startOfWeek(startDay, rule.day.weekStart) : startDay;
  for (let first = alignDown(fromDayCount, origin, interval * length); ; first += interval * length) {
    if (length === 1) first = alignUp(skipMonths(rule.day, first), origin, interval);
    yield { first, end: first + length };
  }
}

/** Periods of hours, minutes or seconds. Days, hours and minutes that the rule leaves out are passed over. */
function* timePeriods(options: {
  readonly rule: Rrule;
  readonly firstMs: number;
  readonly budget: StepBudget;
  readonly unitMs: number;
}): Generator<number, void> {
  const { rule, firstMs, budget, unitMs } = options;
  const originMs = Math.floor(rule.startMs / unitMs) * unitMs;
  const stepMs = rule.interval * unitMs;
  const insideMs = timesWithin(rule, unitMs);
  let knownDay = Number.NaN;
  for (let periodMs = alignDown(firstMs, originMs, stepMs); periodMs <= endOfTimeMs; ) {
    budget.spend(1);
    const day = Math.floor(periodMs / dayMs);
    if (day !== knownDay && !meetsDayRule(rule.day, day)) {
      periodMs = alignUp(skipMonths(rule.day, day + 1) * dayMs, originMs, stepMs);
      continue;
    }
    knownDay = day;
    const hour = Math.floor(periodMs / hourMs);
    if (rule.hours?.includes(hour - day * 24) === false) {
      periodMs = alignUp((hour + 1) * hourMs, originMs, stepMs);
      continue;
    }
    const minute = Math.floor(periodMs / minuteMs);
    if (unitMs < hourMs && rule.minutes?.includes(minute - hour * 60) === false) {
      periodMs = alignUp((minute + 1) * minuteMs, originMs, stepMs);
      continue;
    }
    if (unitMs > secondMs || rule.seconds?.includes((periodMs - minute * minuteMs) / secondMs) !== false) {
      const base = periodMs;
      yield* chosen(rule.positions, insideMs.length, (index) => base + (insideMs[index] ?? 0));
    }
    periodMs += stepMs;
  }
}

/** The greatest `origin + n × step` that is at most `value`. */
function alignDown(value: number, origin: number, step: number): number {
  return origin + Math.floor((value - origin) / step) * step;
}

/** The least `origin + n × step` that is at least `value`. */
function alignUp(value: number, origin: number, step: number): number {
  return origin + Math.ceil((value - origin) / step) * step;
}

/** The times of day of a rule by days, as ms from midnight, ascending. */
function timesOfDay(rule: Rrule): readonly number[] {
  return (rule.hours ?? []).flatMap((hour) => timesWithin(rule, hourMs).map((ms) => hour * hourMs + ms));
}

/** The times within an hour, a minute or a second, as ms from its start, ascending. */
function timesWithin(rule: Rrule, unitMs: number): readonly number[] {
  const minutes = unitMs >= hourMs ? (rule.minutes ?? []) : [0];
  const seconds = unitMs >= minuteMs ? (rule.seconds ?? []) : [0];
  return minutes.flatMap((minute) => seconds.map((second) => minute * minuteMs + second * secondMs));
}

/** The moments of a period: all, or those at the places of BYSETPOS, where -1 is the last. */
function* chosen(
  positions: readonly number[] | null,
  length: number,
  momentAt: (index: number) => number,
): Generator<number, void> {
  if (positions === null) {
    for (let index = 0; index < length; index++) yield momentAt(index);
    return;
  }
  const places = positions.map((position) => (position > 0 ? position - 1 : length + position));
  const inside = new Set(places.filter((place) => place >= 0 && place < length));
  for (const place of [...inside].sort((a, b) => a - b)) yield momentAt(place);
}
