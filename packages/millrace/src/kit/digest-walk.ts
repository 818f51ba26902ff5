/**
 * The text of a value that is hashed for its digest. Each part is prefix-free (a tag, then a length or an end mark), so
 * different values never give one text. A list of short primitives gives the text that digest.ts makes for it.
 */

import type { Hash } from "node:crypto";
import { types } from "node:util";
import { bytesOf, className, describeLive, isPlainObject } from "./kinds.ts";
import { crypto, sha256 } from "./sha256.ts";

/** A text that counts in place of the object's content, or undefined. */
export type Reference = (object: object) => string | undefined;

/**
 * What functions count by. Two of one name and source text may still differ in what they close over: where equal digests
 * must mean equal values, they are refused.
 */
export type Functions = "by-source" | "refused";

/** A value without content that could be compared. `path` says where: `inputs[0].rows.pool`. */
export class DigestError extends Error {
  override readonly name = "DigestError";
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string, cause?: unknown) {
    super(`${path} ${reason}`, cause === undefined ? undefined : { cause });
    this.path = path;
    this.reason = reason;
  }
}

/** Deeper objects are walked after the rest, so that no nesting overflows the stack. */
const maxDepth = 400;

/** From this many objects on, an object that was met before counts by the order in which it was first met. */
const maxExpandedObjects = 1_000_000;

/** Texts longer than this are hashed apart, and what is gathered beyond it is handed to the hash. In characters. */
const maxTextPart = 65_536;

type Key = string | number;

/** An object that is walked later: where it is, and the objects around it. */
interface Deferred {
  readonly value: object;
  readonly path: readonly Key[];
  readonly ancestors: readonly (readonly object[])[];
}

class TooManyObjects extends Error {}

export class DigestWalk {
  readonly #reference: Reference | undefined;
  readonly #functions: Functions;
  readonly #path: Key[] = [];
  /** The objects around the current one since the last deferral, and those before it. */
  #ancestors: object[] = [];
  #farAncestors: readonly (readonly object[])[] = [];
  #deferred: Deferred[] = [];
  #objects = 0;
  /** Set in the second try of a value with very many objects: the place of each in the order of the walk. */
  #met: Map<object, number> | null = null;
  #text = "";
  #hash: Hash | null = null;
  /** How many sets and maps are being gathered to be sorted: their text must stay in hand. */
  #gathering = 0;

  constructor(options: { readonly reference?: Reference | undefined; readonly functions?: Functions } = {}) {
    this.#reference = options.reference;
    this.#functions = options.functions ?? "by-source";
  }

  /** The text of the values, or its hash when it is long. */
  run(values: readonly unknown[]): string {
    try {
      return this.#walkAll(values);
    } catch (error) {
      if (!(error instanceof TooManyObjects)) throw error;
      this.#reset();
      this.#met = new Map();
      return this.#walkAll(values);
    }
  }

