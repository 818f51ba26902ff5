import { expect, test } from "vitest";
import { createTextSearch, parseSearchText } from "./search-text.ts";

const words = { anyOf: [], allOf: [], noneOf: [] };

test.each([
  ["", words],
  ["   ", words],
  ["error timeout", { ...words, anyOf: ["error", "timeout"] }],
  ["-debug !test +api", { ...words, noneOf: ["debug", "test"], allOf: ["api"] }],
  ['"connection timeout"', { ...words, anyOf: ["connection timeout"] }],
  ['-"unit test" +"a b"', { ...words, noneOf: ["unit test"], allOf: ["a b"] }],
  [String.raw`"a \"b\" c\\d \n"`, { ...words, anyOf: [String.raw`a "b" c\d \n`] }],
  ['"not closed', { ...words, anyOf: ["not closed"] }],
  ["- error", { ...words, anyOf: ["error"] }],
  ["a-b", { ...words, anyOf: ["a-b"] }],
  ['word"phrase x"', { ...words, anyOf: ["word", "phrase x"] }],
  ["--x", { ...words, noneOf: ["-x"] }],
  ['""', words],
])("%s", (query, expected) => {
  expect(parseSearchText(query)).toEqual(expected);
});

test.each([
  ["", "anything", true],
  ["ERROR warn", "an Error came", true],
  ["error warn", "fine", false],
  ["error -retry", "error: will retry", false],
  ["+a +b", "b and a", true],
  ["+a +b", "only b", false],
  ["-x", "y", true],
])("%s finds %s: %s", (query, text, isFound) => {
  expect(createTextSearch(query)(text)).toBe(isFound);
});
