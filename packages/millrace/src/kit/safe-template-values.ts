/**
 * Values as a template sees them, in the manner of Jinja: how they are looked up, compared and written. Only a value's own
 * data is ever reached: no prototypes, no functions, no getters of classes.
 */

import { TemplateError } from "./safe-template-limits.ts";

/** What is not there. Its parts are not there either; it is written as nothing. */
export const missing = Symbol("missing");

const written = Symbol("written");

/** Told of work before it is done, in parts of about the same size; throws when a template has used what it may. */
export type Spend = (parts: number) => void;

/** Characters that count as one part. */
export const charsPerPart = 16;

/** A mapping that is written as a text: labels, in which `a.b` has a value and `a.b.c` has too. */
export function createWrittenMapping(text: string, entries: Readonly<Record<string, unknown>>): object {
  return Object.freeze(Object.assign(Object.create(null) as object, entries, { [written]: text }));
}

export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The part of a value by name or index; `missing` when it has none of its own. Negative indexes count from the end. */
export function lookUp(value: unknown, key: unknown): unknown {
  if (typeof value === "string" || Array.isArray(value)) {
    if (typeof key !== "number" || !Number.isInteger(key)) return missing;
    const found: unknown = value.at(key);
    return found === undefined ? missing : found;
  }
  if (!isMapping(value) || (typeof key !== "string" && typeof key !== "number")) return missing;
  const own = Object.getOwnPropertyDescriptor(value, String(key));
  const found: unknown = own?.value;
  return found === undefined || typeof found === "function" ? missing : found;
}

/** Whether a condition holds for it: not for nothing, zero, and what is empty. */
export function isTrue(value: unknown, spend: Spend): boolean {
  if (value === missing || value === null || value === undefined) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (isMapping(value)) return namesOf(value, spend).length > 0;
  return Boolean(value);
}

/** The names of a mapping's own parts. */
export function namesOf(value: object, spend: Spend): readonly string[] {
  const names = Object.keys(value);
  spend(names.length);
  return names;
}

/** Whether two values are equal in their content. */
export function isEqual(left: unknown, right: unknown, spend: Spend): boolean {
  spend(typeof left === "string" ? left.length / charsPerPart : 1);
  if (left === right) return true;
  if (left instanceof Date && right instanceof Date) return left.getTime() === right.getTime();
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isEqual(item, right[index], spend));
  }
  if (!isMapping(left) || !isMapping(right)) return false;
  const names = namesOf(left, spend);
  return (
    names.length === namesOf(right, spend).length &&
    names.every((name) => isEqual(lookUp(left, name), lookUp(right, name), spend))
  );
}

/** Less than 0, 0, or more than 0. @throws TemplateError for values without an order */
export function compareValues(left: unknown, right: unknown, spend: Spend): number {
  if (
    (typeof left === "number" || typeof left === "boolean") &&
    (typeof right === "number" || typeof right === "boolean")
  ) {
    return Number(left) - Number(right);
  }
  if (left instanceof Date && right instanceof Date) return left.getTime() - right.getTime();
  if (typeof left === "string" && typeof right === "string") {
    spend(Math.min(left.length, right.length) / charsPerPart);
    return left < right ? -1 : left > right ? 1 : 0;
  }
  throw new TemplateError(`${nameOfType(left)} and ${nameOfType(right)} have no order`);
}

/** Whether a list has an item, a mapping a name, a text a part. */
export function contains(whole: unknown, part: unknown, spend: Spend): boolean {
  if (typeof whole === "string") {
    spend(whole.length / charsPerPart);
    return typeof part === "string" && whole.includes(part);
  }
  if (Array.isArray(whole)) return whole.some((item) => isEqual(item, part, spend));
  if (isMapping(whole)) return lookUp(whole, part) !== missing;
  throw new TemplateError(`nothing can be in ${nameOfType(whole)}`);
}

