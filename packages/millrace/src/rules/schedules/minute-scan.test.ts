/**
 * Cron against an oracle that shares nothing with it: a scan of every minute of a year, of which the zone's clock is read as a
 * person would. In CI some zones with odd changes and one year; with MILLRACE_PROPERTY_FACTOR at 20 or more, as at night, all
 * zones and five years.
 */

import { describe, expect, test } from "vitest";
import type { ScheduleSpec } from "../../contract/schedules.ts";
import { fireTimes } from "./next-fire-times.ts";

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

/** Clocks that change by an hour or half of one, at midnight or at 02:00, north and south, for Ramadan, and never. */
const oddZones = [
  "America/New_York",
  "Europe/London",
  "Australia/Lord_Howe",
  "America/Santiago",
  "Africa/Cairo",
  "Africa/Casablanca",
  "America/St_Johns",
  "Asia/Kathmandu",
];
const isNight = Number(process.env.MILLRACE_PROPERTY_FACTOR ?? 1) >= 20;
const zones = isNight ? Intl.supportedValuesOf("timeZone") : oddZones;
const years = isNight ? [2024, 2025, 2026, 2027, 2028] : [2026];

const expressions = [
  "30 2 * * *",
  "30 1 * * *",
  "0 * * * *",
  "*/15 * * * *",
  "15 2 * * *",
  "45 1 * * *",
  "30 0 * * *",
  "0 9 * * *",
  "0 0 * * *",
  "59 23 * * *",
  "0,30 1-3 * * *",
  "*/20 2 * * *",
  "10 */6 * * *",
  "0 12 * * 1-5",
  "30 2 * * 0",
  "0 0 1 * *",
  "30 1 29 * *",
  "5 4 1 1,7 *",
  "0 3 * 3,10,11 0",
  "45 23 31 * 6",
];

interface Fields {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Where both are restricted, either is enough. */
  readonly isEither: boolean;
}

function read(expression: string): Fields {
  const bounds = [
    [0, 59],
    [0, 23],
    [1, 31],
    [1, 12],
    [0, 6],
  ] as const;
  const texts = expression.split(" ");
  const [minutes, hours, days, months, weekdays] = bounds.map(([least, most], index) => {
    const values = new Set<number>();
    for (const part of (texts[index] ?? "").split(",")) {
      const [range = "", step = "1"] = part.split("/");
      const [from = "", to = from] = range === "*" ? [String(least), String(most)] : range.split("-");
      for (let value = Number(from); value <= Number(to); value += Number(step)) values.add(value);
    }
    return values;
  }) as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];
  return { minutes, hours, days, months, weekdays, isEither: texts[2] !== "*" && texts[4] !== "*" };
}

function namesDay({ days, months, weekdays, isEither }: Fields, day: number): boolean {
  const date = new Date(day * dayMs);
  if (!months.has(date.getUTCMonth() + 1)) return false;
  const [isDay, isWeekday] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
  return isEither ? isDay || isWeekday : isDay && isWeekday;
}

/** What the zone's clock is ahead of UTC by, in minutes, in each minute of a span of UTC minutes. */
function readOffsets(zone: string, from: number, to: number): Int16Array {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  const offsetAt = (minute: number): number => {
    const [, sign = "+", hours = "0", minutes = "0"] =
      /GMT(?:([+-])(\d+):(\d+))?/.exec(format.format(minute * minuteMs)) ?? [];
    return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  };
  const offsets = new Int16Array(to - from);
  for (let day = from; day < to; day += 1440) {
    const end = Math.min(day + 1440, to);
    const [first, last] = [offsetAt(day), offsetAt(end - 1)];
    // Within a day on which the clocks change each minute is asked.
    for (let minute = day; minute < end; minute++) offsets[minute - from] = first === last ? first : offsetAt(minute);
  }
  return offsets;
}

/** The minutes in UTC at which each expression is due, as docs/schedules.md says. */
function scan(all: readonly Fields[], { from, offsets }: { readonly from: number; readonly offsets: Int16Array }) {
  const due = all.map(() => new Set<number>());
  const indexes = all.map((_, index) => index);
  /** Which expressions name a minute of any day, and which a day. */
  const ofMinute = Array.from({ length: 1440 }, (_, minute) =>
    indexes.filter((index) => all[index]?.hours.has(Math.floor(minute / 60)) && all[index]?.minutes.has(minute % 60)),
  );
  const ofDay = new Map<number, readonly boolean[]>();
  /** @param wall a minute of the zone's clock, counted as if it were UTC */
  const fire = (wall: number, at: number, isFirstShowing: boolean): void => {
    const day = Math.floor(wall / 1440);
    const named = ofMinute[wall - day * 1440] ?? [];
    if (named.length === 0) return;
    const isNamed = ofDay.get(day) ?? all.map((fields) => namesDay(fields, day));
    ofDay.set(day, isNamed);
    for (const index of named) {
      const isEveryHour = all[index]?.hours.size === 24;
      if (isNamed[index] === true && (isFirstShowing || isEveryHour)) due[index]?.add(at);
    }
  };
  let latest = Number.NEGATIVE_INFINITY;
  let before = offsets[0] ?? 0;
  for (let index = 0; index < offsets.length; index++) {
    const at = from + index;
    const offset = offsets[index] ?? 0;
    // What the clock jumps over comes as much later, and so is the minute that its time before the jump would have been.
    for (let wall = at + before; wall < at + offset; wall++) fire(wall, wall - before, true);
    const wall = at + offset;
    fire(wall, at, wall > latest);
    latest = Math.max(latest, wall);
    before = offset;
  }
  return due.map((minutes) => [...minutes].toSorted((a, b) => a - b));
}

