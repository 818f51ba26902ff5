/**
 * Makes of a value what JSON can hold. Parts that are JSON already are not copied: plain data comes back as it is, and
 * costs one walk. json-serializer.ts describes the tags.
 */

import { types } from "node:util";
import { bytesOf, className, describeLive, isPlainObject } from "../kit/kinds.ts";
import { isError, toErrorParts } from "./json-errors.ts";
import { longTextChars, type Part, takeBytes, takeList, takeText } from "./json-parts.ts";
import { byteKinds, tagMark } from "./json-tags.ts";
import { propertyStep, Refusal } from "./unserializable.ts";

/** More levels than data has, and few enough for the stack when the value is written, read and used. */
const maxDepth = 1000;

const undefinedTag = { "!": "undefined" };

export interface Walk {
  /** The objects the value is in, outermost first; used and left as it was, except after a refusal. */
  readonly around: object[];
  /** Where what is long is put in place of the JSON; null for all in the JSON. */
  readonly parts: Part[] | null;
  /** Long lists stay in the JSON all the same, so that a refusal knows its way through them. */
  readonly keepsLists?: boolean;
}

/**
 * What JSON.stringify is given in place of `value`.
 *
 * @throws Refusal
 */
export function represent(value: unknown, walk: Walk): unknown {
  switch (typeof value) {
    case "string":
      return isShort(value, walk) ? value : (takeText(value, walk.parts ?? []) ?? value);
    case "boolean":
      return value;
    case "number":
      return isJsonNumber(value) ? value : { "!": Object.is(value, -0) ? "-0" : String(value) };
    case "undefined":
      return undefinedTag;
    case "bigint":
      return { "!bigint": String(value) };
    case "symbol":
      throw new Refusal("is a symbol");
    case "function":
      throw new Refusal(isClass(value) ? `is the class ${value.name}` : "is a function");
    case "object":
      return value === null ? null : representObject(value, walk);
  }
}

/** Stays in the JSON. */
function isShort(text: string, { parts }: Walk): boolean {
  return parts === null || text.length < longTextChars;
}

function isClass(value: { readonly name: string }): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value).slice(0, 6));
}

function isJsonNumber(value: number): boolean {
  return value - value === 0 && (value !== 0 || 1 / value > 0);
}

function representObject(value: object, walk: Walk): unknown {
  const { around } = walk;
  if (around.includes(value))
    throw new Refusal("refers back to an object that it is part of; return data without cycles");
  if (around.length === maxDepth) throw new Refusal(`is more than ${maxDepth} levels deep; return flatter data`);
  around.push(value);
  const represented = Array.isArray(value)
    ? representArray(value, walk)
    : Object.getPrototypeOf(value) === Object.prototype || isPlainObject(value)
      ? representPlain(value as Readonly<Record<string, unknown>>, walk)
      : representInstance(value, walk);
  around.pop();
  return represented;
}

function representArray(value: readonly unknown[], walk: Walk): unknown {
  if (Object.getPrototypeOf(value) !== Array.prototype && className(value) !== "Array") {
    throw new Refusal(`is a ${className(value)}, which would come back as a plain array; return [...it]`);
  }
  const taken = takenList(value, walk);
  if (taken !== null) return taken;
  let copy: unknown[] | null = null;
  let index = 0;
  let isSparse = false;
  try {
    for (; index < value.length && !isSparse; index++) {
      const item = value[index];
      if (item === null || (typeof item === "string" && isShort(item, walk))) continue;
      if (item === undefined && !(index in value)) {
        isSparse = true;
        continue;
      }
      const represented = represent(item, walk);
      if (represented === item) continue;
      copy ??= value.slice();
      copy[index] = represented;
    }
  } catch (error) {
    throw Refusal.within(`[${index}]`, error);
  }
  return isSparse ? representSparse(value, walk) : (copy ?? value);
}

/** What stands for a long list, map or set; null for one that stays. */
function takenList(value: Parameters<typeof takeList>[0], { around, parts, keepsLists = false }: Walk): unknown {
  return parts === null || keepsLists ? null : takeList(value, { around, parts });
}

/** An array with holes: its length, and the items that are there. */
function representSparse(value: readonly unknown[], walk: Walk): unknown {
  const items: [number, unknown][] = [];
  for (const key of Object.keys(value)) {
    const index = Number(key);
    if (String(index >>> 0) !== key) break;
    items.push([index, within(`[${key}]`, value[index], walk)]);
  }
  return { "!sparse": [value.length, items] };
}

