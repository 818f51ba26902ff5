import { expect, it } from "vitest";
import { fromFieldTime, fromWall, startOfDay, toFieldTime, toWall } from "./zone-time.ts";

const berlin = "Europe/Berlin";

it("reads and writes the clock of a zone", () => {
  const at = Date.UTC(2026, 10, 26, 5, 12);
  expect(toFieldTime(at, berlin)).toBe("2026-11-26T06:12");
  expect(fromFieldTime("2026-11-26T06:12", berlin)).toBe(at);
  expect(fromFieldTime("2026-11-26", "UTC")).toBe(Date.UTC(2026, 10, 26));
  expect(fromFieldTime("2026-02-31T00:00", "UTC")).toBeNull();
  expect(fromFieldTime("soon", "UTC")).toBeNull();
});

it("finds a time on days when the clocks change", () => {
  // 25 October 2026, 02:30 is there twice in Berlin: the first is at 00:30 UTC.
  expect(fromWall(Date.UTC(2026, 9, 25, 2, 30), berlin)).toBe(Date.UTC(2026, 9, 25, 0, 30));
  // 29 March 2026, 02:30 is left out: it becomes 03:30, at 01:30 UTC.
  expect(fromWall(Date.UTC(2026, 2, 29, 2, 30), berlin)).toBe(Date.UTC(2026, 2, 29, 1, 30));
});

it("has days of 23, 24 and 25 hours", () => {
  const start = startOfDay(Date.UTC(2026, 9, 25, 12), berlin);
  const next = startOfDay(Date.UTC(2026, 9, 26, 12), berlin);
  expect((next - start) / 3_600_000).toBe(25);
  expect(toWall(start, berlin)).toBe(Date.UTC(2026, 9, 25));
});
