import { describe, expect, test } from "vitest";
import { decideNextTry, isWorthAgain, maxTries } from "./retry-action.ts";

describe("a call is made again", () => {
  test("after waits that grow, so many times", () => {
    const waits = Array.from({ length: maxTries }, (_, index) => decideNextTry(index + 1, null));
    expect(waits).toEqual([5000, 20_000, 80_000, 320_000, 1_280_000, null]);
  });

  test("no sooner than who is called asks for, within an hour", () => {
    expect([decideNextTry(1, 60_000), decideNextTry(3, 60_000)]).toEqual([60_000, 80_000]);
    expect(decideNextTry(1, 86_400_000)).toBe(3_600_000);
  });

  test("where the answer says nothing against it", () => {
    const all = [200, 302, 400, 401, 404, 408, 409, 422, 425, 429, 500, 502, 503, 504];
    expect(all.filter(isWorthAgain)).toEqual([408, 425, 429, 500, 502, 503, 504]);
  });
});
