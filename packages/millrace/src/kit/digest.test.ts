import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { isDeepStrictEqual, promisify } from "node:util";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDigest, DigestError, hashBytes, hashText } from "./digest.ts";
import { DigestWalk } from "./digest-walk.ts";
import { sha256 } from "./sha256.ts";

const digestAll = createDigest();
const digest = (value: unknown): string => digestAll([value]);

class Point {
  readonly x: number;
  constructor(x: number) {
    this.x = x;
  }
}
class Place extends Point {}
class Money {
  readonly #cents: number;
  constructor(cents: number) {
    this.#cents = cents;
  }
  toJSON() {
    return this.#cents;
  }
}
class Sealed {
  readonly #secret = 1;
  read() {
    return this.#secret;
  }
}

const bytes = new Uint8Array([1, 0, 0, 0]);

/** Values of which no two have the same content. */
const distinct: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -0,
  1,
  1n,
  "1",
  Number.NaN,
  "NaN",
  Infinity,
  -Infinity,
  "",
  "a",
  "ab",
  "\ud800",
  "\udc00",
  "\ufffd",
  String.raw`\ud800`,
  Symbol.for("a"),
  Symbol.for("b"),
  Symbol.iterator,
  Object("a"),
  Object(1),
  Object(1n),
  [],
  {},
  [undefined],
  [null],
  Array(1),
  Array(2),
  [[]],
  [[], []],
  [["a"], "b"],
  ["a", ["b"]],
  ["a", "b"],
  ["ab"],
  [["a", "b"]],
  { a: undefined },
  { a: null },
  { a: 1 },
  { b: 1 },
  { a: { b: 1 } },
  { a: 1, b: 1 },
  { 0: "a" },
  { length: 0 },
  { [Symbol.for("a")]: 1 },
  new Map(),
  new Map([["a", 1]]),
  new Map([["a", new Map([["b", 1]])]]),
  new Map([[{ a: 1 }, 1]]),
  new Set(),
  new Set(["a"]),
  new Set([["a", 1]]),
  new Date(0),
  new Date(1),
  new Date(Number.NaN),
  /a/,
  /a/g,
  /b/,
  new URL("https://a.example/"),
  new URL("https://b.example/"),
  new URLSearchParams("a=1"),
  bytes,
  Buffer.from(bytes),
  bytes.buffer,
  new Int32Array([1]),
  new Uint32Array([1]),
  new DataView(bytes.buffer),
  new Uint8Array([1, 0, 0]),
  new Point(1),
  new Point(2),
  new Place(1),
  { money: new Money(1) },
  { money: new Money(2) },
  new Error("a"),
  new Error("b"),
  new TypeError("a"),
  new Error("a", { cause: 1 }),
  Object.assign(new Error("a"), { code: "X" }),
  new AggregateError([1], "a"),
  () => 1,
  () => 2,
  function one() {
    return 1;
  },
  class A {},
  class B {},
];

describe("tells apart", () => {
  test("all of these", () => {
    const byDigest = new Map<string, unknown>();
    for (const value of distinct) {
      const found = digest(value);
      expect(found).toMatch(/^[\w-]{22}$/);
      expect(byDigest.has(found), `${String(found)} of ${typeof value}`).toBe(false);
      byDigest.set(found, value);
    }
  });

  test("lists of values by where each ends", () => {
    const lists = [
      [],
      [[]],
      ["a", "b"],
      ["ab"],
      [["a", "b"]],
      ["a", "b", undefined],
      [{ a: "b" }],
      ["as1:b"],
      [1, 2],
      [12],
      ["1;n2"],
    ];
    expect(new Set(lists.map((list) => digestAll(list))).size).toBe(lists.length);
  });

  test("what differs at the bottom of a deep value, or at the end of a long one", () => {
    const tower = (bottom: unknown): unknown => {
      let value = bottom;
      for (let depth = 0; depth < 10_000; depth++) value = [value];
      return value;
    };
    expect(digest(tower(1))).toBe(digest(tower(1)));
    expect(digest(tower(1))).not.toBe(digest(tower(2)));
    expect(digest(tower(1))).not.toBe(digest([tower(1)]));
    for (const make of [
      (end: string) => `${"x".repeat(200_000)}${end}`,
      (end: string) => [...Array(50_000).keys(), end],
    ]) {
      expect(digest(make("a"))).toBe(digest(make("a")));
      expect(digest(make("a"))).not.toBe(digest(make("b")));
    }
  });

  test("rings of two lengths", () => {
    const ring = (length: number): object => {
      const first: { next?: object } = {};
      let last = first;
      for (let index = 1; index < length; index++) last = last.next = {};
      last.next = first;
      return first;
    };
    for (const length of [1, 3, 399, 400, 401, 1000]) {
      expect(digest(ring(length))).toBe(digest(ring(length)));
      expect(digest(ring(length))).not.toBe(digest(ring(length + 1)));
    }
  });
});

