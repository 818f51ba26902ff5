/**
 * Results that Python flows have kept with Prefect's client: a JSON object with `metadata`, which names the serializer, and
 * `result`, the text that the serializer has made. Where the metadata is kept elsewhere, the file is that text alone.
 */

import { gunzipSync, inflateSync } from "node:zlib";
import { MillraceError } from "../contract/errors.ts";
import type { ResultSerializer } from "../contract/results.ts";

interface SerializerFacts {
  /** "json", "pickle", "compressed/json" … */
  readonly type: string;
  readonly compressionlib?: string;
  /** What is compressed. */
  readonly serializer?: SerializerFacts;
}

const decoder = new TextDecoder();

/**
 * Reads what Python has kept as JSON, plain or compressed by `zlib` or `gzip`. An object of a class is given as the data it
 * was made of, an exception as an Error; dates and other values that JSON has no word for are texts, as Python wrote them.
 *
 * `decode` throws RESULT_UNREADABLE for everything else: a pickle is a program, and is never run. `encode` always throws it.
 *
 * @param type the serializer's, where the file does not say
 */
export function createPythonResults(type: string): ResultSerializer {
  return {
    name: `python/${type}`,
    encode() {
      throw unreadable("results of Python flows are only read");
    },
    decode(content) {
      const text = typeof content === "string" ? content : decoder.decode(content);
      const { serializer = { type }, body } = readRecord(text) ?? { body: text };
      return readBody(body, serializer);
    },
  };
}

/** Null for what is no record. */
function readRecord(text: string): { readonly serializer?: SerializerFacts; readonly body: string } | null {
  const record = parse(text);
  if (!isObject(record) || !isObject(record.metadata) || typeof record.result !== "string") return null;
  const { serializer } = record.metadata;
  const isNamed = isObject(serializer) && typeof serializer.type === "string";
  return { body: record.result, ...(isNamed ? { serializer: serializer as unknown as SerializerFacts } : {}) };
}

function readBody(body: string, { type, compressionlib = "lzma", serializer }: SerializerFacts): unknown {
  if (type === "json") return readJson(body);
  if (type === "compressed" || type.startsWith("compressed/")) {
    const inner = serializer ?? { type: type.slice("compressed/".length) };
    // What is in it is refused before it is unpacked.
    if (inner.type === "json") return readJson(unpack(body, compressionlib));
    return readBody(body, inner);
  }
  if (type === "pickle") {
    throw unreadable(
      'it is a pickle, which only Python can read; let the Python flow keep its result with `result_serializer="json"`',
    );
  }
  throw unreadable(`it was written by Python's serializer \`${type}\`; use \`result_serializer="json"\` there`);
}

function unpack(body: string, library: string): string {
  const bytes = Buffer.from(body, "base64");
  try {
    switch (library) {
      case "zlib":
        return inflateSync(bytes).toString("utf8");
      case "gzip":
        return gunzipSync(bytes).toString("utf8");
      default:
        throw unreadable(
          `it is compressed by Python's \`${library}\`; use \`CompressedJSONSerializer(compressionlib="zlib")\` there`,
        );
    }
  } catch (cause) {
    if (cause instanceof MillraceError) throw cause;
    throw unreadable(`it is damaged: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function readJson(body: string): unknown {
  const value = parse(body);
  if (value === undefined) throw unreadable("it is no JSON; NaN and infinities, which Python writes, are none");
  return revive(value);
}

/** What Python says of values that JSON has no word for is taken off. */
function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (!isObject(value)) return value;
  const { __class__: className, __exc_type__: errorName, data, message } = value;
  if (typeof className === "string" && "data" in value) return revive(data);
  if (typeof errorName === "string" && typeof message === "string") {
    return Object.assign(new Error(message), { name: errorName });
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, revive(inner)]));
}

/** Undefined for what is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unreadable(reason: string, cause?: unknown): MillraceError {
  return new MillraceError("RESULT_UNREADABLE", { reason }, cause === undefined ? {} : { cause });
}
