import { describe, expect, test } from "vitest";
import { isMillraceError } from "../../contract/errors.ts";
import type { ScheduleOptions, ScheduleSpec } from "../../contract/schedules.ts";
import { checkSchedule, checkScheduleOptions } from "./check-schedule.ts";
import { fireTimes } from "./next-fire-times.ts";

/** What a refusal says; null when there was none. */
function refusal(check: () => void): string | null {
  try {
    check();
  } catch (error) {
    if (isMillraceError(error, "SCHEDULE_INVALID") && error.fix.length > 10) return error.message;
    throw error;
  }
  return null;
}

const cron = (text: string, timezone?: string): ScheduleSpec =>
  timezone === undefined ? { kind: "cron", cron: text } : { kind: "cron", cron: text, timezone };
const rrule = (text: string): ScheduleSpec => ({ kind: "rrule", rrule: text });
const everyNumber = (count: number): string => Array.from({ length: count }, (_, index) => index).join(",");

describe("refused, with the reason", () => {
  test.each<[string, ScheduleSpec, RegExp]>([
    ["no fields", cron(""), /has 0 fields/],
    ["too few", cron("* * * *"), /has 4 fields/],
    ["too many", cron("* * * * * * * *"), /has 8 fields/],
    ["an unknown nickname", cron("@reboot"), /`@reboot` is no name/],
    ["a minute out of range", cron("60 * * * *"), /`60` is out of range in the minute/],
    ["a day 0", cron("0 0 0 * *"), /`0` is out of range in the day of the month/],
    ["a step of 0", cron("*/0 * * * *"), /step of 0 in the minute/],
    ["a negative number", cron("-5 * * * *"), /`-5` is not read in the minute/],
    ["a range of one", cron("5-5 * * * *"), /begins and ends at the same value/],
    ["a name in the wrong field", cron("0 0 * mon *"), /`mon` is no value in the month/],
    ["a sixth Friday", cron("0 0 * * fri#6"), /names no week of a month/],
    ["a day before any month", cron("0 0 L-31 * *"), /before the first of any month/],
    ["30 February", cron("0 0 30 2 *"), /names no day that exists/],
    ["31 April and June", cron("0 0 31 4,6 *"), /names no day that exists/],
    ["R", cron("R * * * *"), /chooses anew/],
    ["H without a seed", cron("H * * * *"), /nothing here to be chosen by/],
    ["an unknown zone", cron("0 0 * * *", "Mars/Phobos"), /`Mars\/Phobos` is no time zone/],
    ["an offset for a zone", cron("0 0 * * *", "+01:00"), /`\+01:00` is no time zone/],
    ["an empty recurrence", rrule(""), /names no time/],
    ["no frequency", rrule("RRULE:BYDAY=MO"), /has no FREQ/],
    ["an unknown frequency", rrule("FREQ=FORTNIGHTLY"), /FREQ=FORTNIGHTLY is no frequency/],
    ["an unknown part", rrule("FREQ=DAILY;BYEASTER=1"), /`BYEASTER=1` is no part/],
    ["an unknown line", rrule("DURATION:PT1H\nRRULE:FREQ=DAILY"), /is no line of a recurrence/],
    ["a part twice", rrule("FREQ=DAILY;COUNT=1;COUNT=2"), /has COUNT twice/],
    ["an interval of 0", rrule("FREQ=DAILY;INTERVAL=0"), /INTERVAL=0 is out of range/],
    ["a weekday 0TH", rrule("FREQ=MONTHLY;BYDAY=0TH"), /`0TH` in BYDAY is no weekday/],
    ["a date that is none", rrule("DTSTART:20250230T000000\nRRULE:FREQ=DAILY"), /`20250230T000000` is no time/],
    [
      "two zones",
      { ...rrule("DTSTART;TZID=Europe/Berlin:20250101T000000\nRRULE:FREQ=DAILY"), timezone: "UTC" } as ScheduleSpec,
      /names the zone `Europe\/Berlin` and the schedule `UTC`/,
    ],
    ["an end before the start", rrule("DTSTART:20250101T000000\nRRULE:FREQ=DAILY;UNTIL=20240101"), /names no time/],
    ["an interval below a second", { kind: "interval", everyMs: 999 }, /interval of 999 ms/],
    ["an interval of no number", { kind: "interval", everyMs: Number.NaN }, /interval of NaN ms/],
    ["an anchor beyond the calendar", { kind: "interval", everyMs: 1000, anchorAt: 1e300 }, /the anchor/],
    ["no dates", { kind: "dates", at: [] }, /has 0 times/],
    ["a date that is no number", { kind: "dates", at: [Number.NaN] }, /a time of the list \(NaN\)/],
  ])("%s", (_, spec, reason) => {
    expect(refusal(() => checkSchedule(spec))).toMatch(reason);
  });

  test.each<[string, ScheduleOptions, RegExp]>([
    ["a negative jitter", { jitterMs: -1 }, /jitter of -1 ms/],
    ["catching up on nothing", { catchUp: { policy: "all", max: 0 } }, /0 missed times/],
    ["an end before the start", { startAt: 2, endAt: 1 }, /before `startAt`/],
  ])("options: %s", (_, options, reason) => {
    expect(refusal(() => checkScheduleOptions(options))).toMatch(reason);
  });
});

