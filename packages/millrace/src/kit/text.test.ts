import fc from "fast-check";
import { expect, test } from "vitest";
import { displayWidth, ellipsize, pad, stripAnsi } from "./text.ts";

const red = "\u001b[31mred\u001b[39m";
const link = "\u001b]8;;https://example.com\u0007here\u001b]8;;\u0007";

test.each<[string, number]>([
  ["", 0],
  ["abc", 3],
  ["é", 1],
  ["e\u0301", 1],
  ["日本", 4],
  ["ａ", 2],
  ["한", 2],
  ["👍", 2],
  ["👨‍👩‍👧‍👦", 2],
  ["🇫🇷", 2],
  ["❤️", 2],
  ["✓ ● …", 5],
  ["\u200b", 0],
  [red, 3],
  [link, 4],
  ["a\tb", 2],
])("%j takes %d columns", (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

test("control sequences are taken out", () => {
  expect(stripAnsi(`${red} ${link}`)).toBe("red here");
  expect(stripAnsi("no control")).toBe("no control");
});

test("pads by columns, on either side, and never cuts", () => {
  expect(pad("日", 4)).toBe("日  ");
  expect(pad(red, 5, { align: "right" })).toBe(`  ${red}`);
  expect(pad("abc", 2)).toBe("abc");
});

test.each<[string, number, string]>([
  ["abc", 3, "abc"],
  ["abcd", 3, "ab…"],
  ["日本語", 5, "日本…"],
  ["日本語", 4, "日…"],
  ["abc", 1, "…"],
  ["abc", 0, ""],
  [red, 2, "r…"],
  [red, 3, red],
  ["👨‍👩‍👧‍👦x", 2, "…"],
])("%j in %d columns is %j", (text, width, fitting) => {
  expect(ellipsize(text, width)).toBe(fitting);
});

test("whatever the text, it fits afterwards, and is left alone when it did before", () => {
  const text = fc
    .array(fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("日", "👨‍👩‍👧‍👦", red, "\u0301", "\ud800")))
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, fc.nat({ max: 30 }), (whole, width) => {
      const fitting = ellipsize(whole, width);
      expect(displayWidth(fitting)).toBeLessThanOrEqual(width);
      expect(fitting === whole).toBe(displayWidth(whole) <= width);
      expect(displayWidth(pad(fitting, width))).toBe(width);
    }),
  );
});