const most = 10_000;

function findAll(spec: ScheduleSpec, { after, before }: { readonly after: number; readonly before: number }): number[] {
  const times: number[] = [];
  for (let found = most; found === most; ) {
    const more = fireTimes(spec, { after: times.at(-1) ?? after, before, limit: most });
    found = more.length;
    times.push(...more);
  }
  return times;
}

describe("in every minute of the years, cron is due when the zone's clock says so", () => {
  test.for(zones)("%s", { timeout: 120_000 }, (zone) => {
    for (const year of years) {
      // From two days before, so that a change just before the year is seen as one.
      const [from, begin, end] = [Date.UTC(year, 0, -1), Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1) - dayMs].map(
        (ms) => ms / minuteMs,
      ) as [number, number, number];
      const found = scan(expressions.map(read), { from, offsets: readOffsets(zone, from, end + 1440) });
      for (const [index, cron] of expressions.entries()) {
        const window = { after: begin * minuteMs - 1, before: end * minuteMs };
        const times = findAll({ kind: "cron", cron, timezone: zone }, window);
        const expected = found[index]?.filter((minute) => minute >= begin && minute <= end);
        expect({ year, cron, times: times.map((ms) => ms / minuteMs) }).toEqual({ year, cron, times: expected });
      }
    }
  });
});

describe("known dates", () => {
  test.each<[string, string, string, readonly string[]]>([
    ["America/New_York", "30 2 * * *", "2026-03-08", ["2026-03-08T07:30Z"]],
    ["America/New_York", "30 1 * * *", "2026-11-01", ["2026-11-01T05:30Z"]],
    ["Europe/London", "30 1 * * *", "2026-03-29", ["2026-03-29T01:30Z"]],
    ["Europe/London", "30 1 * * *", "2026-10-25", ["2026-10-25T00:30Z"]],
    ["Australia/Lord_Howe", "15 2 * * *", "2026-10-04", ["2026-10-03T15:45Z"]],
    ["Australia/Lord_Howe", "45 1 * * *", "2026-04-05", ["2026-04-04T14:45Z"]],
    ["America/Santiago", "30 0 * * *", "2026-09-06", ["2026-09-06T04:30Z"]],
    // The hour after midnight is shown twice.
    [
      "America/Havana",
      "10 */6 * * *",
      "2026-11-01",
      ["2026-11-01T04:10Z", "2026-11-01T11:10Z", "2026-11-01T17:10Z", "2026-11-01T23:10Z"],
    ],
    ["Africa/Cairo", "30 0 * * *", "2026-04-24", ["2026-04-23T22:30Z"]],
    ["Asia/Kathmandu", "0 9 * * *", "2026-01-15", ["2026-01-15T03:15Z"]],
    ["UTC", "0 0 29 2 *", "2028-02-29", ["2028-02-29T00:00Z"]],
    ["UTC", "14 3 19 1 *", "2038-01-19", ["2038-01-19T03:14Z"]],
  ])("%s, %s on %s", (timezone, cron, day, expected) => {
    // A day of the zone lies within three of UTC.
    const [after, before] = [Date.parse(day) - dayMs, Date.parse(day) + 2 * dayMs];
    const times = fireTimes({ kind: "cron", cron, timezone }, { after, before, limit: 100 });
    const dayOf = new Intl.DateTimeFormat("sv-SE", { timeZone: timezone });
    const ofDay = times.filter((atMs) => dayOf.format(atMs) === day);
    expect(ofDay.map((atMs) => new Date(atMs).toISOString().replace(":00.000Z", "Z"))).toEqual(expected);
  });

  test("every hour is every real hour on the days of both changes, and leap days and times after 2038 come in their turn", () => {
    const hourly = { kind: "cron", cron: "0 * * * *", timezone: "America/New_York" } as const;
    for (const day of ["2026-03-08", "2026-11-01"]) {
      const after = Date.parse(day) - 1;
      const times = fireTimes(hourly, { after, before: after + dayMs, limit: 100 });
      expect(times).toEqual(Array.from({ length: 24 }, (_, hour) => after + 1 + hour * 3_600_000));
    }
    const leapDays = fireTimes({ kind: "cron", cron: "0 0 29 2 *" }, { after: Date.UTC(2027, 0, 1), limit: 4 });
    expect(leapDays.map((atMs) => new Date(atMs).getUTCFullYear())).toEqual([2028, 2032, 2036, 2040]);
    const everyDay = fireTimes(
      { kind: "cron", cron: "0 0 * * *" },
      { after: Date.UTC(2038, 0, 18), before: Date.UTC(2038, 0, 21), limit: 9 },
    );
    expect(everyDay).toEqual([19, 20, 21].map((day) => Date.UTC(2038, 0, day)));
  });
});
