import { expect, test } from "vitest";
import { durationMs, fromWallTime, toWallTime } from "./wall-time.ts";

test("a time goes to a zone's clocks and back", () => {
  const zone = "America/New_York";
  expect(toWallTime("2026-07-01T12:00:00Z", zone)).toBe("2026-07-01T08:00:00");
  expect(fromWallTime("2026-07-01T08:00:00", zone)).toBe("2026-07-01T12:00:00Z");
  expect(fromWallTime("2026-11-01T03:30", zone)).toBe("2026-11-01T08:30:00Z");
  expect(toWallTime("tomorrow", "UTC")).toBeNull();
});

test.each([
  ["PT5M", 300_000],
  ["P1DT2H", 93_600_000],
  ["-PT0.5S", -500],
  ["P1M", null],
  ["P", null],
  ["five", null],
])("%s is %s ms", (text, ms) => expect(durationMs(text)).toBe(ms));
