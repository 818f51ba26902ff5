import { describe, expect, test } from "vitest";
import { describeUnknownParameters, namesInSchema } from "./unknown-parameters.ts";

describe("the names of a schema", () => {
  test("are those of its properties", () => {
    expect(namesInSchema({ type: "object", properties: { day: {}, limit: {} } })).toEqual(["day", "limit"]);
    expect(namesInSchema({ properties: {}, additionalProperties: false })).toEqual([]);
  });

  test.each([
    [null],
    [{}],
    [{ properties: {}, additionalProperties: {} }],
    [{ properties: {}, additionalProperties: true }],
    [{ properties: {}, patternProperties: { "^x": {} } }],
    [{ properties: {}, anyOf: [{ properties: { day: {} } }] }],
  ])("are not known where it takes others, or does not say: %o", (schema) => {
    expect(namesInSchema(schema)).toBeNull();
  });
});

describe("a parameter that is not known", () => {
  const unknown = (given: unknown, known = ["day", "limit"]) =>
    describeUnknownParameters({ flow: "etl", given, known });

  test("is told with the one that was meant, or with those there are", () => {
    expect(unknown({ day: 1, limt: 2 })).toEqual([
      "Flow `etl` has no parameter `limt` in its schema. Did you mean `limit`?",
    ]);
    expect(unknown({ temperature: 1 })[0]).toContain("It has `day`, `limit`.");
    expect(unknown({ temperature: 1 }, [])[0]).toContain("It has none.");
  });

  test("is none of what is no object, and none that is known", () => {
    expect(unknown({ day: 1, limit: 2 })).toEqual([]);
    expect(unknown("day")).toEqual([]);
    expect(unknown(undefined)).toEqual([]);
  });
});