/** The items to go through: of a list, a text's characters, a mapping's names; none of what is missing. */
export function toItems(value: unknown, spend: Spend): readonly unknown[] {
  if (value === missing) return [];
  if (isMapping(value)) return namesOf(value, spend);
  if (Array.isArray(value) || typeof value === "string") spend(value.length);
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return Array.from(value);
  throw new TemplateError(`${nameOfType(value)} has no items`);
}

/** For messages. */
export function nameOfType(value: unknown): string {
  if (value === missing) return "something that is missing";
  if (value === null || value === undefined) return "none";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Date) return "a date";
  switch (typeof value) {
    case "string":
      return "a text";
    case "number":
    case "bigint":
      return "a number";
    case "boolean":
      return "a truth value";
    default:
      return "a mapping";
  }
}

/** As it is put into the text: lists and mappings in Python's notation, dates in ISO form. */
export function toText(value: unknown, spend: Spend): string {
  if (typeof value === "string") return value;
  if (value === missing || value === undefined) return "";
  return toNotation(value, spend);
}

function toNotation(value: unknown, spend: Spend, depth = 0): string {
  spend(1);
  if (value === null || value === undefined) return "None";
  if (value === missing) return "Undefined";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return quote(value, spend);
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value !== "object") return "";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  const own = Object.getOwnPropertyDescriptor(value, written)?.value as unknown;
  if (typeof own === "string") return own;
  if (depth > 20) return "…";
  if (Array.isArray(value)) return `[${value.map((item) => toNotation(item, spend, depth + 1)).join(", ")}]`;
  const entries = Object.keys(value).map(
    (name) => `${quote(name, spend)}: ${toNotation(lookUp(value, name), spend, depth + 1)}`,
  );
  return `{${entries.join(", ")}}`;
}

function quote(text: string, spend: Spend): string {
  spend(text.length / charsPerPart);
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\t", "\\t").replaceAll("\r", "\\r");
  return escaped.includes("'") && !escaped.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
}

/**
 * JSON with names in their order, blanks as Python puts them, and `< > & '` as escapes, so that it can stand in a page.
 *
 * @throws TemplateError for what has no JSON
 */
export function toJsonText(value: unknown, options: { readonly spend: Spend; readonly indent?: number }): string {
  const { spend, indent } = options;
  const breakBefore = (depth: number): string => (indent === undefined ? "" : `\n${" ".repeat(indent * depth)}`);
  const separator = indent === undefined ? ", " : ",";
  const bracket = (brackets: string, parts: readonly string[], depth: number): string =>
    parts.length === 0
      ? brackets
      : `${brackets[0]}${breakBefore(depth + 1)}${parts.join(separator + breakBefore(depth + 1))}${breakBefore(depth)}${brackets[1]}`;

  const write = (part: unknown, depth: number): string => {
    spend(1);
    if (depth > 50) throw new TemplateError("a value is too deep for JSON");
    if (part === missing || typeof part === "function" || typeof part === "symbol") {
      throw new TemplateError(`${nameOfType(part)} has no JSON`);
    }
    if (Array.isArray(part)) {
      return bracket(
        "[]",
        part.map((item) => write(item, depth + 1)),
        depth,
      );
    }
    const own = isMapping(part) ? (Object.getOwnPropertyDescriptor(part, written)?.value as unknown) : undefined;
    if (!isMapping(part) || typeof own === "string") {
      const text = JSON.stringify(
        typeof own === "string" ? own : typeof part === "bigint" ? Number(part) : (part ?? null),
      );
      spend(text.length / charsPerPart);
      return text;
    }
    const entries = Object.keys(part)
      .sort()
      .map(
        (name) =>
          `${JSON.stringify(name)}: ${write(lookUp(part, name) === missing ? null : lookUp(part, name), depth + 1)}`,
      );
    return bracket("{}", entries, depth);
  };
  return write(value, 0).replace(/[<>&']/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}
