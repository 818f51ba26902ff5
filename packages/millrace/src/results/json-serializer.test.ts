import { EventEmitter } from "node:events";
import { isDeepStrictEqual } from "node:util";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDigest } from "../kit/digest.ts";
import { createJsonSerializer } from "./json-serializer.ts";
import { Unserializable } from "./unserializable.ts";

const serializer = createJsonSerializer();
const encode = (value: unknown): string => serializer.encode(value) as string;
const decode = (content: string | Uint8Array): unknown => serializer.decode(content);
const roundTrip = (value: unknown): unknown => decode(encode(value));
const digest = createDigest();

/** What JSON.parse makes: a literal would set the prototype. */
const withProto = JSON.parse('{"__proto__":{"a":1},"b":2}') as object;

describe("writes", () => {
  const texts: readonly (readonly [unknown, string])[] = [
    [{ a: [1, "x", true, null], b: { c: 1.5e300 } }, '{"a":[1,"x",true,null],"b":{"c":1.5e+300}}'],
    ['{"!date":null}', String.raw`"{\"!date\":null}"`],
    [{ "!date": null, at: 1 }, '{"!date":null,"at":1}'],
    [{ $date: 1 }, '{"$date":1}'],
    [undefined, '{"!":"undefined"}'],
    [[Number.NaN, Infinity, -Infinity, -0, 0], '[{"!":"NaN"},{"!":"Infinity"},{"!":"-Infinity"},{"!":"-0"},0]'],
    [{ a: undefined }, '{"a":{"!":"undefined"}}'],
    [12345678901234567890n, '{"!bigint":"12345678901234567890"}'],
    [new Date(0), '{"!date":"1970-01-01T00:00:00.000Z"}'],
    [new Date(-8.64e15), '{"!date":"-271821-04-20T00:00:00.000Z"}'],
    [
      new Map<unknown, unknown>([
        ["a", new Set([1])],
        [{ b: 1 }, null],
      ]),
      '{"!map":[["a",{"!set":[1]}],[{"b":1},null]]}',
    ],
    [new Uint8Array([1, 2, 255]), '{"!bytes":["Uint8Array","AQL/"]}'],
    [new Float64Array([1]).subarray(0, 1), '{"!bytes":["Float64Array","AAAAAAAA8D8="]}'],
    [Buffer.from("hi"), '{"!bytes":["Buffer","aGk="]}'],
    [/a\/b/gi, String.raw`{"!regexp":["a\\/b","gi"]}`],
    [new URL("https://example.com/a?b=c"), '{"!url":"https://example.com/a?b=c"}'],
    [new URLSearchParams({ a: "1", b: "x y" }), '{"!urlsearchparams":"a=1&b=x+y"}'],
    [Object("text"), '{"!boxed":"text"}'],
    // oxlint-disable-next-line no-sparse-arrays
    [[, "a", , undefined], '{"!sparse":[4,[[1,"a"],[3,{"!":"undefined"}]]]}'],
    [Object.assign([], { length: 4_294_967_295 }), '{"!sparse":[4294967295,[]]}'],
    [{ "!": 1 }, '{"!!":1}'],
    [{ "!date": [{ "!!x": 2 }] }, '{"!!date":[{"!!!x":2}]}'],
    ["\ud800", String.raw`"\ud800"`],
    [withProto, '{"__proto__":{"a":1},"b":2}'],
    [Object.defineProperty({}, "__proto__", { value: 1n, enumerable: true }), '{"__proto__":{"!bigint":"1"}}'],
  ];

  test.each(texts.map(([value, text]) => ({ value, text })))("$text", ({ value, text }) => {
    expect(encode(value)).toBe(text);
    const back = decode(text);
    expect(isDeepStrictEqual(back, value)).toBe(true);
    expect(decode(Buffer.from(text))).toEqual(back);
  });
});

