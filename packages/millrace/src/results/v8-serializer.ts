/** Results in the format of V8's structured clone: quick for big typed arrays, and read by Node only. */

import { deserialize, serialize } from "node:v8";
import { MillraceError } from "../contract/errors.ts";
import type { ResultSerializer } from "../contract/results.ts";
import { describeLive } from "../kit/kinds.ts";
import { propertyStep, Unserializable } from "./unserializable.ts";

/**
 * Structured clone, as bytes: keeps shared and cyclic references, maps, sets, typed arrays, and errors without their
 * properties. An instance of a class comes back as a plain object with its own properties, so that of a URL nothing is
 * left. Nobody but a process of Node can show such a result.
 *
 * `encode` throws Unserializable for functions, symbols, promises and the like. Decode only what you trust.
 */
export function v8(): ResultSerializer {
  return { name: "v8", encode, decode };
}

function encode(value: unknown): Uint8Array {
  try {
    return serialize(value);
  } catch (cause) {
    throw findRefused({ value, path: "result", cause, around: new Set() });
  }
}

function decode(content: string | Uint8Array): unknown {
  if (typeof content === "string") throw unreadable("it is a text, and not the bytes that v8() writes");
  try {
    return deserialize(content);
  } catch (cause) {
    throw unreadable(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function unreadable(reason: string, cause?: unknown): MillraceError {
  return new MillraceError("RESULT_UNREADABLE", { reason }, { cause });
}

interface Refused {
  readonly value: unknown;
  readonly path: string;
  readonly cause: unknown;
  readonly around: Set<object>;
}

/** Goes down to the innermost part that is refused by itself. */
function findRefused({ value, path, cause, around }: Refused): Unserializable {
  const reason = describe(value);
  if (reason === null && isObject(value)) {
    around.add(value);
    for (const [step, part] of partsOf(value)) {
      if (isObject(part) && around.has(part)) continue;
      try {
        serialize(part);
      } catch (inner) {
        return findRefused({ value: part, path: path + step, cause: inner, around });
      }
    }
  }
  const refusal = cause instanceof Error ? cause.message : String(cause);
  return new Unserializable(path, reason ?? `cannot be cloned: ${refusal}`, cause);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function partsOf(value: object): readonly (readonly [string, unknown])[] {
  if (Array.isArray(value)) return value.map((item: unknown, index) => [`[${index}]`, item] as const);
  if (value instanceof Map) {
    return Array.from(value, ([key, item]) => [`.get(${typeof key === "string" ? JSON.stringify(key) : "…"})`, item]);
  }
  if (value instanceof Set) return Array.from(value, (item, index) => [`<item ${index}>`, item] as const);
  return Object.entries(value).map(([key, item]) => [propertyStep(key), item] as const);
}

/** Null when only its parts, or V8, can say why. */
function describe(value: unknown): string | null {
  if (typeof value === "function" || typeof value === "symbol") return `is a ${typeof value}`;
  return isObject(value) ? describeLive(value) : null;
}
