import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RetryDelay } from "../contract/definitions.ts";
import { decideRetry } from "./retry.ts";

const always = (chance: number) => () => chance;

/** The waits of a run that fails each time, until no attempt is left. */
function waits(options: { retries: number; delay?: RetryDelay; jitter?: number; random?: () => number }): number[] {
  const { retries, delay, jitter = 0, random = always(0.5) } = options;
  const found: number[] = [];
  for (let attempt = 1; ; attempt++) {
    const ms = decideRetry({ attempt, retries, delay, jitter, random });
    if (ms === null) return found;
    found.push(ms);
  }
}

describe("the waits of a run that always fails", () => {
  test.each<[string, Parameters<typeof waits>[0], number[]]>([
    ["no retries", { retries: 0, delay: "1s" }, []],
    ["no delay", { retries: 3 }, [0, 0, 0]],
    ["a number, in ms", { retries: 2, delay: 250 }, [250, 250]],
    ["a duration", { retries: 2, delay: "1m30s" }, [90_000, 90_000]],
    ["a list as long as the retries", { retries: 3, delay: ["1s", "10s", 60_000] }, [1000, 10_000, 60_000]],
    ["a shorter list, whose last entry stays", { retries: 4, delay: ["1s", "10s"] }, [1000, 10_000, 10_000, 10_000]],
    ["a longer list", { retries: 1, delay: ["1s", "10s"] }, [1000]],
    ["an empty list", { retries: 2, delay: [] }, [0, 0]],
    ["a function of the attempt", { retries: 3, delay: (attempt) => `${attempt * 2}s` }, [2000, 4000, 6000]],
    ["jitter", { retries: 2, delay: ["1s", "2s"], jitter: 0.5 }, [1250, 2500]],
  ])("%s", (_, options, expected) => {
    expect(waits(options)).toEqual(expected);
  });
});

test("there are as many waits as retries, each between its delay and its delay with all the jitter", () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 20 }),
      fc.array(fc.nat({ max: 100_000 }), { minLength: 1, maxLength: 5 }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (retries, delay, jitter, chance) => {
        const found = waits({ retries, delay, jitter, random: always(chance) });
        const bases = waits({ retries, delay });
        expect(bases).toHaveLength(retries);
        const isWithin = (ms: number, index: number): boolean => {
          const base = bases[index] ?? Number.NaN;
          return ms >= base && ms <= base * (1 + jitter) + 1e-6;
        };
        expect(found.every(isWithin)).toBe(true);
      },
    ),
  );
});

test("a function that gives no duration is told so", () => {
  expect(() => waits({ retries: 1, delay: () => Number.NaN })).toThrow(RangeError);
  expect(() => waits({ retries: 1, delay: () => "soon" as never })).toThrow(/is not a duration/);
});