  #reset(): void {
    this.#path.length = 0;
    this.#ancestors = [];
    this.#farAncestors = [];
    this.#deferred = [];
    this.#objects = 0;
    this.#text = "";
    this.#hash = null;
    this.#gathering = 0;
  }

  #walkAll(values: readonly unknown[]): string {
    try {
      this.#text = `a${values.length}:`;
      for (let index = 0; index < values.length; index++) this.#child(index, values[index]);
      // Deferred ones may defer others: the list grows while it is walked.
      for (let next = 0; next < this.#deferred.length; next++) this.#resume(this.#deferred[next] as Deferred);
    } catch (error) {
      if (error instanceof DigestError || error instanceof TooManyObjects) throw error;
      throw new DigestError(
        toPath(this.#path),
        `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        error,
      );
    }
    if (this.#hash === null) return this.#text;
    return `h${this.#hash.update(this.#text).digest("hex")}`;
  }

  #resume({ value, path, ancestors }: Deferred): void {
    this.#path.length = 0;
    this.#path.push(...path);
    this.#ancestors = [];
    this.#farAncestors = ancestors;
    this.#container(value);
  }

  #child(key: Key, value: unknown): void {
    this.#path.push(key);
    this.#write(value);
    this.#path.pop();
  }

  #write(value: unknown): void {
    switch (typeof value) {
      case "string":
        return this.#string("s", value);
      case "number":
        this.#text += Object.is(value, -0) ? "n-0;" : `n${value};`;
        return;
      case "boolean":
        this.#text += value ? "t" : "f";
        return;
      case "undefined":
        this.#text += "u";
        return;
      case "bigint":
        this.#text += `i${value};`;
        return;
      case "symbol":
        return this.#string("y", this.#nameOfSymbol(value));
      case "function":
      case "object":
        if (value === null) this.#text += "0";
        else this.#object(value);
    }
  }

  #string(tag: string, value: string): void {
    if (!value.isWellFormed()) {
      // UTF-8 has no lone surrogates; JSON escapes them.
      this.#text += tag.toUpperCase();
      return this.#string("e", JSON.stringify(value));
    }
    if (value.length <= maxTextPart) this.#text += `${tag}${value.length}:${value}`;
    else this.#text += `${tag}${value.length}#${sha256(value, "hex")}`;
    this.#flush();
  }

  #flush(): void {
    if (this.#text.length <= maxTextPart || this.#gathering > 0) return;
    this.#hash ??= crypto().createHash("sha256");
    this.#hash.update(this.#text);
    this.#text = "";
  }

  #nameOfSymbol(symbol: symbol): string {
    const key = Symbol.keyFor(symbol);
    if (key !== undefined) return `for:${key}`;
    const { description = "" } = symbol;
    if (description.startsWith("Symbol.") && Reflect.get(Symbol, description.slice(7)) === symbol) return description;
    return this.#fail(`is ${String(symbol)}, which is another in each process; use Symbol.for()`);
  }

  #fail(reason: string): never {
    throw new DigestError(toPath(this.#path), reason);
  }

  #object(value: object): void {
    const reference = this.#reference?.(value);
    if (reference !== undefined) return this.#string("r", reference);
    if (typeof value === "function") return this.#function(value as () => unknown);
    const back = this.#findBack(value);
    if (back !== -1) {
      this.#text += `b${back};`;
    } else if (this.#ancestors.length < maxDepth) {
      this.#container(value);
    } else {
      this.#text += "@";
      this.#deferred.push({
        value,
        path: [...this.#path],
        ancestors: [...this.#farAncestors, this.#ancestors.slice()],
      });
    }
  }

  #function(value: () => unknown): void {
    if (this.#functions === "refused") this.#fail("is a function, whose content is not all in its source text");
    this.#text += "F";
    this.#string("s", value.name);
    this.#string("s", Function.prototype.toString.call(value));
  }

  /** The number that stands for an object that was met before, -1 for a new one. */
  #findBack(value: object): number {
    if (this.#met !== null) {
      const found = this.#met.get(value);
      if (found !== undefined) return found;
      this.#met.set(value, this.#met.size);
      return -1;
    }
    if (++this.#objects > maxExpandedObjects) throw new TooManyObjects();
    const near = this.#ancestors.lastIndexOf(value);
    if (near !== -1) return this.#farAncestors.length * maxDepth + near;
    for (let index = this.#farAncestors.length - 1; index >= 0; index--) {
      const far = this.#farAncestors[index]?.lastIndexOf(value) ?? -1;
      if (far !== -1) return index * maxDepth + far;
    }
    return -1;
  }

  #container(value: object): void {
    this.#ancestors.push(value);
    if (Array.isArray(value)) this.#array(value);
    else if (isPlainObject(value)) this.#properties("o", value);
    else this.#special(value);
    this.#ancestors.pop();
    this.#flush();
  }

  #array(value: readonly unknown[]): void {
    const isOwnClass = Object.getPrototypeOf(value) !== Array.prototype && className(value) !== "Array";
    if (!isOwnClass) this.#text += `a${value.length}:`;
    else {
      this.#text += `A${value.length}:`;
      this.#string("s", className(value));
    }
    for (let index = 0; index < value.length; index++) {
      const item = value[index];
      if (item === undefined && !(index in value)) this.#text += "_";
      else this.#child(index, item);
    }
  }

  /** Own enumerable properties, in the order of their names. */
  #properties(tag: string, value: object, omitted?: readonly string[]): void {
    const all = Object.keys(value);
    const keys = omitted === undefined ? all : all.filter((key) => !omitted.includes(key));
    sortInPlace(keys);
    const symbols = Object.getOwnPropertySymbols(value).filter((symbol) =>
      Object.prototype.propertyIsEnumerable.call(value, symbol),
    );
    this.#text += `${tag}${keys.length + symbols.length}:`;
    for (const key of keys) {
      this.#string("k", key);
      this.#child(key, (value as Readonly<Record<string, unknown>>)[key]);
    }
    const named = symbols.map((symbol) => ({ name: this.#nameOfSymbol(symbol), symbol }));
    for (const { name, symbol } of named.toSorted((one, other) => compareText(one.name, other.name))) {
      this.#string("y", name);
      this.#child(`[${String(symbol)}]`, Reflect.get(value, symbol));
    }
  }

  #special(value: object): void {
    if (types.isDate(value)) {
      this.#text += `d${Date.prototype.getTime.call(value)};`;
    } else if (types.isMap(value)) {
      this.#unordered("M", [...Map.prototype.entries.call(value)], ([key, item], index) => {
        this.#child(`<key ${index}>`, key);
        this.#child(typeof key === "string" ? key : `<value ${index}>`, item);
      });
    } else if (types.isSet(value)) {
      this.#unordered("S", [...Set.prototype.values.call(value)], (item, index) =>
        this.#child(`<item ${index}>`, item),
      );
    } else if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) {
      this.#text += `B${className(value)}:${value.byteLength}#${sha256(bytesOf(value), "hex")}`;
    } else if (types.isRegExp(value)) {
      this.#text += `x${value.flags}:`;
      this.#string("s", value.source);
    } else if (types.isNativeError(value) || value instanceof Error) {
      this.#error(value);
    } else if (value instanceof URL || value instanceof URLSearchParams) {
      this.#string(value instanceof URL ? "l" : "q", String(value));
    } else if (types.isBoxedPrimitive(value)) {
      this.#text += "p";
      this.#write((value as { valueOf(): unknown }).valueOf());
    } else {
      this.#instance(value);
    }
  }

  /** Parts that may come in any order: their texts are sorted. */
  #unordered<T>(tag: string, parts: readonly T[], write: (part: T, index: number) => void): void {
    const before = this.#text;
    this.#gathering++;
    const texts = parts.map((part, index) => {
      this.#text = "";
      write(part, index);
      return this.#text;
    });
    this.#gathering--;
    this.#text = `${before}${tag}${parts.length}:${texts.sort(compareText).join("")}`;
  }

  #error(error: Error): void {
    this.#text += "E";
    // By its name and not by its class, which it does not have any more when it comes back from a record.
    this.#string("s", error.name);
    this.#string("s", error.message);
    if ("cause" in error) this.#child("cause", error.cause);
    if ("errors" in error) this.#child("errors", error.errors);
    this.#properties("o", error, ["name", "message", "stack", "cause", "errors"]);
  }

  #instance(value: object): void {
    const live = describeLive(value);
    if (live !== null) return this.#fail(live);
    const { toJSON } = value as { toJSON?: unknown };
    // It counts as the plain data that it comes back as from a record.
    if (typeof toJSON === "function") return this.#child("toJSON()", Reflect.apply(toJSON, value, [""]));
    this.#text += "C";
    this.#string("s", className(value));
    const hidden = describeHidden(value);
    if (hidden !== null)
      return this.#fail(`is a ${className(value)}, which ${hidden}; give it a toJSON(), or the task a key`);
    this.#properties("o", value);
  }
}

