import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CachePart } from "../contract/definitions.ts";
import { type CacheKeySources, composeCacheKey } from "./cache-key.ts";

const sources: CacheKeySources = {
  task: "train",
  inputs: (without) => ["digest", ...without].join("-"),
  code: () => "code-1",
  run: () => "run-1",
  flowParameters: () => "parameters-1",
  custom: () => "own-1",
};

const inputs: CachePart = { kind: "inputs", without: [] };
const own: CachePart = { kind: "function", key: () => "" };

describe("a key", () => {
  test.each<[string, readonly CachePart[], string]>([
    ["of the inputs", [inputs], "train|inputs=digest"],
    ["of some of the inputs", [{ kind: "inputs", without: ["seed"] }], "train|inputs=digest-seed"],
    [
      "of all parts, in their order",
      [inputs, { kind: "code" }, { kind: "run" }, { kind: "flow-parameters" }, own],
      "train|inputs=digest|code=code-1|run=run-1|flow-parameters=parameters-1|function=own-1",
    ],
    ["of a function alone is what it gives, for every task", [own], "own-1"],
    ["of a function and more is the task's", [own, { kind: "code" }], "train|function=own-1|code=code-1"],
    ["of nothing is the task's", [], "train"],
  ])("%s", (_, parts, key) => {
    expect(composeCacheKey(parts, sources)).toEqual({ key });
  });
});

test.each<[CachePart, Partial<CacheKeySources>]>([
  [inputs, { inputs: () => null }],
  [{ kind: "flow-parameters" }, { flowParameters: () => null }],
  [own, { custom: () => null }],
])("there is none without the part $kind, and it is named", (part, broken) => {
  expect(composeCacheKey([{ kind: "code" }, part], { ...sources, ...broken })).toEqual({ missing: part.kind });
  expect(composeCacheKey([part], { ...sources, ...broken })).toEqual({ missing: part.kind });
});

test("calls of one policy have one key if and only if all their parts are equal", () => {
  const text = fc.constantFrom("a", "b", "");
  const call = fc.record({ inputs: text, code: text, run: text });
  fc.assert(
    fc.property(call, call, (one, other) => {
      const keyOf = (parts: typeof one) =>
        composeCacheKey([inputs, { kind: "code" }, { kind: "run" }], {
          ...sources,
          inputs: () => parts.inputs,
          code: () => parts.code,
          run: () => parts.run,
        });
      const isSame = one.inputs === other.inputs && one.code === other.code && one.run === other.run;
      expect(JSON.stringify(keyOf(one)) === JSON.stringify(keyOf(other))).toBe(isSame);
    }),
  );
});
