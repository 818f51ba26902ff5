/** A recurrence rule of RFC 5545, read. */

export const frequencies = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"] as const;
export type Frequency = (typeof frequencies)[number];

export interface NthWeekday {
  readonly weekday: number;
  /** The nth of its month or year; from the end when negative. */
  readonly nth: number;
}

/** What a day must meet. A list that is null asks nothing. */
export interface DayRule {
  readonly months: readonly number[] | null;
  readonly weekNumbers: readonly number[] | null;
  readonly yearDays: readonly number[] | null;
  readonly monthDays: readonly number[] | null;
  /** Weekdays of any week; a day meets this list or `nthWeekdays`. */
  readonly weekdays: readonly number[] | null;
  readonly nthWeekdays: readonly NthWeekday[] | null;
  /** What `nthWeekdays` count within. */
  readonly nthWithin: "month" | "year";
  /** The weekday that weeks begin with. */
  readonly weekStart: number;
}

export interface Rrule {
  readonly frequency: Frequency;
  readonly interval: number;
  /** The first moment the rule may name, and what fills the parts that it leaves out. Wall time. */
  readonly startMs: number;
  /** The last moment it may name. Wall time. */
  readonly untilMs: number | null;
  readonly count: number | null;
  readonly day: DayRule;
  readonly hours: readonly number[] | null;
  readonly minutes: readonly number[] | null;
  readonly seconds: readonly number[] | null;
  readonly positions: readonly number[] | null;
  /** Whether it is nothing but a frequency and an interval. */
  readonly isPlain: boolean;
}
