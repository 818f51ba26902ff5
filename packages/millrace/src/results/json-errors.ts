/** Errors as data: class, name, message, stack, cause, and what else hangs on them. */

import { types } from "node:util";
import { type ErrorCode, errorCatalogue, isMillraceError, MillraceError } from "../contract/errors.ts";

/** What is kept of an error. `class` is left out when it is the name. */
interface ErrorParts {
  readonly class?: string;
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: unknown;
  /** Of an AggregateError. */
  readonly errors?: unknown;
  /** Own enumerable properties. */
  readonly own?: Readonly<Record<string, unknown>>;
}

type BuiltInError = new (message: string) => Error;

const builtIns: readonly BuiltInError[] = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
];
const builtInsByName: ReadonlyMap<string, BuiltInError> = new Map(builtIns.map((builtIn) => [builtIn.name, builtIn]));

/** Kept in parts of their own. */
const partNames: ReadonlySet<string> = new Set(["name", "message", "stack", "cause"]);

export function isError(value: object): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/** @param represent null for a part that cannot be kept: the error is kept without it */
export function toErrorParts(
  error: Error,
  represent: (part: unknown) => { readonly value: unknown } | null,
): ErrorParts {
  const base = baseClass(error);
  const cause = Object.hasOwn(error, "cause") ? represent(error.cause) : null;
  const errors = base === "AggregateError" ? represent((error as AggregateError).errors) : null;
  const own = Object.entries(error).flatMap(([key, item]) => {
    if (partNames.has(key) || (errors !== null && key === "errors")) return [];
    const part = represent(item);
    return part === null ? [] : [[key, part.value] as const];
  });
  const name = String(error.name);
  return {
    ...(base === name ? {} : { class: base }),
    name,
    message: String(error.message),
    ...(typeof error.stack === "string" ? { stack: error.stack } : {}),
    ...(cause === null ? {} : { cause: cause.value }),
    ...(errors === null ? {} : { errors: errors.value }),
    ...(own.length === 0 ? {} : { own: Object.fromEntries(own) }),
  };
}

/** The class that the error can come back as: its own or the nearest that every process knows. */
function baseClass(error: Error): string {
  if (isMillraceError(error) && Object.hasOwn(errorCatalogue, error.code)) return "MillraceError";
  for (let prototype: unknown = Object.getPrototypeOf(error); prototype !== null; ) {
    const { constructor } = prototype as { constructor: unknown };
    const name = typeof constructor === "function" ? constructor.name : "";
    if (builtInsByName.has(name) || name === "AggregateError" || name === "DOMException") return name;
    prototype = Object.getPrototypeOf(prototype);
  }
  return "Error";
}

export function fromErrorParts(parts: ErrorParts): Error {
  const error = createError(parts, parts.class ?? parts.name);
  if (error.name !== parts.name) define(error, "name", parts.name);
  if (error.message !== parts.message) define(error, "message", parts.message);
  define(error, "stack", parts.stack);
  if ("cause" in parts) define(error, "cause", parts.cause);
  for (const [key, item] of Object.entries(parts.own ?? {})) {
    Object.defineProperty(error, key, { value: item, enumerable: true, writable: true, configurable: true });
  }
  return error;
}

function createError({ name, message, errors, own }: ErrorParts, className: string): Error {
  switch (className) {
    case "MillraceError":
      // The code may be of another version; the properties then make it one that is recognised all the same.
      return typeof own?.code === "string" && Object.hasOwn(errorCatalogue, own.code)
        ? new MillraceError(own.code as ErrorCode, own.data as Readonly<Record<string, unknown>>)
        : new Error(message);
    case "AggregateError":
      return new AggregateError(Array.isArray(errors) ? errors : [], message);
    case "DOMException":
      return new DOMException(message, name);
    default:
      return new (builtInsByName.get(className) ?? Error)(message);
  }
}

/** As the constructors of errors do it. */
function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, enumerable: false, writable: true, configurable: true });
}
