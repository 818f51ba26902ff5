/** Makes values again of parsed JSON with tags, in place. json-serializer.ts describes the tags. */

import { MillraceError } from "../contract/errors.ts";
import { fromErrorParts } from "./json-errors.ts";
import { partTag } from "./json-parts.ts";
import { tagMark, viewsByName } from "./json-tags.ts";

/**
 * @param parts what was taken out of the JSON; typed arrays and buffers as an ArrayBuffer of their bytes
 * @throws MillraceError RESULT_UNREADABLE for a tag that this version does not know
 */
export function revive(value: unknown, parts: readonly unknown[] = noParts): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) return reviveObject(value as Record<string, unknown>, parts);
  for (let index = 0; index < value.length; index++) {
    const item: unknown = value[index];
    if (typeof item === "object" && item !== null) value[index] = revive(item, parts);
  }
  return value;
}

const noParts: readonly unknown[] = [];

function reviveObject(object: Record<string, unknown>, parts: readonly unknown[]): unknown {
  const keys = Object.keys(object);
  const first = keys[0];
  if (keys.length === 1 && first?.startsWith(tagMark)) return fromTag(first, object[first], parts);
  for (const key of keys) {
    const item = object[key];
    if (typeof item !== "object" || item === null) continue;
    // JSON.parse makes a key "__proto__" an own property, which is set like any other.
    object[key] = revive(item, parts);
  }
  return object;
}

function fromTag(tag: string, content: unknown, parts: readonly unknown[]): unknown {
  const revived = revive(content, parts);
  if (tag === partTag) return toPart(revived as [number, string?], parts);
  if (tag.startsWith(tagMark, 1)) return { [tag.slice(1)]: revived };
  const make = makers.get(tag.slice(1));
  if (make === undefined) throw unreadable(`it has a part of the unknown kind "${tag}"`);
  return make(revived as never);
}

function toPart([index, name]: [number, string?], parts: readonly unknown[]): unknown {
  if (!(index in parts)) throw unreadable(`its part ${index} is not there`);
  const part = parts[index];
  return name === undefined ? part : toView(name, part as ArrayBuffer);
}

function unreadable(reason: string): MillraceError {
  return new MillraceError("RESULT_UNREADABLE", { reason });
}

const constants: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["undefined", undefined],
  ["-0", -0],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** What makes a value of the content of its tag. `never` stands for the content that the encoder writes there. */
const makers: ReadonlyMap<string, (content: never) => unknown> = new Map<string, (content: never) => unknown>([
  ["", toConstant],
  ["bigint", (digits: string) => BigInt(digits)],
  ["date", (time: string | null) => new Date(time ?? Number.NaN)],
  ["map", (entries: [unknown, unknown][]) => new Map(entries)],
  ["set", (items: unknown[]) => new Set(items)],
  ["bytes", toBytes],
  ["regexp", toRegExp],
  ["url", (href: string) => new URL(href)],
  ["urlsearchparams", (text: string) => new URLSearchParams(text)],
  ["boxed", (primitive: unknown) => Object(primitive)],
  ["sparse", toSparseArray],
  ["error", fromErrorParts],
]);

function toConstant(name: string): unknown {
  if (!constants.has(name)) throw unreadable(`it has the unknown constant "${name}"`);
  return constants.get(name);
}

function toRegExp([source, flags, lastIndex = 0]: [string, string, number?]): RegExp {
  return Object.assign(new RegExp(source, flags), { lastIndex });
}

function toSparseArray([length, items]: [number, [number, unknown][]]): unknown[] {
  const array: unknown[] = [];
  array.length = length;
  for (const [index, item] of items) array[index] = item;
  return array;
}

function toBytes([name, base64]: [string, string]): unknown {
  const bytes = Buffer.from(base64, "base64");
  if (name === "Buffer") return bytes;
  // Small buffers are parts of a pool, at offsets that wider items do not take.
  const isWhole = bytes.byteLength === bytes.buffer.byteLength;
  return toView(
    name,
    isWhole ? bytes.buffer : bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  );
}

/** The bytes as what they were, without a copy but for shared memory. */
function toView(name: string, buffer: ArrayBuffer): unknown {
  if (name === "Buffer") return Buffer.from(buffer);
  if (name === "SharedArrayBuffer") {
    const shared = new SharedArrayBuffer(buffer.byteLength);
    new Uint8Array(shared).set(new Uint8Array(buffer));
    return shared;
  }
  const View = viewsByName.get(name);
  return View === undefined ? buffer : new View(buffer);
}
