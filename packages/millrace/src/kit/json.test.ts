import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, isJson, maxJsonDepth, parseJson, truncateUtf8 } from "./json.ts";

describe("canonicalJson", () => {
  test("has properties in the order of their names, at every depth", () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: "x", 10: 1, 9: 2 })).toBe(
      '{"9":2,"10":1,"a":"x","b":[{"c":2,"d":1}]}',
    );
    expect(canonicalJson({ b: undefined, at: new Date(0) })).toBe('{"at":"1970-01-01T00:00:00.000Z"}');
    expect(canonicalJson(undefined)).toBe("null");
    expect(() => canonicalJson(1n)).toThrow(TypeError);
  });

  test("is the same text for equal data, and reads back as that data", () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (typeof value !== "object" || value === null) return value;
      const reversed = Object.entries(value)
        .toReversed()
        .map(([key, item]) => [key, shuffled(item)] as const);
      return Object.fromEntries(reversed);
    };
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(shuffled(value))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("keeps a property named __proto__", () => {
    const value: unknown = JSON.parse('{"b":1,"__proto__":{"a":1}}');
    expect(canonicalJson(value)).toBe('{"__proto__":{"a":1},"b":1}');
  });
});

describe("parseJson", () => {
  const nested = (depth: number): string => '[{"a":'.repeat(depth / 2) + "1" + "}]".repeat(depth / 2);

  test("reads what is as deep as it may be, and nothing that is deeper", () => {
    expect(JSON.stringify(parseJson(nested(maxJsonDepth)))).toBe(nested(maxJsonDepth));
    expect(() => parseJson(nested(maxJsonDepth + 2))).toThrow(SyntaxError);
    expect([isJson(nested(maxJsonDepth)), isJson(nested(1_000_000)), isJson("{")]).toEqual([true, false, false]);
  });

  test("counts no brackets of strings", () => {
    const text = JSON.stringify(["[".repeat(1000), '\\"[{'.repeat(1000)]);
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });
});

describe("truncateUtf8", () => {
  test.each<[string, number, string, string]>([
    ["abc", 3, "", "abc"],
    ["abcd", 3, "", "abc"],
    ["aé", 2, "", "a"],
    ["aé", 3, "", "aé"],
    ["a👍b", 4, "", "a"],
    ["a👍b", 5, "", "a👍"],
    ["abcdef", 5, "…", "ab…"],
    ["abcde", 5, "…", "abcde"],
    ["abcd", 3, "…", "…"],
    ["abc", 2, "…", ""],
    ["abc", 0, "", ""],
  ])("%j in %d bytes, marked %j, is %j", (text, maxBytes, mark, cut) => {
    expect(truncateUtf8(text, maxBytes, mark)).toBe(cut);
  });

  test("keeps the longest beginning that fits", () => {
    const unit = fc.constantFrom("a", "é", "€", "👍");
    fc.assert(
      fc.property(fc.array(unit), fc.nat({ max: 40 }), fc.constantFrom("", "…", "..."), (chars, maxBytes, mark) => {
        const whole = chars.join("");
        const room = maxBytes - Buffer.byteLength(mark);
        const fits = (count: number): boolean => Buffer.byteLength(chars.slice(0, count).join("")) <= room;
        const longest = chars.findLastIndex((_, index) => fits(index + 1)) + 1;
        const marked = room < 0 ? "" : chars.slice(0, longest).join("") + mark;
        expect(truncateUtf8(whole, maxBytes, mark)).toBe(Buffer.byteLength(whole) <= maxBytes ? whole : marked);
      }),
      { numRuns: 1000 },
    );
  });
});