/** Why the content of a class's instances cannot be seen from outside; null when it can. */
function describeHidden(value: object): string | null {
  for (let prototype: unknown = Object.getPrototypeOf(value); prototype !== null && prototype !== Object.prototype; ) {
    const { constructor } = prototype as { constructor: unknown };
    const reason = typeof constructor === "function" ? hiddenIn(constructor as AnyConstructor) : null;
    if (reason !== null) return reason;
    prototype = Object.getPrototypeOf(prototype);
  }
  return null;
}

type AnyConstructor = (...args: never[]) => unknown;

const hiddenByConstructor = new WeakMap<AnyConstructor, string | null>();

function hiddenIn(constructor: AnyConstructor): string | null {
  const known = hiddenByConstructor.get(constructor);
  if (known !== undefined) return known;
  const source = Function.prototype.toString.call(constructor);
  const field = /this\.(#[\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(source)?.[1];
  const isNative = source.endsWith("{ [native code] }") && constructor !== Object;
  const reason = field !== undefined ? `keeps ${field} to itself` : isNative ? "does not show its content" : null;
  hiddenByConstructor.set(constructor, reason);
  return reason;
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Most objects of a list have their keys in one order, and short ones; sort() is slow for those. */
function sortInPlace(keys: string[]): void {
  if (keys.length > 20) {
    keys.sort();
    return;
  }
  for (let index = 1; index < keys.length; index++) {
    const key = keys[index] as string;
    let at = index - 1;
    while (at >= 0 && (keys[at] as string) > key) {
      keys[at + 1] = keys[at] as string;
      at--;
    }
    keys[at + 1] = key;
  }
}

function toPath([first, ...rest]: readonly Key[]): string {
  return `inputs${first === undefined ? "" : `[${first}]`}${rest.map(toStep).join("")}`;
}

function toStep(key: Key): string {
  if (typeof key === "number") return `[${key}]`;
  if (/^[[<]/.test(key)) return key;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*(\(\))?$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
