import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { v8 } from "./v8-serializer.ts";

const serializer = v8();
const encode = (value: unknown): Uint8Array => serializer.encode(value) as Uint8Array;
const decode = (content: string | Uint8Array): unknown => serializer.decode(content);

test("keeps data with cycles and shared parts", () => {
  const shared = { at: new Date(0), ids: new Set([1n]) };
  const value: Record<string, unknown> = { list: [shared, shared], matrix: new Float32Array([1, 2]), text: "\ud800" };
  value.self = value;
  const back = decode(encode(value)) as typeof value & { list: [unknown, unknown] };
  expect(back).toStrictEqual(value);
  expect(back.list[0]).toBe(back.list[1]);
  expect(back.self).toBe(back);
});

class Pool extends EventEmitter {
  readonly limit = 1;
}
const looped: unknown[] = [];
looped.push(looped, { a: () => 1 });

test.each([
  [() => 1, "result", "is a function"],
  [{ rows: [1, { done: Symbol("x") }] }, "result.rows[1].done", "is a symbol"],
  [new Map([["k", { a: Promise.resolve() }]]), 'result.get("k").a', "is a promise; await it first"],
  [new Set([1, [() => 1]]), "result<item 1>[0]", "is a function"],
  [looped, "result[1].a", "is a function"],
  [
    [Object.assign(new Pool(), { log: () => 1 })],
    "result[0]",
    "is a Pool, which is alive in this process; open it inside the task",
  ],
  [
    { memory: new SharedArrayBuffer(1) },
    "result.memory",
    "cannot be cloned: #<SharedArrayBuffer> could not be cloned.",
  ],
])("refuses a part of %j", (value, path, reason) => {
  expect(() => encode(value)).toThrow(expect.objectContaining({ name: "Unserializable", path, reason }));
});

test.each([["a text"], [Buffer.from("no clone")], [new Uint8Array()]])("says that %j cannot be read", (content) => {
  expect(() => decode(content)).toThrow(expect.objectContaining({ code: "RESULT_UNREADABLE" }));
});
