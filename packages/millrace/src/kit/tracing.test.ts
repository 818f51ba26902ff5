import { expect, test } from "vitest";
import { isTraceparent, toTraceCarrier, traceIdOf } from "./tracing.ts";

const trace = "0af7651916cd43dd8448eb211c80319c";
const span = "b7ad6b7169203331";

test.each([
  [`00-${trace}-${span}-01`, true],
  [`00-${trace}-${span}-00`, true],
  [`cc-${trace}-${span}-01-what-will-be`, true],
  [`00-${trace}-${span}-01-more`, false],
  [`ff-${trace}-${span}-01`, false],
  [`00-${"0".repeat(32)}-${span}-01`, false],
  [`00-${trace}-${"0".repeat(16)}-01`, false],
  [`00-${trace.toUpperCase()}-${span}-01`, false],
  [`00-${trace}-${span}-01\n`, false],
  [`cc-${trace}-${span}-01-${"x".repeat(600)}`, false],
  ["", false],
  [undefined, false],
])("%s is a traceparent: %s", (text, is) => {
  expect(isTraceparent(text)).toBe(is);
});

test("headers carry a trace, and a tracestate only with it", () => {
  const traceparent = `00-${trace}-${span}-01`;
  expect(toTraceCarrier(traceparent, "a=b")).toEqual({ traceparent, tracestate: "a=b" });
  expect(toTraceCarrier(traceparent, ["a=b"])).toEqual({ traceparent });
  expect(toTraceCarrier("nonsense", "a=b")).toBeNull();
  expect(traceIdOf({ traceparent })).toBe(trace);
});
