import { expect, test } from "vitest";
import { fromWritten, nameFault, toSetCommand, toTags, toWritten } from "./variable-text.ts";

test("what can be read as JSON is that, everything else a text", () => {
  expect(fromWritten("64")).toBe("64");
  expect(fromWritten('["eu", "us"]')).toBe('["eu","us"]');
  expect(fromWritten("eu-west")).toBe('"eu-west"');
  expect(fromWritten("{not json")).toBe('"{not json"');
  expect(fromWritten("")).toBe('""');
});

test.each(["64", '"64"', '"eu-west"', '{"a":1}', "null", "true", '"null"', '""', '"\\"quoted\\""'])(
  "%s is the same after it was shown and written",
  (value) => expect(fromWritten(toWritten(value))).toBe(value),
);

test("a value that is no JSON is shown as it is", () => expect(toWritten("{broken")).toBe("{broken"));

test("tags are separated by commas, each once", () => {
  expect(toTags("geo, prod,, geo ")).toEqual(["geo", "prod"]);
  expect(toTags("")).toEqual([]);
});

test("the command that sets it takes any value, and keeps the tags", () => {
  expect(toSetCommand("size", "64", [])).toBe("millrace variable set size 64");
  expect(toSetCommand("size", "-5", ["a b"])).toBe("millrace variable set size -5 --tag 'a b'");
  expect(toSetCommand("size", "", [])).toBe("millrace variable set size ''");
  expect(toSetCommand("size", "--all", ["x", "-y"])).toBe("millrace variable set size --tag x --tag=-y -- --all");
});

test("a name is of lower-case letters, digits, - and _", () => {
  expect(nameFault("batch-size_2")).toBeNull();
  expect(nameFault("Batch")).not.toBeNull();
  expect(nameFault("")).not.toBeNull();
});
