/** One line that shows a value to a person. */

import { types } from "node:util";
import { className, isPlainObject } from "./kinds.ts";

/** How many values are looked at, whatever the size of the whole. */
const maxNodes = 100;
const maxDepth = 4;
const defaultMaxChars = 200;

/** How much of a text is searched for secrets, in characters: no secret is longer. */
const maxMaskedChars = 2 ** 20;

/** Longer integers are not written out: it takes a time that grows faster than they do. */
const maxBigintBits = 4096;

/**
 * One line for people, of at most `maxChars` characters, in the manner of `util.inspect`. Looks at a bounded
 * number of parts, calls no getter, and never throws.
 */
export function previewValue(value: unknown, options: PreviewOptions = {}): string {
  const { maxChars = defaultMaxChars, mask = asItIs, reference = noReference } = options;
  let line: string;
  try {
    line = mask(new Preview({ maxChars, mask, reference }).show(value, 0));
  } catch {
    line = "[a value that cannot be shown]";
  }
  return cut(escapeControls(line), maxChars);
}

export interface PreviewOptions {
  /** Default 200. */
  readonly maxChars?: number;
  /** Hides secrets: called with each text before it is cut, because half a secret is not recognised. */
  readonly mask?: (text: string) => string;
  /** Gives a text that is shown in place of an object's content, or undefined. */
  readonly reference?: (object: object) => string | undefined;
}

const asItIs = (text: string): string => text;
const noReference = (): undefined => undefined;

