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
 */

import { constants } from "node:buffer";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { ResultSerializer } from "../contract/results.ts";
import { revive } from "./json-decode.ts";
import { represent } from "./json-encode.ts";
import { Refusal } from "./unserializable.ts";

/** How every tagged object begins in a text that JSON.stringify made. */
const tagStart = '{"!';

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
 */
export function createJsonSerializer(): ResultSerializer {
  return { name: "json", encode, decode };
}

function encode(value: unknown): string {
  try {
    return JSON.stringify(represent(value, []));
  } catch (error) {
    throw toRefusal(error).toUnserializable("result");
  }
}

function toRefusal(error: unknown): Refusal {
  // The longest string that V8 makes.
  const isTooLong = error instanceof RangeError && error.message === "Invalid string length";
  if (!isTooLong) return Refusal.of(error);
  const limit = Math.floor(constants.MAX_STRING_LENGTH / 2 ** 20);
  return new Refusal(`is longer than ${limit} million characters as JSON; keep it with the serializer v8()`, error);
}

function decode(content: string | Uint8Array): unknown {
  const text = typeof content === "string" ? content : decoder.decode(content);
  try {
    return text.includes(tagStart) ? revive(JSON.parse(text)) : JSON.parse(text);
  } catch (cause) {
    if (isMillraceError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MillraceError("RESULT_UNREADABLE", { reason }, { cause });
  }
}
