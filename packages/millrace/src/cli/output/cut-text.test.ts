import { expect, test } from "vitest";
import { cutText } from "./cut-text.ts";

test("a text that is long is cut, and says by how much", () => {
  expect(cutText("abc", 3)).toBe("abc");
  expect(cutText("abcdef", 3)).toBe("abc… (3 characters more)");
  expect(cutText("x".repeat(5000), 10)).toBe("xxxxxxxxxx… (4,990 characters more)");
});

test("no character is cut in half", () => {
  expect(cutText("a😀b", 2).isWellFormed()).toBe(true);
});