/** Names and symbols may hold what would end the line, or command a terminal. */
function escapeControls(line: string): string {
  return line.replace(/[\p{Cc}\u2028\u2029]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const end = Math.max(0, maxChars - 1);
  const isSplit = end > 0 && /[\ud800-\udbff]/.test(text[end - 1] as string);
  return `${text.slice(0, isSplit ? end - 1 : end)}…`.slice(0, maxChars);
}

class Preview {
  #nodes = 0;
  #chars = 0;
  readonly #maxChars: number;
  readonly #mask: (text: string) => string;
  readonly #reference: (object: object) => string | undefined;
  readonly #ancestors: object[] = [];

  constructor({ maxChars, mask, reference }: Required<PreviewOptions>) {
    this.#maxChars = maxChars;
    this.#mask = mask;
    this.#reference = reference;
  }

  show(value: unknown, depth: number): string {
    this.#nodes++;
    const text = this.#describe(value, depth);
    this.#chars += text.length;
    return text;
  }

  /** A part that is not looked into. */
  #mark(text: string): string {
    this.#nodes++;
    this.#chars += text.length;
    return text;
  }

  get #isFull(): boolean {
    return this.#nodes >= maxNodes || this.#chars > this.#maxChars * 2;
  }

  #describe(value: unknown, depth: number): string {
    switch (typeof value) {
      case "string":
        return quote(this.#masked(value), this.#maxChars);
      case "bigint":
        return BigInt.asIntN(maxBigintBits, value) === value ? `${value}n` : `[bigint of over ${maxBigintBits} bits]`;
      case "number":
        return Object.is(value, -0) ? "-0" : String(value);
      case "function":
        return types.isProxy(value)
          ? "[Proxy]"
          : `[${/^class\b/.test(Function.prototype.toString.call(value).slice(0, 6)) ? "class" : "function"} ${nameOf(value)}]`;
      case "object":
        return value === null ? "null" : this.#object(value, depth);
      default:
        return String(value);
    }
  }

  /** The text without secrets. What is far beyond the cut is not searched, unless secrets before it bring it near. */
  #masked(text: string): string {
    if (text.length <= maxMaskedChars) return this.#mask(text);
    const head = text.slice(0, maxMaskedChars);
    return this.#maxChars < maxMaskedChars && this.#mask(head) === head ? head : this.#mask(text);
  }

  #object(value: object, depth: number): string {
    if (types.isProxy(value)) return "[Proxy]";
    const reference = this.#reference(value);
    if (reference !== undefined) return this.#masked(reference);
    if (this.#ancestors.includes(value)) return "[circular]";
    const short = this.#shortObject(value);
    if (short !== null) return short;
    const name = isPlainObject(value) ? "" : `${className(value)} `;
    if (depth >= maxDepth || this.#isFull) return Array.isArray(value) ? `[${value.length} items]` : `${name}{…}`;
    this.#ancestors.push(value);
    const text = this.#parts(value, name, depth);
    this.#ancestors.pop();
    return text;
  }

  /** Objects that are shown without their parts. */
  #shortObject(value: object): string | null {
    if (types.isDate(value))
      return Number.isNaN(Date.prototype.getTime.call(value)) ? "Invalid Date" : Date.prototype.toISOString.call(value);
    if (types.isRegExp(value)) return String(value);
    if (types.isPromise(value)) return "[Promise]";
    if (types.isNativeError(value) || value instanceof Error)
      return cut(this.#masked(`${String(value.name)}: ${String(value.message)}`).replace(/\s+/g, " "), this.#maxChars);
    if (value instanceof URL) return cut(this.#masked(value.href), this.#maxChars);
    if (types.isAnyArrayBuffer(value)) return `${className(value)}(${value.byteLength} bytes)`;
    return null;
  }

  #parts(value: object, name: string, depth: number): string {
    if (Array.isArray(value))
      return this.#list(
        "[",
        value.length,
        (index) => (index in value ? this.show(value[index], depth + 1) : this.#mark("<empty>")),
        "]",
      );
    if (ArrayBuffer.isView(value)) {
      const { length = 0 } = value as { length?: number };
      return this.#list(
        `${className(value)}(${length}) [`,
        length,
        (index) => this.show((value as unknown as ArrayLike<unknown>)[index], depth + 1),
        "]",
      );
    }
    if (types.isMap(value)) {
      const entries = Map.prototype.entries.call(value);
      const size = Reflect.get(Map.prototype, "size", value) as number;
      return this.#list(`Map(${size}) {`, size, () => this.#mapEntry(entries.next().value, depth), "}");
    }
    if (types.isSet(value)) {
      const items = Set.prototype.values.call(value);
      const size = Reflect.get(Set.prototype, "size", value) as number;
      return this.#list(`Set(${size}) {`, size, () => this.show(items.next().value, depth + 1), "}");
    }
    const keys = Object.keys(value);
    return this.#list(`${name}{`, keys.length, (index) => this.#property(value, keys[index] ?? "", depth), "}");
  }

  #mapEntry(entry: readonly unknown[] | undefined, depth: number): string {
    return `${this.show(entry?.[0], depth + 1)} => ${this.show(entry?.[1], depth + 1)}`;
  }

  #property(value: object, key: string, depth: number): string {
    const property = Object.getOwnPropertyDescriptor(value, key);
    const name = key.length > this.#maxChars ? cut(this.#masked(key), this.#maxChars) : key;
    const isPlain = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name);
    const shown = property?.get === undefined ? this.show(property?.value, depth + 1) : this.#mark("[getter]");
    return `${isPlain ? name : quote(name, this.#maxChars)}: ${shown}`;
  }

  #list(open: string, length: number, show: (index: number) => string, close: string): string {
    const shown: string[] = [];
    while (shown.length < length && !this.#isFull) shown.push(show(shown.length));
    if (shown.length < length) shown.push(`… ${(length - shown.length).toLocaleString("en-US")} more`);
    const space = open.endsWith("{") && shown.length > 0 ? " " : "";
    return `${open}${space}${shown.join(", ")}${space}${close}`;
  }
}

function quote(text: string, maxChars: number): string {
  return JSON.stringify(text.length > maxChars ? `${cut(text, maxChars)}` : text);
}

function nameOf(value: object): string {
  const name = Object.getOwnPropertyDescriptor(value, "name")?.value as unknown;
  return typeof name === "string" && name !== "" ? name : "(anonymous)";
}
