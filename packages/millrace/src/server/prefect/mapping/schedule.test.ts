import { expect, test } from "vitest";
import type { ScheduleSpec } from "../../../contract/schedules.ts";
import { fromPrefectSpec, toPrefectSpec } from "./schedule.ts";

const now = Date.UTC(2027, 0, 15, 8);

test("schedules are the same there and back", () => {
  const specs: readonly ScheduleSpec[] = [
    { kind: "interval", everyMs: 90_000, anchorAt: now, timezone: "Europe/Berlin" },
    { kind: "cron", cron: "0 2 * * 1-5", dayOr: false, timezone: "America/New_York" },
    { kind: "rrule", rrule: "FREQ=HOURLY;INTERVAL=2", timezone: "UTC" },
  ];
  for (const spec of specs) {
    const theirs = toPrefectSpec(spec);
    const input = "interval" in theirs ? { ...theirs, anchor_date: Date.parse(theirs.anchor_date) } : theirs;
    expect(fromPrefectSpec(input, 0)).toEqual(spec);
  }
});

test("an interval without an anchor is counted from now", () => {
  expect(fromPrefectSpec({ interval: 60, timezone: null }, now + 0.5)).toEqual({
    kind: "interval",
    everyMs: 60_000,
    anchorAt: now,
  });
});

test("a list of times is a recurrence there", () => {
  expect(toPrefectSpec({ kind: "dates", at: [now, now + 1000] })).toEqual({
    rrule: "RDATE:20270115T080000Z,20270115T080001Z",
    timezone: "UTC",
  });
});
