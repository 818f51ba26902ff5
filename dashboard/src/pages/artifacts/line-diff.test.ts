import { expect, test } from "vitest";
import { type DiffLine, diffLines } from "./line-diff.ts";

const signs = { same: " ", gone: "-", new: "+" } as const;
const show = (lines: readonly DiffLine[]): readonly string[] =>
  lines.map((line) => (line.kind === "skipped" ? `@${line.count}` : `${signs[line.kind]}${line.text}`));

test("lines come and go, and what is common stays", () => {
  expect(show(diffLines("a\nb\nc", "a\nx\nc\nd"))).toEqual([" a", "-b", "+x", " c", "+d"]);
  expect(show(diffLines("b\na\nc", "a\nc\nb"))).toEqual(["-b", " a", " c", "+b"]);
});

test("what is far from a change is left out", () => {
  const lines = Array.from({ length: 20 }, (_, index) => String(index));
  const changed = lines.with(10, "ten");
  expect(show(diffLines(lines.join("\n"), changed.join("\n")))).toEqual([
    "@7",
    " 7",
    " 8",
    " 9",
    "-10",
    "+ten",
    " 11",
    " 12",
    " 13",
    "@6",
  ]);
  expect(show(diffLines("a\nb", "a\nb"))).toEqual(["@2"]);
});

test("texts that share nothing and are long are told as a whole, at once", () => {
  const long = (name: string): string => Array.from({ length: 20_000 }, (_, index) => `${name}${index}`).join("\n");
  const started = performance.now();
  expect(diffLines(long("a"), long("b"))).toHaveLength(40_000);
  expect(performance.now() - started).toBeLessThan(2000);
});