describe("gives back", () => {
  test("an invalid date", () => {
    const back = roundTrip([new Date(Number.NaN)]) as [Date];
    expect(back[0]).toBeInstanceOf(Date);
    expect(back[0].getTime()).toBeNaN();
  });

  test.each([
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float16Array,
    Float32Array,
    Float64Array,
  ])("%o", (View) => {
    // At an offset, so that the whole buffer is not what is kept.
    const view = new View([1, 2, 3, 250.5]).subarray(1);
    const back = roundTrip({ view }) as { view: typeof view };
    expect(back.view).toStrictEqual(view);
    expect(back.view.buffer.byteLength).toBe(view.byteLength);
  });

  test("bytes of the other kinds", () => {
    const { buffer } = new Uint8Array([1, 2, 3, 4]);
    const shared = new SharedArrayBuffer(3);
    new Uint8Array(shared).set([7, 8, 9]);
    const back = roundTrip([
      buffer,
      new DataView(buffer, 1, 2),
      new BigInt64Array([-5n]),
      shared,
      new Float64Array(100_000).fill(0.1),
    ]) as [ArrayBuffer, DataView, BigInt64Array, SharedArrayBuffer, Float64Array];
    expect(back[0]).toStrictEqual(buffer);
    expect(back[1]).toBeInstanceOf(DataView);
    expect(back[1].getUint16(0)).toBe(0x0203);
    expect(back[2]).toStrictEqual(new BigInt64Array([-5n]));
    expect(back[3]).toBeInstanceOf(SharedArrayBuffer);
    expect([...new Uint8Array(back[3])]).toEqual([7, 8, 9]);
    expect(back[4]).toStrictEqual(new Float64Array(100_000).fill(0.1));
  });

  test("where a regular expression was", () => {
    const pattern = /a/g;
    pattern.lastIndex = 3;
    expect(roundTrip(pattern)).toEqual(pattern);
    expect((roundTrip(pattern) as RegExp).lastIndex).toBe(3);
  });

  test("an object that stands in two places, as two", () => {
    const shared = { at: new Date(1) };
    const back = roundTrip([shared, shared]) as [unknown, unknown];
    expect(back).toEqual([shared, shared]);
    expect(back[0]).not.toBe(back[1]);
  });

  test("what toJSON() makes of an instance, with its dates", () => {
    class Money {
      readonly #cents = 150;
      toJSON() {
        return { amount: this.#cents / 100, on: new Date(0) };
      }
    }
    expect(roundTrip({ price: new Money() })).toEqual({ price: { amount: 1.5, on: new Date(0) } });
    expect(roundTrip({ toJSON: () => new Set([1]) })).toEqual(new Set([1]));
    expect(roundTrip({ toJSON: "a property" })).toEqual({ toJSON: "a property" });
  });

  test("values of another realm", () => {
    const value = runInNewContext(
      "({ at: new Date(5), list: [1, new Map([[1, { a: undefined }]])], error: new TypeError('x') })",
    );
    const back = roundTrip(value) as { error: Error };
    expect(back).toMatchObject({ at: new Date(5), list: [1, new Map([[1, { a: undefined }]])] });
    expect(back.error).toBeInstanceOf(TypeError);
  });

  test("data without a prototype, as plain objects", () => {
    const row = Object.assign(Object.create(null) as object, { id: 1n });
    expect(roundTrip([row])).toStrictEqual([{ id: 1n }]);
  });

  test("what getters gave", () => {
    expect(
      roundTrip({
        get at() {
          return new Date(7);
        },
        b: 1,
      }),
    ).toEqual({ at: new Date(7), b: 1 });
  });

  test("1,000 levels", () => {
    let value: unknown = new Date(0);
    for (let depth = 0; depth < 999; depth++) value = depth % 2 === 0 ? [value] : { value };
    expect(isDeepStrictEqual(roundTrip(value), value)).toBe(true);
  });
});

describe("leaves alone", () => {
  test("the value it is given", () => {
    const value = { at: new Date(0), list: [undefined, { deep: 1n }], "!": null };
    encode(Object.freeze(value));
    expect(value).toEqual({ at: new Date(0), list: [undefined, { deep: 1n }], "!": null });
  });
});

class Connection {
  readonly url = "tcp://";
}
class Rows extends Array<number> {}
class Cache extends Map<string, number> {}
const looped: { name: string; parts: unknown[] } = { name: "a", parts: [] };
looped.parts.push({ whole: looped });
let tower: unknown = [];
for (let depth = 0; depth < 5000; depth++) tower = [tower];

describe("refuses", () => {
  const refusals: readonly (readonly [value: unknown, path: string, reason: RegExp])[] = [
    [() => 1, "result", /^is a function$/],
    [{ model: { Kind: Connection } }, "result.model.Kind", /^is the class Connection$/],
    [{ rows: [0, 1, { socket: Symbol("s") }] }, "result.rows[2].socket", /^is a symbol$/],
    [{ "a b": { 'c"': Promise.resolve() } }, String.raw`result["a b"]["c\""]`, /^is a promise; await it first$/],
    [new Map([["k", [new WeakMap()]]]), 'result.get("k")[0]', /^is a WeakMap/],
    [new Map([[{ a: () => 1 }, 1]]), "result<key 0>.a", /^is a function$/],
    [new Map([[{}, () => 1]]), "result<value 0>", /^is a function$/],
    [new Set([1, { a: () => 1 }]), "result<item 1>.a", /^is a function$/],
    [[new EventEmitter()], "result[0]", /^is a EventEmitter, which is alive in this process/],
    [[new ReadableStream()], "result[0]", /ReadableStream/],
    [{ db: new Connection() }, "result.db", /^is an instance of Connection, which would come back without its class; /],
    [new Cache(), "result", /^is an instance of Cache/],
    [{ rows: Rows.from([1]) }, "result.rows", /^is a Rows, which would come back as a plain array/],
    [
      [
        (function* () {
          yield 1;
        })(),
      ],
      "result[0]",
      /^is a running generator/,
    ],
    [
      {
        a: [
          {
            get b() {
              throw new TypeError("no b");
            },
          },
        ],
      },
      "result.a[0].b",
      /^cannot be read: no b$/,
    ],
    [{ a: { toJSON: () => ({ b: () => 1 }) } }, "result.a.toJSON.b", /^is a function$/],
    [looped, "result.parts[0].whole", /^refers back to an object that it is part of/],
    [{ [Symbol("tag")]: 1 }, "result", /^has a property named by a symbol, Symbol\(tag\)$/],
    [tower, `result${"[0]".repeat(1000)}`, /^is more than 1000 levels deep/],
    // oxlint-disable-next-line no-sparse-arrays
    [[, () => 1], "result[1]", /^is a function$/],
  ];

  test.each(refusals.map(([value, path, reason]) => ({ value, path, reason })))(
    "$path $reason",
    ({ value, path, reason }) => {
      const error = catchError(() => encode(value));
      expect(error).toBeInstanceOf(Unserializable);
      expect(error).toMatchObject({ path, reason: expect.stringMatching(reason) });
    },
  );

  test("what is longer than a string can be", () => {
    const long = "x".repeat(2 ** 20);
    expect(catchError(() => encode(Array.from({ length: 520 }, () => long)))).toMatchObject({
      path: "result",
      reason: "is longer than 511 million characters as JSON; keep it with the serializer v8()",
    });
  });
});

test.each(["", "{", '{"!future":1}', '{"!":"zero"}', '{"!bigint":"x"}', '{"!map":[1]}', '{"!constructor":1}'])(
  "says that %j cannot be read",
  (text) => {
    expect(catchError(() => decode(text))).toMatchObject({ code: "RESULT_UNREADABLE" });
  },
);

describe("for any value", () => {
  const marked = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("!", "!date", "!!set", "__proto__", "toJSON", "constructor", "0"),
  );
  const options: fc.ObjectConstraints = {
    key: marked,
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    values: [
      fc.string({ unit: "binary" }),
      fc.boolean(),
      fc.integer(),
      fc.double(),
      fc.constantFrom(null, undefined, -0, Number.NaN),
      fc.bigInt(),
      fc.webUrl().map((href) => new URL(href)),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(/a/g, /\p{L}/u),
    ],
  };

  test("it comes back as it was", () => {
    fc.assert(
      fc.property(fc.anything(options), (value) => {
        const text = encode(value);
        const back = decode(text);
        expect(isDeepStrictEqual(back, value)).toBe(true);
        expect(encode(back)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  // A result is passed on to other tasks, before a resume and after it: its digest must not tell which.
  test("it has the same digest", () => {
    fc.assert(
      fc.property(fc.anything({ ...options, withNullPrototype: true }), (value) => {
        expect(digest([roundTrip(value)])).toBe(digest([value]));
      }),
      { numRuns: 2000 },
    );
  });

  test("plain JSON is written as it is", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('{"!') && isDeepStrictEqual(JSON.parse(text), value));
        expect(encode(value)).toBe(text);
      }),
    );
  });
});

function catchError(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error("It should have thrown");
}
