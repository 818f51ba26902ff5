import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createGlob } from "./glob.ts";
import { createStepCount, StepsExceeded } from "./step-count.ts";

describe("globs", () => {
  test.each<[string, string, boolean]>([
    ["abc", "abc", true],
    ["abc", "abcd", false],
    ["abc", "ABC", false],
    ["", "", true],
    ["*", "", true],
    ["prefect.flow-run.*", "prefect.flow-run.1", true],
    ["prefect.flow-run.*", "prefect.flow-run.", true],
    ["prefect.flow-run.*", "prefect.task-run.1", false],
    ["*-prod", "etl-prod", true],
    ["a*c*e", "abcde", true],
    ["a*c*e", "abde", false],
    ["*a*a*", "ba", false],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["a?c", "a😀c", true],
    ["[ab]1", "b1", true],
    ["[ab]1", "c1", false],
    ["[a-c]1", "b1", true],
    ["[!a-c]1", "b1", false],
    ["[!a-c]1", "d1", true],
    ["[]]", "]", true],
    ["[a", "[a", true],
    ["a.c", "abc", false],
    ["a\nb*", "a\nbc", true],
  ])("%j and %j: %s", (pattern, text, expected) => {
    expect(createGlob(pattern)(text)).toBe(expected);
  });

  test("agree with the same pattern as a regular expression", () => {
    const letters = fc.array(fc.constantFrom("a", "b", "*", "?"), { maxLength: 8 }).map((chars) => chars.join(""));
    const texts = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 10 }).map((chars) => chars.join(""));
    fc.assert(
      fc.property(letters, texts, (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
        expect(createGlob(pattern)(text)).toBe(expression.test(text));
      }),
      { numRuns: 1000 },
    );
  });
});

test("the steps of a match are counted, and end it", () => {
  const steps = (pattern: string, text: string): number => {
    let spent = 0;
    createGlob(pattern, { spend: (some) => (spent += some) })(text);
    return spent;
  };
  expect(steps("*a*b", "a".repeat(1000))).toBeLessThan(3000);
  const [short, long] = [steps(`*${"a".repeat(50)}b`, "a".repeat(500)), steps(`*${"a".repeat(50)}b`, "a".repeat(5000))];
  expect(long / short).toBeLessThan(12);
  expect(() => createGlob(`*${"a".repeat(500)}b`, createStepCount(10_000))("a".repeat(5000))).toThrow(StepsExceeded);
});