// Each of these runs for minutes, or for ever, when it is followed step by step. A test that takes that long fails.
describe("hostile texts end", () => {
  test.each<[string, ScheduleSpec, RegExp]>([
    ["a long text", cron("x".repeat(1_000_000)), /longer than/],
    ["a long list", cron(`${"*/1,".repeat(1_700)}* * * * *`), /longer than/],
    ["a long recurrence", rrule(`FREQ=DAILY;BYHOUR=${"1,".repeat(5_000)}1`), /longer than/],
    ["a count of a filtered rule", rrule("FREQ=SECONDLY;BYMONTH=1;COUNT=999999999"), /COUNT=999999999 is more than/],
    ["minutes of 30 February", rrule("FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30"), /was not found in/],
    ["years of 30 February", rrule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), /was not found in/],
    ["weeks of 30 February", rrule("FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30"), /was not found in/],
    ["a second that is never reached", rrule("FREQ=SECONDLY;INTERVAL=60;BYSECOND=30"), /was not found in/],
    ["a place that no second has", rrule("FREQ=SECONDLY;BYSETPOS=2"), /was not found in/],
    ["seconds without seconds", rrule("FREQ=SECONDLY\nEXRULE:FREQ=SECONDLY"), /was not found in/],
    [
      "every second of the days of a year",
      rrule(
        `FREQ=YEARLY;BYDAY=MO;BYHOUR=${everyNumber(24)};BYMINUTE=${everyNumber(60)};BYSECOND=${everyNumber(60)};BYSETPOS=-366`,
      ),
      /lists 86,400 times a day/,
    ],
  ])("%s", (_, spec, reason) => {
    expect(refusal(() => checkSchedule(spec))).toMatch(reason);
  });
});

describe("kept, though it is unusual", () => {
  const after = Date.UTC(2026, 0, 1);
  test.each<[string, ScheduleSpec, number]>([
    ["a count without end", rrule("FREQ=SECONDLY;COUNT=999999999999"), 3],
    ["seconds since 1900", rrule("DTSTART:19000101T000000\nRRULE:FREQ=SECONDLY"), 3],
    ["a million years", rrule("FREQ=YEARLY;INTERVAL=1000000"), 0],
    ["a year that is over", cron("0 0 1 1 * 0 2020"), 0],
    ["29 February on a Monday", { kind: "cron", cron: "0 0 29 2 mon", dayOr: false }, 3],
    ["fields with blanks around them", cron("  0   0 * * MON "), 3],
    ["a zone in another case", cron("0 0 * * *", "europe/berlin"), 3],
    ["a folded line", rrule("DTSTART:20250101T0000\r\n 00\r\nRRULE:FREQ=DA\r\n ILY"), 3],
  ])("%s", (_, spec, count) => {
    checkSchedule(spec);
    expect(fireTimes(spec, { after, limit: 3 })).toHaveLength(count);
  });
});