function representPlain(value: Readonly<Record<string, unknown>>, walk: Walk): unknown {
  const keys = Object.keys(value);
  let copy: Record<string, unknown> | null = null;
  let key = "";
  try {
    for (key of keys) {
      const item = value[key];
      if (item === null || (typeof item === "string" && isShort(item, walk))) continue;
      if (typeof item === "function" && key === "toJSON") return represent(item.call(value, ""), walk);
      const represented = represent(item, walk);
      if (represented === item) continue;
      // A key "__proto__" is an own property of the copy, and so is set like any other.
      copy ??= { ...value };
      copy[key] = represented;
    }
  } catch (error) {
    throw Refusal.within(propertyStep(key), error);
  }
  refuseSymbols(value);
  if (keys.length === 1 && key.startsWith(tagMark)) return { [`${tagMark}${key}`]: (copy ?? value)[key] };
  return copy ?? value;
}

function refuseSymbols(value: object): void {
  for (const symbol of Object.getOwnPropertySymbols(value)) {
    if (Object.prototype.propertyIsEnumerable.call(value, symbol)) {
      throw new Refusal(`has a property named by a symbol, ${String(symbol)}`);
    }
  }
}

/** The represented part, its refusal with the step to it. */
function within(step: string, value: unknown, walk: Walk): unknown {
  try {
    return represent(value, walk);
  } catch (error) {
    throw Refusal.within(step, error);
  }
}

function representInstance(value: object, walk: Walk): unknown {
  const known = representKnown(value, className(value), walk);
  if (known !== null) return known;
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return within(".toJSON()", Reflect.apply(toJSON, value, [""]), walk);
  const reason =
    describeLive(value) ??
    `is an instance of ${className(value)}, which would come back without its class; return plain data, or give it a toJSON()`;
  throw new Refusal(reason);
}

/** Instances of the classes of the language and of Node; null for others, and for instances of their subclasses. */
function representKnown(value: object, name: string, walk: Walk): unknown {
  if (isError(value)) return { "!error": toErrorParts(value, (part) => representLeniently(part, walk)) };
  switch (name) {
    case "Date":
      if (!types.isDate(value)) return null;
      return { "!date": Number.isNaN(value.getTime()) ? null : value.toISOString() };
    case "Map":
      return types.isMap(value) ? { "!map": representMap(value, walk) } : null;
    case "Set":
      if (!types.isSet(value)) return null;
      return { "!set": representSet(value, walk) };
    case "RegExp":
      if (!types.isRegExp(value)) return null;
      return { "!regexp": [value.source, value.flags, ...(value.lastIndex === 0 ? [] : [value.lastIndex])] };
    case "URL":
      return value instanceof URL ? { "!url": value.href } : null;
    case "URLSearchParams":
      return value instanceof URLSearchParams ? { "!urlsearchparams": String(value) } : null;
    case "String":
    case "Number":
    case "Boolean":
    case "BigInt":
      return types.isBoxedPrimitive(value) ? { "!boxed": represent(value.valueOf(), walk) } : null;
    default: {
      if (!byteKinds.has(name) || !(ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value))) return null;
      const taken = walk.parts === null ? null : takeBytes(value, name, walk.parts);
      if (taken !== null) return taken;
      const { buffer, byteOffset, byteLength } = bytesOf(value);
      return { "!bytes": [name, Buffer.from(buffer, byteOffset, byteLength).toString("base64")] };
    }
  }
}

function representMap(map: ReadonlyMap<unknown, unknown>, walk: Walk): unknown {
  const taken = takenList(map, walk);
  if (taken !== null) return taken;
  return Array.from(map, ([key, item], index) => [
    within(`<key ${index}>`, key, walk),
    within(typeof key === "string" ? `.get(${JSON.stringify(key)})` : `<value ${index}>`, item, walk),
  ]);
}

function representSet(set: ReadonlySet<unknown>, walk: Walk): unknown {
  const taken = takenList(set, walk);
  return taken ?? Array.from(set, (item, index) => within(`<item ${index}>`, item, walk));
}

/** Null when the part is refused: an error is worth keeping without, say, the socket that hangs on it. */
function representLeniently(part: unknown, { around }: Walk): { readonly value: unknown } | null {
  const depth = around.length;
  try {
    // What was taken out would be refused only when the rest is written.
    return { value: represent(part, { around, parts: null }) };
  } catch {
    around.length = depth;
    return null;
  }
}
