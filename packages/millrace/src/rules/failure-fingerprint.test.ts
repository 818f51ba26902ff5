import { describe, expect, test } from "vitest";
import type { Failure } from "../contract/failures.ts";
import { toCommonMessage, toFingerprint } from "./failure-fingerprint.ts";

describe("what is common to messages", () => {
  test.each([
    ["batch 17 of 240 took 3.5 s", "batch <n> of <n> took <n> s"],
    ["no file /data/2026/x-1.csv", "no file <path>"],
    ["no file C:\\data\\new\\x.csv here", "no file <path> here"],
    ["cannot open data/raw/x.csv: denied", "cannot open <path>: denied"],
    ["a read or write, and/or both", "a read or write, and/or both"],
    ["GET https://a.example/x?y=1 answered 503", "GET <url> answered <n>"],
    ["run 01a2168d-5cad-70ad-932a-8c727e86c6f7 is gone", "run <id> is gone"],
    ["at 0xdeadbeef of deadbeef01", "at <id> of <id>"],
    ["since 2026-11-26T06:27:01.123Z", "since <time>"],
    ["column 'age' is not \"a b\" or `c`", "column <text> is not <text> or <text>"],
    ["it can't, it won't", "it can't, it won't"],
    ["two\n  lines", "two lines"],
    ["", ""],
  ])("%s", (message, common) => {
    expect(toCommonMessage(message)).toBe(common);
  });

  test("are found in a bounded time", () => {
    const hostile = [
      "'".repeat(50_000),
      "/a".repeat(50_000),
      "a/".repeat(50_000),
      "1.".repeat(50_000),
      "a:".repeat(50_000),
    ];
    const startedAt = performance.now();
    for (const message of hostile) expect(toCommonMessage(message).length).toBeLessThanOrEqual(2000);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});

describe("a fingerprint", () => {
  const failure: Failure = {
    flowRunId: "r1",
    taskRunId: "t1",
    flowName: "etl",
    taskName: "load",
    childFlowRunId: null,
    stateType: "FAILED",
    stateName: "Failed",
    at: 1,
    errorName: "TypeError",
    errorCode: null,
    message: "row 1 is bad",
  };

  test("is the same for the same task and error, in any flow and at any row", () => {
    const same = {
      ...failure,
      flowRunId: "r2",
      flowName: "other",
      message: "row 99 is bad",
      stateType: "CRASHED",
    } as const;
    expect(toFingerprint(same)).toBe(toFingerprint(failure));
    expect(toFingerprint(failure)).toMatch(/^[0-9a-f]{16}$/);
  });

  test.each([
    { taskName: "train" },
    { taskName: null, taskRunId: null },
    { errorName: "RangeError" },
    { errorCode: "E_BAD" },
    { message: "row 1 is worse" },
  ])("is another with %o", (more) => {
    expect(toFingerprint({ ...failure, ...more })).not.toBe(toFingerprint(failure));
  });
});