test("tells apart to which of its parents a deep part refers back", () => {
  const chain = (back: number): object => {
    const links: { next?: object }[] = Array.from({ length: 1000 }, () => ({}));
    for (const [index, link] of links.entries()) link.next = links[index + 1] ?? links[back] ?? {};
    return links[0] ?? {};
  };
  const backs = [0, 50, 399, 400, 401, 450, 801, 850, 999];
  expect(new Set(backs.map((back) => digest(chain(back)))).size).toBe(backs.length);
});

describe("does not tell apart", () => {
  test("an instance and the plain data of its toJSON(), as which it comes back from a record", () => {
    expect(digest({ price: new Money(7) })).toBe(digest({ price: 7 }));
  });

  test("errors of two classes that have one name", () => {
    class QuotaError extends RangeError {
      override readonly name = "QuotaError";
    }
    const kept = Object.assign(new RangeError("none left"), { name: "QuotaError" });
    expect(digest(new QuotaError("none left"))).toBe(digest(kept));
  });

  const shared = { a: 1 };
  const bare = Object.assign(Object.create(null) as object, { a: 1 });
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ["orders of properties", { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
    [
      "orders of many properties",
      Object.fromEntries([...Array(50).keys()].map((key) => [`k${key}`, key])),
      Object.fromEntries([...Array(50).keys()].toReversed().map((key) => [`k${key}`, key])),
    ],
    [
      "orders of entries",
      new Map<unknown, unknown>([
        ["a", 1],
        [{ b: 1 }, 2],
      ]),
      new Map<unknown, unknown>([
        [{ b: 1 }, 2],
        ["a", 1],
      ]),
    ],
    ["orders of items", new Set([1, "1", [2]]), new Set([[2], "1", 1])],
    [
      "orders of symbols",
      { [Symbol.for("a")]: 1, [Symbol.for("b")]: 2 },
      { [Symbol.for("b")]: 2, [Symbol.for("a")]: 1 },
    ],
    ["one object twice, and two equal ones", [shared, shared], [{ a: 1 }, { a: 1 }]],
    ["an object with and without a prototype", bare, { a: 1 }],
    [
      "realms",
      runInNewContext("[{ a: [1, new Map([[1, new Date(5)]])] }, new TypeError('x')]"),
      [{ a: [1, new Map([[1, new Date(5)]])] }, new TypeError("x")],
    ],
    ["stacks of errors", new Error("a"), [0].map(() => new Error("a"))[0]],
    ["a view and a copy of what it shows", new Uint8Array([9, 1, 2]).subarray(1), new Uint8Array([1, 2])],
    [
      "a getter and its value",
      {
        get a() {
          return [1];
        },
      },
      { a: [1] },
    ],
  ];

  test.each(pairs)("%s", (_, one, other) => {
    expect(digest(one)).toBe(digest(other));
  });
});

test("lists of primitives have one digest, by the short way and by the walk", () => {
  const primitive = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined, -0),
  );
  fc.assert(
    fc.property(fc.array(primitive), (values) => {
      expect(digestAll(values)).toBe(sha256(new DigestWalk().run(values), "base64url").slice(0, 22));
    }),
  );
});

describe("for any two values", () => {
  const leaf = fc.constantFrom<unknown[]>(0, -0, 1, "", "a", "b", "__proto__", null, undefined, true, 1n, Number.NaN);
  const any = fc.anything({
    values: [leaf],
    key: fc.constantFrom("a", "b", "__proto__", "0"),
    maxKeys: 3,
    maxDepth: 3,
    withMap: true,
    withSet: true,
    withSparseArray: true,
  });

  test("the digest is the same when their content is", () => {
    fc.assert(
      fc.property(any, any, (one, other) => {
        expect(digest(one) === digest(other)).toBe(isDeepStrictEqual(one, other));
      }),
      { numRuns: 3000 },
    );
  });

  test("a copy has the digest of its original", () => {
    const rich = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
    });
    fc.assert(
      fc.property(rich, (value) => {
        expect(digest(structuredClone(value))).toBe(digest(value));
      }),
      { numRuns: 500 },
    );
  });
});

