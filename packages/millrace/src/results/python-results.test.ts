import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createPythonResults } from "./python-results.ts";

/** As Prefect's client writes it: see the checks of tests/compat for the real one. */
const record = (serializer: object, result: string): string =>
  JSON.stringify({
    metadata: { storage_key: "k", expiration: null, serializer, prefect_version: "3.9.1", storage_block_id: null },
    result,
  });

const read = (content: string, type = "pickle"): unknown => createPythonResults(type).decode(content);
const json = { type: "json", jsonlib: "json", dumps_kwargs: {} };

describe("results of Python flows", () => {
  test("are read from JSON, by the serializer that the file names", () => {
    const text =
      '{"a": [1, null, "\\u00fc"], "at": {"__class__": "datetime.datetime", "data": "2026-01-01T00:00:00Z"}}';
    expect(read(record(json, text))).toEqual({ a: [1, null, "ü"], at: "2026-01-01T00:00:00Z" });
    expect(createPythonResults("json").decode(new TextEncoder().encode(record(json, "7")))).toBe(7);
  });

  test("of classes are the data that they were made of, and exceptions are errors", () => {
    const point = '{"__class__": "geo.Point", "data": {"x": {"__class__": "decimal.Decimal", "data": "1.5"}}}';
    expect(read(record(json, point))).toEqual({ x: "1.5" });
    const error = read(record(json, '{"__exc_type__": "builtins.ValueError", "message": "no"}'));
    expect(error).toMatchObject({ name: "builtins.ValueError", message: "no" });
    expect(error).toBeInstanceOf(Error);
  });

  test("are unpacked where they are compressed in a way that Node knows", () => {
    const zlib =
      "eJyrVkpUslKINtRRyCvNydFRUIopNTBIS1aKBTITS4BS1Urx8ck5icXF8fFAnlJKYklqSWZuqh6MoaQDFgSZomRkYGSma2AIRCEGBlZgFKVUWwsAt9scVQ==\n";
    expect(read(record({ type: "compressed/json", serializer: json, compressionlib: "zlib" }, zlib))).toEqual({
      a: [1, null, "ü"],
      at: "2026-01-01T00:00:00Z",
    });
    const gzip = gzipSync("[1]").toString("base64");
    expect(read(record({ type: "compressed/json", serializer: json, compressionlib: "gzip" }, gzip))).toEqual([1]);
    const broken = record({ type: "compressed/json", serializer: json, compressionlib: "gzip" }, "AAAA");
    expect(() => read(broken)).toThrow(/it is damaged/);
  });

  test("are read without metadata, by the serializer that the run's state has named", () => {
    expect(read("[1, 2]", "json")).toEqual([1, 2]);
    expect(() => read("gAWVcAAA", "pickle")).toThrow(/it is a pickle/);
  });

  test("that are pickles are refused, however they are packed, with what to do", () => {
    const pickle = { type: "pickle", picklelib: "cloudpickle" };
    const packed = { type: "compressed/pickle", serializer: pickle, compressionlib: "zlib" };
    for (const each of [
      record(pickle, "gAWVcAAA"),
      record(packed, "AAAA"),
      record({ type: "compressed/pickle" }, "A"),
    ]) {
      expect(() => read(each, "json")).toThrow(
        expect.objectContaining({
          code: "RESULT_UNREADABLE",
          message: expect.stringContaining('result_serializer="json"'),
        }),
      );
    }
  });

  test("of other serializers, and what is no JSON, are refused", () => {
    expect(() => read(record({ type: "yaml" }, "a: 1"))).toThrow(/serializer `yaml`/);
    expect(() => read(record(json, "[NaN]"))).toThrow(/it is no JSON/);
    expect(() => read(record({ type: "compressed/json", serializer: json }, "A"))).toThrow(/Python's `lzma`/);
    expect(() => createPythonResults("json").encode(1)).toThrow(/only read/);
  });
});
