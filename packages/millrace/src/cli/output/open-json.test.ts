import { describe, expect, test } from "vitest";
import { openJson } from "./open-json.ts";

const run = { id: "a", flowName: "etl", rootRunId: "a", parameters: '{"n":3}' };
const artifact = { id: "b", kind: "table", flowRunId: "a", updatedAt: 1, data: '{"rows":[[1]]}', metadata: null };

describe("a text that the ledger keeps as JSON is opened", () => {
  test.each([
    ["the parameters of a run", run, { ...run, parameters: { n: 3 } }],
    [
      "parameters that hold a secret, but for those",
      [{ ...run, parameters: '{"n":3,"token":"s3cr3t"}', extra: { secretParameters: ["token"] } }],
      [{ ...run, parameters: { n: 3, token: "********" }, extra: { secretParameters: ["token"] } }],
    ],
    ["runs of a list", [run], [{ ...run, parameters: { n: 3 } }]],
    ["a run in something", { run, isNew: true }, { run: { ...run, parameters: { n: 3 } }, isNew: true }],
    ["an artifact", artifact, { ...artifact, data: { rows: [[1]] } }],
    [
      "a result in the ledger",
      { ...run, result: { storage: "inline", data: "[1,2]" } },
      { ...run, parameters: { n: 3 }, result: { storage: "inline", data: [1, 2] } },
    ],
    [
      "an event",
      { name: "paid", resource: {}, flowRunId: null, payload: '{"id":7}' },
      { name: "paid", resource: {}, flowRunId: null, payload: { id: 7 } },
    ],
    [
      "a log line",
      { message: "at work", level: "info", flowRunId: "a", fields: '{"rows":3}' },
      { message: "at work", level: "info", flowRunId: "a", fields: { rows: 3 } },
    ],
    [
      "a variable",
      { name: "limit", revision: 1, tags: [], value: "3" },
      { name: "limit", revision: 1, tags: [], value: 3 },
    ],
  ])("%s", (_, given, opened) => {
    expect(openJson(given)).toEqual(opened);
  });
});

describe("what is not the ledger's own stays as it is", () => {
  test.each([
    ["a value that looks like a run", { value: run }],
    ["a result that is handed out", { result: { ...run, storage: "my own", data: "[1]" } }],
    ["parameters that are JSON already", { ...run, parameters: { data: "[1]" } }],
    ["a text that is no JSON", { ...artifact, data: "# Words" }],
    ["what has no marks", { parameters: "{}", data: "{}", payload: "{}" }],
    ["nothing", null],
    ["a date", { at: new Date(0) }],
  ])("%s", (_, given) => {
    expect(openJson(given)).toEqual(given);
  });
});

test("numbers are printed as they are written, also those that JavaScript cannot hold", () => {
  const parameters =
    '{"id":12345678901234567890,"low":[-9007199254740993],"sum":0.12345678901234567890,"most":1e400,"n":3}';
  expect(JSON.stringify(openJson({ ...run, parameters }))).toBe(
    JSON.stringify({ ...run, parameters: null }).replace("null", parameters),
  );
  expect(openJson({ ...run, parameters: '{"n":9007199254740991}' })).toEqual({
    ...run,
    parameters: { n: 2 ** 53 - 1 },
  });
});