test("another process makes the same digests", async () => {
  const make = () => {
    const ring: Record<string, unknown> = { name: "ring" };
    ring.self = [ring];
    return [
      "a",
      -0,
      [1n, undefined],
      { b: 1, a: new Date(0) },
      new Map<unknown, unknown>([[/x/g, new Set([1])]]),
      new Float64Array([1.5]),
      Symbol.for("s"),
      ring,
      new TypeError("x", { cause: { code: 1 } }),
      (a: number) => a + 1,
      "x".repeat(100_000),
    ];
  };
  const script = `
    import { createDigest } from ${JSON.stringify(new URL("digest.ts", import.meta.url).href)};
    const digest = createDigest();
    console.log(JSON.stringify((${String(make)})().map((value) => digest([value]))));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  expect(JSON.parse(stdout)).toEqual(make().map(digest));
});

test("digests stay what they are from version to version", () => {
  // They are in ledgers: another digest would make every recorded call a new one.
  expect(digestAll(["2026-11-22", 3, true, null])).toBe("kpkO-ey2Hg6w8ylvDyYXG6");
  expect(digestAll([{ rows: [{ id: 1, at: new Date(0) }], tags: new Set(["a"]) }])).toBe("LPeJJEsT-kiunALoKdgMIX");
});

test("more than a million objects, many of them shared", () => {
  const laugh = (leaf: unknown): unknown => {
    let value = leaf;
    for (let level = 0; level < 40; level++) value = [value, value];
    return value;
  };
  expect(digest(laugh("ha"))).toBe(digest(laugh("ha")));
  expect(digest(laugh("ha"))).not.toBe(digest(laugh("ho")));
});

test("a reference counts in place of the content", () => {
  const made = { by: "another task" };
  const withReference = createDigest({ reference: (object) => (object === made ? "run-1" : undefined) });
  expect(withReference([[made]])).toBe(
    createDigest({ reference: (object) => ("by" in object ? "run-1" : undefined) })([[{ by: "?" }]]),
  );
  expect(withReference([[made]])).not.toBe(withReference([[{ by: "another task" }]]));
  expect(withReference([[made]])).not.toBe(withReference([["run-1"]]));
});

test.each<[unknown, string, RegExp]>([
  [{ rows: [{ at: Promise.resolve() }] }, "inputs[0].rows[0].at", /promise/],
  [{ "a b": new WeakMap() }, 'inputs[0]["a b"]', /WeakMap/],
  [new Map([["k", { s: Symbol("x") }]]), "inputs[0].k.s", /another in each process/],
  [
    [new Sealed()],
    "inputs[0][0]",
    /is a Sealed, which keeps #secret to itself; give it a toJSON\(\), or the task a key/,
  ],
  [
    {
      get a() {
        throw new TypeError("no a");
      },
    },
    "inputs[0]",
    /cannot be read: no a/,
  ],
  [new Set([[new EventTarget()]]), "inputs[0]<item 0>[0]", /alive in this process/],
])("refuses what has no content: %#", (value, path, reason) => {
  expect(() => digest(value)).toThrow(expect.objectContaining({ path, reason: expect.stringMatching(reason) }));
  expect(() => digest(value)).toThrow(DigestError);
});

describe("of functions, which may close over different values", () => {
  const adder = (n: number) => (m: number) => n + m;
  class Named {
    readonly label = "a";
  }

  test("counts the source text", () => {
    expect(digest(adder(1))).toBe(digest(adder(2)));
  });

  test.each<[unknown, string]>([
    [adder(1), "inputs[0]"],
    [{ rows: [{ by: adder(1) }] }, "inputs[0].rows[0].by"],
    [new Map([["by", adder(1)]]), "inputs[0].by"],
    [new Set([adder(1)]), "inputs[0]<item 0>"],
    [Object.assign(new Named(), { by: adder(1) }), "inputs[0].by"],
    [Object.assign(new Error("x"), { by: adder(1) }), "inputs[0].by"],
    [Named, "inputs[0]"],
  ])("refuses them where it is told to: %#", (value, path) => {
    const strict = createDigest({ functions: "refused" });
    expect(() => strict([value])).toThrow(expect.objectContaining({ path, reason: expect.stringMatching(/function/) }));
    expect(strict([{ rows: [1] }])).toBe(digest({ rows: [1] }));
  });
});

test("hashes texts and bytes", () => {
  const hex = createHash("sha256").update("né").digest("hex");
  expect(hashText("né")).toBe(hex);
  expect(hashBytes(Buffer.from("né"))).toBe(hex);
});
