/** Schedules as people write them. What they mean (which times they name) is decided in rules/schedules. */

/**
 * Times by a cron expression: five fields, or six with the seconds last, or seven with the year after them.
 * Also `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly`, `@annually`.
 */
export interface CronSchedule {
  readonly kind: "cron";
  readonly cron: string;
  /** An IANA name; UTC when absent. */
  readonly timezone?: string;
  /**
   * What a day of the month and a day of the week mean together: either (true, the default, as cron has it) or both.
   */
  readonly dayOr?: boolean;
}

/**
 * Times at a fixed distance from an anchor, before it and after it. Below one day the distance is elapsed time; from one
 * day on it is counted on the zone's clock, so that a daily run keeps its hour when the clocks change.
 */
export interface IntervalSchedule {
  readonly kind: "interval";
  /** In ms, a whole number of at least one second. */
  readonly everyMs: number;
  /** In ms UTC; midnight of 1 January 2020 in the zone when absent. */
  readonly anchorAt?: number;
  /** An IANA name; UTC when absent. */
  readonly timezone?: string;
}

/** Times by RFC 5545: RRULE, DTSTART, RDATE, EXDATE and EXRULE, one a line; a bare rule needs no name. */
export interface RruleSchedule {
  readonly kind: "rrule";
  readonly rrule: string;
  /** An IANA name; when absent, the TZID of the text, or UTC. */
  readonly timezone?: string;
}

/** Times that are listed. */
export interface DatesSchedule {
  readonly kind: "dates";
  /** In ms UTC, in any order. */
  readonly at: readonly number[];
}

export type ScheduleSpec = CronSchedule | IntervalSchedule | RruleSchedule | DatesSchedule;

/** What becomes of due times that passed while nothing could run them: none, the last, or the last `max` of them. */
export type CatchUpPolicy =
  | { readonly policy: "skip" }
  | { readonly policy: "latest" }
  | { readonly policy: "all"; readonly max: number };

export interface ScheduleOptions {
  /** Default: skip. */
  readonly catchUp?: CatchUpPolicy;
  /** Runs start up to this much after their due time, spread evenly; 0 when absent. */
  readonly jitterMs?: number;
  /** In ms UTC. No due time is before it. */
  readonly startAt?: number;
  /** In ms UTC. No due time is after it. */
  readonly endAt?: number;
}

/** How long a schedule's text may be. Enough for a year of RDATEs. */
export const maxScheduleText = 6500;

/** How many times a list may have. */
export const maxScheduleDates = 10_000;
