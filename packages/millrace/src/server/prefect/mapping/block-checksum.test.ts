import { describe, expect, test } from "vitest";
import { toBlockChecksum } from "./block-checksum.ts";
import { parseWithSources, toPythonJson } from "./python-json.ts";

/** The checksums are those that Prefect 3.9.1 computes of these texts. */
const schemas = {
  "of texts only": [
    `{"title": "My Block", "type": "object", "properties": {"a": {"type": "string"}}, "block_type_slug": "my-block", "block_schema_references": {}}`,
    "sha256:312908e834eb220704daadffdca67bc982799a4f03b40ab253226da1fab193a6",
  ],
  "with numbers, of which 1.0 is not 1": [
    `{"title": "Numbers", "properties": {"a": {"default": 1.0}, "b": {"default": 1}, "c": {"default": 1e-07}, "d": {"default": 1e17}, "e": {"default": -0.0}, "f": {"default": 12345678901234567890}, "g": {"default": 123456789.125}, "h": {"default": 0.0001}, "i": {"default": 1e15}}}`,
    "sha256:a27ebe47513593822212732f98ee64a47ca5d410336751114fa2e9116d49339f",
  ],
  "with characters that are escaped, and names that UTF-16 would sort otherwise": [
    String.raw`{"title": "Texts", "a": "\u00fc\u007f\ud83d\ude00\n\"\\/", "\ud83d\ude00": true, "\uffff": null, "b": [false, {}, []]}`,
    "sha256:c32c815bb73fdadd6af7293604edf48786dec5e88e22649d79070dd438574a93",
  ],
  "whose secret fields do not count": [
    `{"title": "Secrets", "secret_fields": ["a"], "properties": {"a": {"secret_fields": [], "x": 1}}, "definitions": {}}`,
    "sha256:8249136eb23eb12f0593d514fb51d9d54a1dee2fec7d486eccccb888e266d1c6",
  ],
  "with definitions, of which those of blocks and unused ones do not count": [
    `{"title": "Nested", "properties": {"a": {"$ref": "#/definitions/Inner"}, "o": {"anyOf": [{"$ref": "#/definitions/Options"}]}}, "definitions": {"Inner": {"block_type_slug": "inner", "properties": {"q": {"$ref": "#/definitions/OfInner"}}}, "Options": {"properties": {"deep": {"$ref": "#/definitions/Deep"}}}, "Deep": {"type": "object"}, "OfInner": {"type": "string"}, "Unused": {"type": "string"}}}`,
    "sha256:0502848adcddb512ac1b81e96c1684af3f4d37fbb13b600919e5d38a9d44b07d",
  ],
  "with definitions of blocks only": [
    `{"title": "OnlyBlocks", "properties": {"a": {"$ref": "#/definitions/Inner"}}, "definitions": {"Inner": {"block_type_slug": "inner"}}}`,
    "sha256:7231ab7443c557b0b2961a64b3692bcb2dfba7081bac7d91c7fed5f535f11407",
  ],
  "with definitions, of which those that say nothing do not count": [
    `{"title": "Open", "properties": {"a": {"$ref": "#/definitions/Anything"}, "b": {"$ref": "#/definitions/Options"}}, "definitions": {"Anything": {}, "Options": {"type": "object"}}}`,
    "sha256:e035c1393f1fbeb3534570b4aae377ed3fb8469b728d9e4e2ac54b70beae214a",
  ],
  "with a definition that says nothing only, as that of a secret": [
    `{"title": "Open", "properties": {"a": {"$ref": "#/definitions/Anything"}}, "definitions": {"Anything": {}}}`,
    "sha256:353479a3f7e9b6053b066ed4cde67a9d210335c55f55a7cc56da9dd9dcfafe6e",
  ],
} as const;

describe("the checksum of a schema", () => {
  test.each(Object.entries(schemas))("%s is that of the client", (_, [text, checksum]) => {
    expect(toBlockChecksum(parseWithSources(text) as Record<string, unknown>)).toBe(checksum);
  });

  test("does not end where definitions refer to themselves", () => {
    const text = `{"properties": {"a": {"$ref": "#/definitions/A"}}, "definitions": {"A": {"items": {"$ref": "#/definitions/A"}}}}`;
    expect(toBlockChecksum(parseWithSources(text) as Record<string, unknown>)).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});

describe("JSON as Python writes it", () => {
  test.each([
    ["1.0", "1.0"],
    ["100", "100"],
    ["1E2", "100.0"],
    ["1e16", "1e+16"],
    ["123456789012345680.0", "1.2345678901234568e+17"],
    ["0.00001", "1e-05"],
    ["-2.5e-310", "-2.5e-310"],
    ["-0.0", "-0.0"],
  ])("has %s as %s", (source, written) => {
    expect(toPythonJson(parseWithSources(source))).toBe(written);
  });

  test("has spaces after commas and colons, and sorted names", () => {
    expect(toPythonJson(parseWithSources('{"b":[1,"x"],"a":{"c":null}}'))).toBe('{"a": {"c": null}, "b": [1, "x"]}');
  });

  test("takes numbers without a source as they are", () => {
    expect(toPythonJson({ whole: 3, half: 0.5 })).toBe('{"half": 0.5, "whole": 3}');
  });
});
