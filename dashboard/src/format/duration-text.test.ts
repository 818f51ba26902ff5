import { expect, test } from "vitest";
import { readDuration, writeDuration } from "./duration-text.ts";

test.each([
  ["30s", 30_000],
  ["1h 30m", 5_400_000],
  ["1.5h", 5_400_000],
  ["2d", 172_800_000],
  ["45", 45_000],
  ["250ms", 250],
])("%s is %d ms", (text, ms) => expect(readDuration(text)).toBe(ms));

test.each(["", "soon", "10 parsecs", "-5s", "5s soon"])("%j cannot be read", (text) =>
  expect(readDuration(text)).toBeNull(),
);

test("what is written is read as the same", () => {
  for (const ms of [0, 250, 30_000, 5_400_000, 172_801_500]) expect(readDuration(writeDuration(ms))).toBe(ms);
  expect(writeDuration(5_400_000)).toBe("1h 30m");
});
