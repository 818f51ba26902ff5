import { expect, test } from "vitest";
import { fromWritten, nameFault, toTags, toWritten } from "./variable-text.ts";

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

test("a name is of lower-case letters, digits, - and _", () => {
  expect(nameFault("batch-size_2")).toBeNull();
  expect(nameFault("Batch")).not.toBeNull();
  expect(nameFault("")).not.toBeNull();
});
