import { expect, test } from "vitest";
import { cleanKey, cleanText, toTags } from "./text.ts";

test.each([
  ["plain", "plain"],
  ["grüße \u{1f600}", "grüße \u{1f600}"],
  ["a\0b\0", "a\ufffdb\ufffd"],
  ["\ud800 and \udc00", "\ufffd and \ufffd"],
])("a text is kept as a database can keep it: %j", (text, kept) => {
  expect(cleanText(text)).toBe(kept);
});

test("a key that fits is kept whole, a longer one is cut and told from others by its digest", () => {
  const fits = "ä".repeat(400);
  expect(cleanKey(fits)).toBe(fits);
  const [one, two] = [cleanKey(`${fits}1`), cleanKey(`${fits}2`)];
  expect(one).not.toBe(two);
  expect(one).toMatch(/^ä+…[0-9a-f]{64}$/);
  expect(Buffer.byteLength(one)).toBeLessThanOrEqual(800);
});

test("tags are cleaned as texts are", () => {
  expect(toTags(undefined)).toBe("[]");
  expect(toTags(["a", "\0"])).toBe('["a","\ufffd"]');
});
