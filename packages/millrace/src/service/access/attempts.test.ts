import { beforeEach, describe, expect, test } from "vitest";
import { isMillraceError } from "../../contract/errors.ts";
import { type Clock, systemClock } from "../../kit/clock.ts";
import { type Attempts, createAttempts } from "./attempts.ts";

let now: number;
let attempts: Attempts;
beforeEach(() => {
  now = 1_000_000;
  const clock: Clock = { ...systemClock, monotonic: () => now };
  attempts = createAttempts(clock);
});

/** Whether an attempt is looked at; else when to come again, in s. */
function mayTry(name: string | undefined, from = "192.0.2.1"): true | number {
  try {
    attempts.begin({ from, ...(name === undefined ? {} : { name }) })();
    return true;
  } catch (error) {
    if (!isMillraceError(error, "ATTEMPTS_EXCEEDED")) throw error;
    return Number(error.data.retryAfterS);
  }
}

/** From an address that is its own each time. */
function fail(times: number, name: (nth: number) => string): void {
  for (let nth = 0; nth < times; nth++) attempts.fail({ from: `2001:db8:0:${nth}::1`, name: name(nth) });
}

test("the eleventh at a name waits until the first is five minutes ago", () => {
  fail(9, () => "ada");
  expect(mayTry("ada")).toBe(true);
  now += 60_000;
  fail(1, () => "ada");
  expect([mayTry("ada"), mayTry("grace")]).toEqual([240, true]);
  now += 239_999;
  expect(mayTry("ada")).toBe(1);
  now += 1;
  expect(mayTry("ada")).toBe(true);
});

test("the fifty-first from an address waits, whatever it tries", () => {
  for (let nth = 0; nth < 50; nth++) attempts.fail({ from: "192.0.2.1" });
  expect([mayTry(undefined), mayTry("ada"), mayTry("ada", "192.0.2.2")]).toEqual([300, 300, true]);
});

test("addresses of one network of IPv6 are one: there is no end to them", () => {
  for (let nth = 0; nth < 50; nth++) attempts.fail({ from: `2001:db8:1:2::${nth}`, name: `name ${nth}` });
  expect([mayTry("ada", "2001:db8:1:2:3:4:5:6"), mayTry("ada", "2001:db8:1:3::1")]).toEqual([300, true]);
});

describe("attempts that are under way", () => {
  test("at a name count as failed until they have ended", () => {
    fail(4, () => "ada");
    const ends = Array.from({ length: 6 }, (_, nth) => attempts.begin({ from: `192.0.2.${nth}`, name: "ada" }));
    expect([mayTry("ada"), mayTry("grace")]).toEqual([1, true]);
    ends[0]?.();
    expect(mayTry("ada")).toBe(true);
    for (const end of ends.slice(1)) end();
    expect(mayTry("ada")).toBe(true);
  });

  test("with keys do not: nobody can guess one, and many may come at once", () => {
    for (let nth = 0; nth < 500; nth++) attempts.begin({ from: "192.0.2.1" });
    expect(mayTry(undefined)).toBe(true);
  });
});

test("names that no account can have are counted as one, so that they take no room", () => {
  fail(10, (nth) => `${nth}${"x".repeat(10_000)}`);
  expect([mayTry(`another ${"y".repeat(200)}`), mayTry("ada")]).toEqual([300, true]);
});

test("of very many names and addresses the oldest are forgotten", () => {
  fail(10, () => "ada");
  expect(mayTry("ada")).toBe(300);
  fail(10_000, (nth) => `name-${nth}`);
  expect(mayTry("ada")).toBe(true);
});
