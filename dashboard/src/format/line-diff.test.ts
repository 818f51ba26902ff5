import { expect, it } from "vitest";
import { diffLines, toOrderedJson } from "./line-diff.ts";

const show = (before: string, after: string): string =>
  diffLines(before, after)
    .map(({ kind, text }) => ({ same: " ", removed: "-", added: "+" })[kind] + text)
    .join("\n");

it("tells what was removed and added, in place", () => {
  expect(show("a\nb\nc\nd", "a\nx\nc\nd\ne")).toBe(" a\n-b\n+x\n c\n d\n+e");
  expect(show("same", "same")).toBe(" same");
  expect(show("", "new")).toBe("-\n+new");
});

it("gives each text back", () => {
  const before = "1\n2\n3\n3\n4\n5";
  const after = "2\n3\n4\n4\n6";
  const lines = diffLines(before, after);
  const of = (kind: string): string =>
    lines
      .filter((line) => line.kind === "same" || line.kind === kind)
      .map(({ text }) => text)
      .join("\n");
  expect(of("removed")).toBe(before);
  expect(of("added")).toBe(after);
});

it("does not compare what would take too long", () => {
  const lines = (name: string): string => Array.from({ length: 3000 }, (_, index) => `${name}${index}`).join("\n");
  expect(diffLines(lines("a"), lines("b"))).toHaveLength(6000);
});

it("writes JSON with its names in order", () => {
  expect(toOrderedJson({ b: 1, a: { d: [2], c: 3 } })).toBe(toOrderedJson({ a: { c: 3, d: [2] }, b: 1 }));
});
