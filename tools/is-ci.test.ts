import { expect, test } from "vitest";
import { isCi } from "./is-ci.ts";

test.each(["true", "1", "yes", "woodpecker", "TRUE"])("CI=%s is CI", (CI) => {
  expect(isCi({ CI })).toBe(true);
});

test.each([undefined, "", " ", "0", "false", "False"])("CI=%s is not", (CI) => {
  expect(isCi({ CI })).toBe(false);
});
