import { describe, expect, test } from "vitest";
import { nearest } from "./nearest.ts";

describe("nearest", () => {
  test.each([
    ["resme", "resume"],
    ["RESUME", "resume"],
    ["retyr", "retry"],
    ["resumé", "resume"],
    ["inlineresultsbytes", "inlineResultBytes"],
  ])("%s is %s", (word, meant) => {
    expect(nearest(word, ["retry", "resume", "inlineResultBytes", "cancel"])).toBe(meant);
  });

  test("takes the first of equals, and the closer one before it", () => {
    expect(nearest("cat", ["bat", "rat"])).toBe("bat");
    expect(nearest("rats", ["bat", "rat"])).toBe("rat");
  });

  test("is null when nothing is close, or nothing is there", () => {
    expect(nearest("deploy", ["resume", "cancel"])).toBeNull();
    expect(nearest("deploy", [])).toBeNull();
  });
});
