import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createGlob } from "./glob.ts";

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
