import { expect, it } from "vitest";
import { addMonths, countByDay, daysOfMonth, daysOfYear, monthOf, toStretches } from "./calendar-days.ts";

const hour = 3_600_000;

it("makes whole weeks of a month", () => {
  const days = daysOfMonth("2026-11", "UTC");
  expect([days[0]?.key, days.at(-1)?.key, days.length]).toEqual(["2026-10-26", "2026-12-06", 42]);
  expect(days.filter(({ isInside }) => isInside)).toHaveLength(30);
  // February 2027 begins on a Monday and has four weeks.
  expect(daysOfMonth("2027-02", "UTC")).toHaveLength(28);
});

it("cuts days where the clocks change into stretches of their own", () => {
  const days = daysOfMonth("2026-10", "Europe/Berlin");
  expect(toStretches(days).map(({ dayMs }) => dayMs / hour)).toEqual([24, 25, 24]);
  expect(toStretches(daysOfYear(2026, "Europe/Berlin")).map(({ dayMs }) => dayMs / hour)).toEqual([24, 23, 24, 25, 24]);
  expect(toStretches(daysOfMonth("2026-10", "Asia/Kolkata"))).toHaveLength(1);
  for (const [index, day] of days.entries()) expect(day.start).toBe(days[index - 1]?.end ?? day.start);
});

it("goes from month to month", () => {
  expect([addMonths("2026-12", 1), addMonths("2026-01", -1), addMonths("2026-11", -12)]).toEqual([
    "2027-01",
    "2025-12",
    "2025-11",
  ]);
  expect(monthOf(Date.UTC(2026, 10, 30, 23, 30), "Europe/Berlin")).toBe("2026-12");
});

it("counts times by day", () => {
  const days = daysOfMonth("2027-02", "UTC");
  const at = (day: number, clock: number): number => Date.UTC(2027, 1, day, clock);
  const counts = countByDay([at(-3, 1), at(1, 0), at(1, 23), at(3, 12), at(40, 0)], days);
  expect(counts.slice(0, 4)).toEqual([2, 0, 1, 0]);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
});
