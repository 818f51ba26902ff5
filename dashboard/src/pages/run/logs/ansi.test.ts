import { expect, test } from "vitest";
import { toShown } from "./ansi.ts";

test("colours become names of classes, and the text is left", () => {
  const { lines, plain } = toShown("\u001b[1;31mfailed\u001b[0m at \u001b[44mnight\u001b[49m");
  expect(lines).toEqual([
    [
      { text: "failed", classes: "ansi-bold ansi-1" },
      { text: " at ", classes: "" },
      { text: "night", classes: "ansi-on ansi-on-4" },
    ],
  ]);
  expect(plain).toBe("failed at night");
});

test("a style lasts over the end of a line", () => {
  expect(toShown("\u001b[32ma\nb\u001b[0m\nc").lines.map(([segment]) => segment?.classes)).toEqual([
    "ansi-2",
    "ansi-2",
    "",
  ]);
});

test("of 256 colours the first 16 have names, and the others leave no rest", () => {
  expect(toShown("\u001b[38;5;9mred\u001b[38;5;208morange\u001b[38;2;1;2;3mtrue").lines[0]).toEqual([
    { text: "red", classes: "ansi-1" },
    { text: "orange", classes: "" },
    { text: "true", classes: "" },
  ]);
});

test("a line that was written over shows what was written last", () => {
  expect(toShown("  1%\r 50%\r100%\r").plain).toBe("100%");
  expect(toShown("one\r\ntwo\r\n").plain).toBe("one\ntwo");
});

test("links and other sequences leave their text, and control characters can be seen", () => {
  expect(toShown("\u001b]8;;https://example.org\u0007link\u001b]8;;\u0007 \u001b[2Kcleared\u0007").plain).toBe(
    "link cleared␇",
  );
});

test("an empty message is a line without text", () => {
  expect(toShown("")).toEqual({ lines: [[]], plain: "" });
});
