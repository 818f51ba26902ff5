import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { compressed } from "./compressed-serializer.ts";
import { createJsonSerializer } from "./json-serializer.ts";
import { v8 } from "./v8-serializer.ts";

const value = {
  rows: Array.from({ length: 1000 }, (_, id) => ({ id, at: new Date(id) })),
  bytes: new Uint8Array([1, 2]),
};

test.each([createJsonSerializer(), v8()])("compresses what $name writes", (inner) => {
  const serializer = compressed(inner);
  const bytes = serializer.encode(value) as Uint8Array;
  expect(serializer.name).toBe(`${inner.name}+gzip`);
  expect(serializer.decode(bytes)).toEqual(value);
  expect(bytes.byteLength).toBeLessThan(inner.encode(value).length / 3);
});

test("the text inside is the JSON that people can read", () => {
  const bytes = compressed(createJsonSerializer()).encode({ a: 1 }) as Uint8Array;
  expect(gunzipSync(bytes).toString()).toBe('{"a":1}');
});

test("what cannot be written is named as without compression", () => {
  expect(() => compressed(createJsonSerializer()).encode([() => 1])).toThrow("result[0] is a function");
});
