import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { previewValue } from "./preview.ts";

class Point {
  readonly x = 1;
  readonly "a-b" = 2;
}
const looped: { name: string; self?: unknown } = { name: "a" };
looped.self = [looped];
let isRead = false;
const lazy = {
  get secret() {
    isRead = true;
    return 1;
  },
};

test.each<[unknown, string]>([
  [undefined, "undefined"],
  [null, "null"],
  [-0, "-0"],
  [1.5, "1.5"],
  [10n, "10n"],
  ['a "b"\n', String.raw`"a \"b\"\n"`],
  [Symbol("s"), "Symbol(s)"],
  [[], "[]"],
  [{}, "{}"],
  [[1, [2, { a: "x" }]], '[1, [2, { a: "x" }]]'],
  // oxlint-disable-next-line no-sparse-arrays
  [[undefined, , 3], "[undefined, <empty>, 3]"],
  [new Map<unknown, unknown>([["a", { b: 1 }]]), 'Map(1) { "a" => { b: 1 } }'],
  [new Set([1, 2]), "Set(2) { 1, 2 }"],
  [new Map(), "Map(0) {}"],
  [new Date(0), "1970-01-01T00:00:00.000Z"],
  [new Date(Number.NaN), "Invalid Date"],
  [/a/g, "/a/g"],
  [new URL("https://a.example"), "https://a.example/"],
  [new TypeError("two\n lines"), "TypeError: two lines"],
  [new Point(), 'Point { x: 1, "a-b": 2 }'],
  [Promise.resolve(1), "[Promise]"],
  [new Float32Array([1, 2.5]), "Float32Array(2) [1, 2.5]"],
  [new ArrayBuffer(8), "ArrayBuffer(8 bytes)"],
  [Buffer.from([1]), "Buffer(1) [1]"],
  [function named() {}, "[function named]"],
  [() => 1, "[function (anonymous)]"],
  [Point, "[class Point]"],
  [looped, '{ name: "a", self: [[circular]] }'],
  [lazy, "{ secret: [getter] }"],
  [new Proxy({}, {}), "[Proxy]"],
  [Object.create(null), "{}"],
  [{ a: { b: { c: { d: { e: 1 } } } } }, "{ a: { b: { c: { d: {…} } } } }"],
  [Array.from({ length: 12_345 }, () => 0), `[${"0, ".repeat(66)}…`],
])("line %#", (value, line) => {
  expect(previewValue(value)).toBe(line);
  expect(isRead).toBe(false);
});

test("is cut where it is told to, and says how many parts it does not show", () => {
  expect(previewValue("x".repeat(100), { maxChars: 10 })).toBe('"xxxxxxxx…');
  expect(
    previewValue(
      Array.from({ length: 2000 }, (_, index) => index),
      { maxChars: 2000 },
    ),
  ).toMatch(/98, … 1,901 more\]$/);
  expect(previewValue("👍👍", { maxChars: 4 })).toBe('"👍…');
  expect(previewValue("abc", { maxChars: 0 })).toBe("");
});

test("looks at a bounded part of a huge value", () => {
  let reads = 0;
  const huge = Array.from({ length: 100_000 }, (_, index) => ({ index }));
  const counted = huge.map((row) => Object.defineProperty({}, "row", { enumerable: true, get: () => (reads++, row) }));
  expect(previewValue(counted).length).toBeLessThanOrEqual(200);
  expect(reads).toBe(0);
});

describe("of a part without an end", () => {
  const roomy = { maxChars: 1_000_000 };
  const getters = Object.defineProperties(
    {},
    Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [`p${index}`, { enumerable: true, get: () => index }]),
    ),
  );

  // What is shown is what was read: an element of a typed array cannot be watched.
  test.each<[string, unknown, number]>([
    ["a typed array", new Float64Array(1_000_000), 999_901],
    ["a buffer", Buffer.alloc(1_000_000), 999_901],
    ["a typed array of a subclass", new (class Vector extends Float32Array {})(1_000_000), 999_901],
    ["big integers", new BigInt64Array(1_000_000), 999_901],
    ["a list with holes", Array(4_000_000_000), 3_999_999_901],
    ["an object of getters", getters, 4901],
    ["a set", new Set(Array(5000).keys()), 4901],
    ["a map", new Map(Array(5000).entries()), 4950],
  ])("%s, a hundred are shown", (_, value, left) => {
    expect(previewValue(value, roomy)).toMatch(new RegExp(`, … ${left.toLocaleString("en-US")} more`));
  });

  test("many views in one value share the bound", () => {
    const views = Array.from({ length: 1000 }, () => new Uint8Array(1000).fill(7));
    expect(previewValue(views, roomy).match(/7/g)?.length).toBeLessThanOrEqual(100);
  });

  test("an integer of a million bits is not written out", () => {
    expect(previewValue([1n << 1_000_000n, -(1n << 4000n)], roomy)).toMatch(
      /^\[\[bigint of over 4096 bits\], -\d{1205}n\]$/,
    );
  });

  test("secrets are looked for where they would be shown, and as far as secrets before them reach", () => {
    const searched: number[] = [];
    const mask = (text: string): string => {
      searched.push(text.length);
      return text.replaceAll("s3cr3t", "*");
    };
    const far = 2 ** 24;
    expect(previewValue(`${"x".repeat(far)}s3cr3t`, { mask })).toMatch(/^"x+…/);
    expect(previewValue({ ["x".repeat(far)]: new Error("y".repeat(far)) }, { mask })).toMatch(/^\{ "x+…/);
    expect(Math.max(...searched)).toBeLessThan(far);
    expect(previewValue("s3cr3t".repeat(far / 4), { mask, maxChars: 1000 })).not.toContain("s3");
  });
});

test("shows what stands in place of an object", () => {
  const future = { execution: { engine: {} } };
  const reference = (object: object): string | undefined => (object === future ? "[load]" : undefined);
  expect(previewValue([future, { rows: future }, {}], { reference })).toBe("[[load], { rows: [load] }, {}]");
});

test("of any value it is one line within the limit", () => {
  const value = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    key: fc.string({ unit: "binary" }),
    values: [
      fc.string({ unit: "binary" }),
      fc.string().map((text) => Symbol(`${text}\n`)),
      fc.constant(new RegExp("\n")),
      fc.constant({ ["a\nb"]() {} }),
    ],
  });
  fc.assert(
    fc.property(value, fc.nat({ max: 300 }), (any, maxChars) => {
      const line = previewValue(any, { maxChars });
      expect(line.length).toBeLessThanOrEqual(maxChars);
      // oxlint-disable-next-line no-control-regex
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    }),
    { numRuns: 1000 },
  );
});

test("never throws", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const hostile = Object.create({
    get constructor() {
      throw new Error("no");
    },
  }) as object;
  for (const value of [proxy, hostile, Object.assign(new Error("x"), { name: Symbol("s") })]) {
    expect(previewValue([value])).toMatch(/\S/);
  }
});

test("hides secrets before it cuts, also where the cut would go through one", () => {
  const secret = "s3cr3t-".repeat(100);
  const mask = (text: string): string => text.replaceAll(secret, "********");
  expect(previewValue({ a: [secret], b: new Error(`no ${secret}`) }, { maxChars: 60, mask })).not.toContain("s3cr3t");
  expect(previewValue(secret, { maxChars: 60, mask })).toBe('"********"');
});
