import { describe, expect, test } from "vitest";
import { type LogEntry, toLoggedError, toLogLine } from "./log-line.ts";

const entry: LogEntry = { at: 5, level: "info", component: "server", msg: "GET /v1/ready 200" };
const fields = { requestId: "r-1", tookMs: 1.5, traceId: null, what: 'two "words"', missing: undefined };

/** What has been used to break lines, to end texts, and to speak to terminals. */
const hostile = 'a\nb\r\nc\u2028d\u2029e\u0085f\u001b[31mg\u0000h"}\\\u202ei\ud800j\u009b2Jk\tl';

describe("a line of a log", () => {
  test("for people", () => {
    expect(toLogLine({ ...entry, fields }, "text")).toBe(
      '1970-01-01T00:00:00.005Z info  server: GET /v1/ready 200 requestId=r-1 tookMs=1.5 what="two \\"words\\""',
    );
    const error = { name: "TypeError", message: "no", code: null, stack: "TypeError: no\n    at one\n    at two" };
    expect(toLogLine({ ...entry, msg: "it failed", error }, "text")).toContain(
      "it failed: TypeError: no | at one | at two",
    );
  });

  test("as an object of JSON", () => {
    expect(JSON.parse(toLogLine({ ...entry, fields }, "json"))).toEqual({
      time: "1970-01-01T00:00:00.005Z",
      level: "info",
      component: "server",
      msg: "GET /v1/ready 200",
      requestId: "r-1",
      tookMs: 1.5,
      what: 'two "words"',
    });
  });

  test("a field of a stranger takes the place of none of its own", () => {
    const told = JSON.parse(toLogLine({ ...entry, fields: { level: "debug", msg: "x", own: "y" } }, "json")) as object;
    expect(told).toMatchObject({ level: "info", msg: "GET /v1/ready 200", own: "y" });
  });

  test.each(["text", "json"] as const)("is one line whatever is in it, in %s", (format) => {
    const error = { name: hostile, message: hostile, code: hostile, stack: hostile };
    const line = toLogLine(
      { ...entry, msg: hostile, fields: { [hostile]: hostile, requestId: hostile }, error },
      format,
    );
    // oxlint-disable-next-line no-control-regex -- these are what is looked for
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/);
  });

  test("in JSON is exactly what was given", () => {
    const told = JSON.parse(toLogLine({ ...entry, msg: hostile }, "json")) as { readonly msg: string };
    expect(told.msg).toBe(hostile);
  });

  test("has a bound", () => {
    const line = toLogLine({ ...entry, msg: "x".repeat(1_000_000), fields: { long: "y".repeat(1_000_000) } }, "json");
    expect(line.length).toBeLessThan(40_000);
  });

  test("takes what was thrown, whatever it is", () => {
    expect(toLoggedError("a text")).toEqual({ name: "Error", message: "a text", code: null, stack: null });
    expect(toLoggedError(Object.assign(new RangeError("far"), { code: "E1" }))).toMatchObject({
      name: "RangeError",
      message: "far",
      code: "E1",
      stack: expect.stringContaining("RangeError: far") as string,
    });
  });
});
