/**
 * Results as JSON that keeps what JSON loses. Plain data is written as the JSON it is. What is not is an object with one
 * key that begins with "!", in its place:
 *
 * | value | text |
 * |---|---|
 * | undefined, NaN, Infinity, -Infinity, -0 | `{"!":"undefined"}`, `{"!":"NaN"}` … |
 * | bigint | `{"!bigint":"12345678901234567890"}` |
 * | Date | `{"!date":"2026-11-22T00:00:00.000Z"}`, an invalid one `{"!date":null}` |
 * | Map, Set | `{"!map":[["key",1]]}`, `{"!set":[1,2]}` |
 * | typed array, Buffer, DataView, ArrayBuffer | `{"!bytes":["Float64Array","…base64…"]}`, in the byte order of the machine |
 * | RegExp | `{"!regexp":["source","flags"]}` |
 * | URL, URLSearchParams | `{"!url":"https://…"}`, `{"!urlsearchparams":"a=1"}` |
 * | String, Number … objects | `{"!boxed":"text"}` |
 * | array with holes | `{"!sparse":[length,[[index,item]]]}` |
 * | Error | `{"!error":{"class":…,"name":…,"message":…,"stack":…,"cause":…,"errors":…,"own":{…}}}` |
 * | an object whose only key begins with "!" | the same with one more "!" before it |
 *
 * A long value is written in frames instead, which json-parts.ts describes.
 */

import { constants } from "node:buffer";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { ResultSerializer } from "../contract/results.ts";
import { createChunkReader } from "./chunk-reader.ts";
import { revive } from "./json-decode.ts";
import { represent } from "./json-encode.ts";
import { firstLine, longValueBytes } from "./json-parts.ts";
import { readParts } from "./json-read-parts.ts";
import { writeParts } from "./json-write-parts.ts";
import { guessBytes } from "./long-values.ts";
import { Refusal, type Unserializable } from "./unserializable.ts";
import { withStreams } from "./with-streams.ts";

/** How every tagged object begins in a text that JSON.stringify made. */
const tagStart = '{"!';

const firstBytes = Buffer.from(firstLine);

const decoder = new TextDecoder();

/**
 * JSON for results, faithful for the types above.
 *
 * An object counts by its own enumerable properties, an array by its items. An object that stands in two places comes back
 * as two. An instance of a class is what its `toJSON()` gives. An error comes back as the nearest class that the language
 * has, or as a MillraceError, with its name and properties; a property of an error that cannot be kept is left out.
 *
 * `encode` throws Unserializable, with `path` and `reason`, for functions, symbols, promises, streams and the like, for
 * instances of other classes, cycles, and more than 1,000 levels. `decode` throws MillraceError RESULT_UNREADABLE for a
 * text that is none of its own.
 *
 * A value of more than some 4 MB is a stream: its typed arrays and buffers as their bytes, its long texts and lists by and
 * by. So it takes little memory beside itself, and is as long as its storage can keep it; a map, set or list is long when
 * it has a thousand items. Until it is written the value must not be changed.
 */
export function createJsonSerializer(): ResultSerializer {
  return withStreams({ name: "json", encode, decode }, { encodeStream, decodeStream });
}

function encode(value: unknown): string {
  try {
    return JSON.stringify(represent(value, { around: [], parts: null }));
  } catch (error) {
    throw toRefusal(error).toUnserializable("result");
  }
}

function encodeStream(value: unknown): AsyncIterable<Uint8Array> | null {
  return guessBytes(value) < longValueBytes ? null : writeStream(value);
}

async function* writeStream(value: unknown): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* writeParts(value);
  } catch (error) {
    throw toUnserializable(value, error);
  }
}

/** A refusal within a list does not know where the list is: the way to it is gone once more, in one go. */
function toUnserializable(value: unknown, error: unknown): Unserializable {
  try {
    represent(value, { around: [], parts: [], keepsLists: true });
  } catch (refusal) {
    return toRefusal(refusal).toUnserializable("result");
  }
  return toRefusal(error).toUnserializable("result");
}

function toRefusal(error: unknown): Refusal {
  // The longest string that V8 makes.
  const isTooLong = error instanceof RangeError && error.message === "Invalid string length";
  if (!isTooLong) return Refusal.of(error);
  const limit = Math.floor(constants.MAX_STRING_LENGTH / 2 ** 20);
  return new Refusal(`is longer than ${limit} million characters as JSON; keep it with the serializer v8()`, error);
}

function decode(content: string | Uint8Array): unknown {
  try {
    const text = typeof content === "string" ? content : decoder.decode(content);
    return text.includes(tagStart) ? revive(JSON.parse(text)) : JSON.parse(text);
  } catch (cause) {
    throw toUnreadable(cause);
  }
}

async function decodeStream(chunks: AsyncIterable<Uint8Array>): Promise<unknown> {
  const reader = createChunkReader(chunks);
  try {
    return (await reader.skip(firstBytes)) ? await readParts(reader) : decode(await reader.rest());
  } catch (error) {
    throw toUnreadable(error);
  } finally {
    await reader.close();
  }
}

function toUnreadable(cause: unknown): unknown {
  if (isMillraceError(cause)) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MillraceError("RESULT_UNREADABLE", { reason }, { cause });
}
