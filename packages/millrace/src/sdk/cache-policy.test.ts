import { expect, test } from "vitest";
import { code, flowParameters, inputs, keyedBy, run } from "./cache-policy.ts";

test("policies are lists of parts that compose in their order", () => {
  const key = (): string => "key";
  expect(inputs().and(code()).and(run()).and(flowParameters()).and(keyedBy(key)).parts).toEqual([
    { kind: "inputs", without: [] },
    { kind: "code" },
    { kind: "run" },
    { kind: "flow-parameters" },
    { kind: "function", key },
  ]);
});

test("without() leaves names out of the inputs, and out of nothing else", () => {
  expect(inputs().without("logger", "client").without("attempt").and(code()).parts).toEqual([
    { kind: "inputs", without: ["logger", "client", "attempt"] },
    { kind: "code" },
  ]);
  expect(code().without("logger").parts).toEqual([{ kind: "code" }]);
});

test("a policy is not changed by what is made of it", () => {
  const policy = inputs();
  policy.and(code());
  policy.without("logger");
  expect(policy.parts).toEqual([{ kind: "inputs", without: [] }]);
});
