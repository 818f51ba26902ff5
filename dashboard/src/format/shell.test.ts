import { expect, test } from "vitest";
import { toCommand, toWord } from "./shell.ts";

test("words are quoted where a shell would take them apart", () => {
  expect(toWord("local/urgent")).toBe("local/urgent");
  expect(toWord("two words")).toBe("'two words'");
  expect(toWord("$(rm -rf ~)")).toBe("'$(rm -rf ~)'");
  expect(toWord("it's")).toBe(`'it'\\''s'`);
  expect(toWord("")).toBe("''");
});

test("a command leaves out what is not given", () => {
  expect(toCommand("work-pool", "create", "my pool", null)).toBe("millrace work-pool create 'my pool'");
});
