import { expect, test } from "vitest";
import { describeIssues, mergeParameters } from "./parameters.ts";

test("a run's own parameters are over the deployment's, one by one", () => {
  const merged = mergeParameters({ flowName: "etl", defaults: { a: 1, b: { c: 1 } }, given: { b: { d: 2 } } });
  expect(merged).toEqual({ parameters: { a: 1, b: { d: 2 } }, text: '{"a":1,"b":{"d":2}}' });
});

test("parameters that are too long are refused, counted in bytes", () => {
  const merge = (text: string) => mergeParameters({ flowName: "etl", defaults: undefined, given: { text } });
  expect(merge("x".repeat(512 * 1024 - 11)).text).toHaveLength(512 * 1024);
  expect(() => merge("ü".repeat(300 * 1024))).toThrowError(
    expect.objectContaining({ code: "PARAMETERS_TOO_LARGE", data: { flow: "etl", size: "601 KiB", limit: "512 KiB" } }),
  );
});

test("issues say where they are", () => {
  const issue = { path: ["rows", "2", "name"], message: "must be string" };
  expect(describeIssues([issue, { path: [], message: "must be object" }])).toBe(
    "rows[2].name must be string; the parameters must be object",
  );
  expect(describeIssues(Array.from({ length: 12 }, () => issue))).toMatch(/; and 2 more$/);
});
