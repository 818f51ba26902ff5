import { describe, expect, test } from "vitest";
import { createLinearPattern } from "./linear-pattern.ts";
import { PatternRefused } from "./linear-pattern-nodes.ts";
import { createRandom, type Random } from "./random.ts";
import { createStepCount, StepsExceeded } from "./step-count.ts";

const factor = Number(process.env.MILLRACE_PROPERTY_FACTOR ?? 1);
const isFound = (source: string, text: string, steps = 1_000_000): boolean =>
  createLinearPattern(source).test(text, createStepCount(steps));

test.each<readonly [string, readonly string[], readonly string[]]>([
  ["", ["", "a"], []],
  ["^$", [""], ["a", "\n"]],
  ["^[a-z][a-z0-9_-]{0,30}$", ["a", "ab-1"], ["", "A", "1a", "a".repeat(32)]],
  ["^\\d{4}-\\d{2}-\\d{2}$", ["2026-11-25"], ["2026-11-2", "x2026-11-25"]],
  ["^(?:s3|gs)://[^/]+/.+$", ["s3://b/k", "gs://b/k/l"], ["s3://b", "http://b/k"]],
  ["^(?!admin$)\\w+$", ["ada", "admins"], ["admin"]],
  ["(?<=a)b(?!c)", ["ab", "abd"], ["b", "abc", "cb"]],
  ["(?<!a)b", ["b", "cb"], ["ab"]],
  ["(?<=^a{2})b", ["aab"], ["aaab", "ab"]],
  ["\\bcat\\b", ["a cat", "cat."], ["cats", "concat"]],
  ["\\Bat", ["cat"], ["at"]],
  ["^\\p{Lu}\\p{Ll}+$", ["Ébé"], ["ébé", "E"]],
  ["^.$", ["😀", "a"], ["\n", "ab"]],
  ["^[\\u{1F600}-\\u{1F64F}]$", ["😀"], ["a"]],
  ["^\\uD83D\\uDE00$", ["😀"], ["\ud83d"]],
  ["^(?i:abc)d$", ["ABCd", "aBcd"], ["ABCD"]],
  ["^(?s:.)(?m:^)?x", ["\nx", "ax"], ["x"]],
  ["^(?<year>\\d+)-(?:a|b|)$", ["1-a", "1-"], ["-a", "1-c"]],
  ["^[^\\]]$|^[\\]x]$", ["]", "a"], ["", "]]"]],
  ["^[\\w.+-]+@[\\w-]+(\\.[\\w-]+)+$", ["a.b+c@d-e.f"], ["a@b", "@b.c"]],
  ["^a{2,}?$|^b{2}$|^c{1,2}$", ["aa", "aaa", "bb", "c", "cc"], ["a", "b", "bbb", "ccc"]],
])("%s finds what the language's own expression finds", (source, found, others) => {
  for (const text of [...found, ...others]) {
    const isIn = new RegExp(source, "u").test(text);
    expect([text, isIn]).toEqual([text, found.includes(text)]);
    expect([text, isFound(source, text)]).toEqual([text, isIn]);
  }
});

function drawPattern(random: Random, depth: number): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const atom = (): string => {
    if (depth > 0 && random() < 0.35) {
      return `${pick(["(", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?i:", "(?<n>"])}${drawPattern(random, depth - 1)})`;
    }
    return pick([
      "a",
      "b",
      "A",
      "\u{1f600}",
      ".",
      "[ab]",
      "[^a]",
      "\\w",
      "\\W",
      "\\s",
      "\\b",
      "\\B",
      "^",
      "$",
      "\\n",
      "\\u0061",
      "[\\]a-]",
    ]);
  };
  const term = (): string => {
    const each = atom();
    const isPlace = /^(\^|\$|\\b|\\B|\(\?[=!<](?!n))/i.test(each);
    return isPlace || random() < 0.6
      ? each
      : each + pick(["*", "+", "?", "*?", "{2}", "{1,2}", "{0}", "{1,}?", "{0,3}"]);
  };
  const all = (): string => Array.from({ length: Math.floor(random() * 4) }, term).join("");
  return Array.from({ length: random() < 0.3 ? 2 : 1 }, all).join("|");
}

test("whatever is drawn, it agrees with the language", () => {
  const random = createRandom(7);
  const chars = ["a", "b", "A", "\u{1f600}", " ", "\n", "-", "]"];
  let found = 0;
  for (let nth = 0; nth < 3000 * factor; nth++) {
    const source = drawPattern(random, 3);
    let own: RegExp;
    try {
      own = new RegExp(source, "u");
    } catch {
      // One name for two groups.
      continue;
    }
    const pattern = createLinearPattern(source);
    for (let each = 0; each < 5; each++) {
      const drawn = Array.from({ length: Math.floor(random() * 7) }, () => chars[Math.floor(random() * chars.length)]);
      // V8 finds these between the two halves of a character, where the standard does not look.
      const text = drawn.join("").replaceAll(/\\B|\(\?!/.test(source) ? "\u{1f600}" : "\0", "a");
      const isIn = own.test(text);
      if (isIn) found++;
      const agrees = pattern.test(text, createStepCount(1_000_000)) === isIn;
      expect(agrees ? null : [source, text, isIn]).toBeNull();
    }
  }
  expect(found).toBeGreaterThan(2000);
});

describe("the steps", () => {
  /** Least steps with which it comes to an end, to a power of two. */
  function stepsOf(source: string, text: string): number {
    for (let steps = 1; ; steps *= 2) {
      try {
        isFound(source, text, steps);
        return steps;
      } catch (error) {
        if (!(error instanceof StepsExceeded)) throw error;
      }
    }
  }

  test.each(["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "^(a*)*$", "^((a+)+)+$", "(x+x+)+y"])(
    "of %s grow as the text does, and not by its powers",
    (source) => {
      const [short, long] = [stepsOf(source, `${"a".repeat(250)}!`), stepsOf(source, `${"a".repeat(2000)}!`)];
      expect(long / short).toBeLessThanOrEqual(16);
      expect(long).toBeLessThan(100 * 2000);
    },
  );

  test("are counted, and end it", () => {
    expect(() => isFound("a*b", "a".repeat(10_000), 1000)).toThrow(StepsExceeded);
  });
});

test.each([
  ["(a)\\1", "refers back to a group (\\1)"],
  ["(?<n>a)\\k<n>", "refers back to a group (\\k<n>)"],
  ["(?:){1000000000}", "more than 20000 parts"],
  ["((a{100}){100}){100}", "more than 20000 parts"],
  ["a".repeat(20_001), "more than 20000 characters"],
  [`${"(".repeat(201)}${")".repeat(201)}`, "nested more than 200 deep"],
])("%s cannot be bounded, and is refused", (source, reason) => {
  expect(() => createLinearPattern(source)).toThrow(PatternRefused);
  expect(() => createLinearPattern(source)).toThrow(reason);
});

test("what is no pattern is told by the language", () => {
  expect(() => createLinearPattern("(?P<year>a)")).toThrow(SyntaxError);
});
