import { describe, expect, test } from "vitest";
import { describeSchedule } from "./describe-schedule.ts";

describe("cron", () => {
  test.each([
    ["0 2 * * *", "At 02:00 every day"],
    ["0 9,17 * * mon-fri", "At 09:00 and 17:00 on Monday to Friday"],
    ["* * * * *", "Every minute"],
    ["*/15 * * * *", "Every 15 minutes"],
    ["*/15 9-17 * * 1-5", "Every 15 minutes from 09:00 to 17:59 on Monday to Friday"],
    ["@hourly", "Every hour"],
    ["0 */2 * * *", "Every 2 hours"],
    ["5 * * * *", "At minute 5 of every hour"],
    ["* * * * * */10", "Every 10 seconds"],
    ["30 8 * jan,jul tue 15,45", "At 08:30:15 and 08:30:45 on Tuesday in January and July"],
    ["0 0 1,15 * *", "At 00:00 on the 1st and the 15th of the month"],
    ["0 0 L * *", "At 00:00 on the last day of the month"],
    ["0 0 15W * *", "At 00:00 on the weekday nearest the 15th of the month"],
    ["0 6 * * FRI#2", "At 06:00 on the 2nd Friday of the month"],
    ["0 6 * * 5L", "At 06:00 on the last Friday of the month"],
    ["0 0 13 * 5", "At 00:00 on the 13th of the month and on Friday"],
    ["0 0 1 1 * 0 2026", "At 00:00 on the 1st of the month in January of 2026"],
  ])("%s", (cron, expected) => {
    expect(describeSchedule({ kind: "cron", cron, timezone: "Europe/Berlin" })).toBe(`${expected}, Europe/Berlin`);
  });

  test("a day that must be both", () => {
    const text = describeSchedule({ kind: "cron", cron: "0 0 13 * fri", dayOr: false });
    expect(text).toBe("At 00:00 on the 13th of the month when it is Friday, UTC");
  });
});

describe("recurrences", () => {
  test.each([
    ["FREQ=DAILY", "Every day at 00:00, UTC"],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;BYHOUR=9", "Every 2 weeks on Monday and Friday at 09:00, UTC"],
    ["FREQ=MONTHLY;BYDAY=-1FR,1MO", "Every month on the last Friday and the 1st Monday at 00:00, UTC"],
    ["FREQ=MINUTELY;INTERVAL=17", "Every 17 minutes, UTC"],
    ["FREQ=YEARLY;BYWEEKNO=20", "Every year, by a rule of its own, UTC"],
    [
      "DTSTART;TZID=Europe/Berlin:20250101T083000\nRRULE:FREQ=DAILY;COUNT=140",
      "Every day at 08:30, 140 times, Europe/Berlin",
    ],
    [
      "FREQ=DAILY;UNTIL=20260101\nEXDATE:20250515T000000",
      "Every day at 00:00, until 2026-01-01, with additions or exceptions, UTC",
    ],
    ["RDATE:20250101T000000,20250201T000000", "At 2 given times"],
  ])("%s", (rrule, expected) => {
    expect(describeSchedule({ kind: "rrule", rrule })).toBe(expected);
  });
});

test("intervals and dates", () => {
  expect(describeSchedule({ kind: "interval", everyMs: 5_400_000 })).toBe("Every 90 minutes");
  expect(describeSchedule({ kind: "interval", everyMs: 3_600_000 })).toBe("Every hour");
  const daily = {
    kind: "interval",
    everyMs: 86_400_000,
    anchorAt: Date.UTC(2025, 0, 1, 8),
    timezone: "Europe/Berlin",
  } as const;
  expect(describeSchedule(daily)).toBe("Every day at 09:00, Europe/Berlin");
  expect(describeSchedule({ kind: "dates", at: [1, 2] })).toBe("At 2 given times");
});
