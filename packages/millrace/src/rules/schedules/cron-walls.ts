import { dayMs, daysInMonth, fromDay, secondMs, toDay } from "./calendar.ts";
import { daysOf } from "./cron-days.ts";
import type { CronRule } from "./parse-cron.ts";
import type { StepBudget } from "./step-budget.ts";
import type { WallTimes } from "./wall-times.ts";

/** How far ahead a next day is looked for. The rarest real one, 29 February on a given weekday, comes within 40 years. */
const horizonYears = 50;

/** The wall times that a cron expression names. */
export function createCronWalls(rule: CronRule): WallTimes {
  const nextTime = createTimeOfDay(rule);
  const firstTime = nextTime(0);
  return {
    repeats: rule.isEveryHour,
    *from(fromMs, budget) {
      const fromSecond = Math.ceil(fromMs / secondMs);
      let day = Math.floor(fromSecond / 86_400);
      let time = nextTime(fromSecond - day * 86_400);
      if (time === -1) {
        day++;
        time = firstTime;
      }
      for (const found of days({ rule, fromDay: day, budget })) {
        if (found !== day) time = firstTime;
        for (; time !== -1; time = nextTime(time + 1)) {
          budget.spend(1);
          yield found * dayMs + time * secondMs;
        }
      }
    },
  };
}

/** The days of a rule at or after one, ascending. */
function* days(options: {
  readonly rule: CronRule;
  readonly fromDay: number;
  readonly budget: StepBudget;
}): Generator<number, void> {
  const { rule, budget } = options;
  let { year, month, day } = fromDay(options.fromDay);
  const lastYear = rule.years?.at(-1) ?? year + horizonYears;
  while (year <= lastYear) {
    budget.spend(1);
    if ((rule.years === null || rule.years.includes(year)) && rule.months.includes(month)) {
      const mask = daysOf(rule.days, year, month);
      for (const last = daysInMonth(year, month); day <= last; day++)
        if (mask & (1 << day)) yield toDay(year, month, day);
    }
    day = 1;
    month++;
    if (month > 12) {
      month = 1;
      year++;
    }
  }
}

/** A function to the first time of day of a rule at or after one, in seconds; -1 when the day has no more. */
function createTimeOfDay(rule: CronRule): (fromSecond: number) => number {
  const { hours, minutes, seconds } = rule;
  const firstMinute = (minutes[0] ?? 0) * 60 + (seconds[0] ?? 0);
  const firstSecond = seconds[0] ?? 0;
  return (fromSecond) => {
    const fromHour = Math.floor(fromSecond / 3600);
    const fromMinute = Math.floor((fromSecond % 3600) / 60);
    for (const hour of hours) {
      if (hour < fromHour) continue;
      if (hour > fromHour) return hour * 3600 + firstMinute;
      for (const minute of minutes) {
        if (minute < fromMinute) continue;
        if (minute > fromMinute) return hour * 3600 + minute * 60 + firstSecond;
        const second = seconds.find((candidate) => candidate >= fromSecond % 60);
        if (second !== undefined) return hour * 3600 + minute * 60 + second;
      }
    }
    return -1;
  };
}
