import { describe, expect, test } from "vitest";
import { MillraceError } from "../contract/errors.ts";
import { stripAnsi } from "../kit/text.ts";
import { UsageProblem } from "./arguments/usage-problem.ts";
import { errorObject, errorText, exitCodeOf } from "./error-text.ts";
import { createLook } from "./output/look.ts";

const look = createLook({ color: true, unicode: true });
const notFound = new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id: "x" });

describe("an error", () => {
  test("of the catalogue has its code, what happened and what to do", () => {
    const lines = stripAnsi(errorText(notFound, { look })).split("\n");
    expect(lines[0]).toBe("error[RUN_NOT_FOUND]: There is no flow run x.");
    expect(lines[1]).toMatch(/^fix: `millrace flow-run ls`/);
  });

  test("in the words of a command comes with the usage", () => {
    const text = errorText(new UsageProblem("<run> is missing", "name one"), {
      look,
      usage: "usage: millrace x <run>",
    });
    expect(stripAnsi(text)).toBe("error[USAGE]: <run> is missing\nfix: name one\n\nusage: millrace x <run>");
  });

  test("has its cause where that says more", () => {
    const cause = new Error("connection refused");
    const text = errorText(new MillraceError("RESULT_MISSING", { key: "k", store: "s3" }, { cause }), { look });
    expect(stripAnsi(text)).toContain("cause: Error: connection refused");
  });

  test("that nobody foresaw has its stack", () => {
    expect(stripAnsi(errorText(new TypeError("odd"), { look }))).toMatch(/^error: odd\n +at /);
    expect(stripAnsi(errorText("a text", { look }))).toBe("error: a text");
  });

  test("of some KB is cut, and its stack is none of its message", () => {
    const long = new Error(`${"x".repeat(9000)}\nlast line`);
    const text = stripAnsi(errorText(long, { look }));
    expect(text.split("\n")[0]).toBe(`error: ${"x".repeat(2000)}… (7,010 characters more)`);
    expect(text.split("\n")[1]).toMatch(/^ +at /);
    const coded = stripAnsi(errorText(new MillraceError("USAGE", { reason: "y".repeat(3000), advice: "a" }), { look }));
    expect(coded).toBe(`error[USAGE]: ${"y".repeat(2000)}… (1,000 characters more)\nfix: a`);
  });

  test("that is none is shown as the value it is", () => {
    expect(stripAnsi(errorText({ status: 503, why: ["busy"] }, { look }))).toBe(
      'error: { status: 503, why: ["busy"] }',
    );
    expect(stripAnsi(errorText("a text", { look }))).toBe("error: a text");
  });

  test("cannot write control sequences of its own", () => {
    const text = errorText(new MillraceError("USAGE", { reason: "a\u001b[2Jb", advice: "c\u0007" }), { look });
    expect(stripAnsi(text)).toBe("error[USAGE]: ab\nfix: c");
    expect(text).not.toContain("[2J");
  });
});

test("errors as JSON", () => {
  expect(errorObject(notFound).error).toMatchObject({ code: "RUN_NOT_FOUND", message: "There is no flow run x." });
  expect(errorObject(new UsageProblem("wrong")).error).toEqual({ code: "USAGE", message: "wrong", fix: null });
  expect(errorObject(new Error("odd")).error.code).toBe("UNEXPECTED");
  expect(errorObject({ status: 503 }).error).toEqual({ code: "UNEXPECTED", message: "{ status: 503 }", fix: null });
});

test.each([
  [notFound, 3],
  [new UsageProblem("wrong"), 2],
  [new MillraceError("PARAMETERS_INVALID", {}), 2],
  [new MillraceError("LEDGER_CORRUPT", {}), 1],
  [new MillraceError("RUN_OWNED", {}), 1],
  [new MillraceError("INTERRUPTED", {}), 130],
  [new Error("odd"), 1],
])("%s has exit code %i", (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});
