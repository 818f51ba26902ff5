import { expect, test } from "vitest";
import { formatEntrypoint, isForNode, parseEntrypoint } from "./entrypoint.ts";

test.each([
  ["flows/etl.ts:nightly", { file: "flows/etl.ts", exportName: "nightly" }],
  ["etl.mts", { file: "etl.mts", exportName: null }],
  ["C:/flows/etl.ts:nightly", { file: "C:/flows/etl.ts", exportName: "nightly" }],
  ["file:///flows/etl.ts:default", { file: "file:///flows/etl.ts", exportName: "default" }],
])("%s is a file and an export", (text, parsed) => {
  expect(parseEntrypoint(text)).toEqual(parsed);
  expect(formatEntrypoint(parsed)).toBe(text);
});

test.each([
  ["etl.ts:nightly", true],
  ["etl.mjs", true],
  ["flows.py:etl", false],
  ["my_package.flows.etl", false],
  [null, false],
])("%s is run by Node: %s", (entrypoint, isOurs) => {
  expect(isForNode(entrypoint)).toBe(isOurs);
});
