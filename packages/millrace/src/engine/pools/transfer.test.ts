import { expect, test } from "vitest";
import { findTransferable } from "./transfer.ts";

const big = (): Float64Array => new Float64Array(10_000);

test("finds big buffers, each once, wherever they are", () => {
  const [a, b, c, d] = [big(), big(), big(), big()];
  const value = { a, again: a, list: [b.buffer, new Map([["c", c]])], set: new Set([new DataView(d.buffer)]) };
  expect(new Set(findTransferable(value))).toEqual(new Set([a.buffer, b.buffer, c.buffer, d.buffer]));
});

test("leaves small buffers, parts of buffers, shared ones and objects of classes alone", () => {
  class Model {
    weights = big();
  }
  const value = [
    new Float64Array(10),
    big().subarray(1),
    new Float64Array(new SharedArrayBuffer(80_000)),
    new Model(),
    Buffer.from("text"),
    null,
  ];
  expect(findTransferable(value)).toEqual([]);
});

test("looks at a bounded number of values", () => {
  const many = Array.from({ length: 100_000 }, () => [1]);
  expect(findTransferable([many, big()])).toHaveLength(1);
  expect(findTransferable([big(), many])).toEqual([]);
});
