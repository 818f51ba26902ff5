import { expect, test } from "vitest";
import { createTimes, relativeTime } from "./times.ts";

const now = Date.UTC(2026, 10, 22, 14, 3, 7, 123);
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

test.each([
  [0, "now"],
  [999, "now"],
  [-999, "now"],
  [second, "1s ago"],
  [59.9 * second, "59s ago"],
  [minute, "1m ago"],
  [hour, "1h ago"],
  [47 * hour, "47h ago"],
  [48 * hour, "2d ago"],
  [400 * 24 * hour, "400d ago"],
  [-5 * minute, "in 5m"],
])("%i ms ago is %s", (ago, text) => {
  expect(relativeTime(now - ago, now)).toBe(text);
});

test("times are relative, absolute or in UTC", () => {
  const times = (style: "relative" | "absolute" | "utc") => createTimes({ style, now: () => now });
  expect(times("relative").short(now - minute)).toBe("1m ago");
  expect(times("utc").short(now)).toBe("2026-11-22 14:03:07Z");
  expect(times("utc").long(now - second)).toBe("2026-11-22 14:03:06.123Z (1s ago)");
  const local = times("absolute").short(now);
  expect(new Date(local.replace(" ", "T")).getTime()).toBe(now - 123);
});
