/**
 * Values as they cross to a thread or a process. Structured clone carries plain data, maps, sets, dates and buffers; it
 * strips errors of their name, code and properties, and returned states of their brand, so these are packed by hand.
 * What is nested in other values crosses as structured clone has it; class instances arrive as plain objects.
 */

import { serialize } from "node:v8";
import { type ErrorCode, errorCatalogue, MillraceError } from "../../contract/errors.ts";
import { brands, type ReturnedState } from "../../contract/runtime.ts";

export type Parcel =
  | { readonly is: "value"; readonly value: unknown }
  | { readonly is: "error"; readonly error: SentError }
  | { readonly is: "state"; readonly state: Omit<ReturnedState, typeof brands.state> };

export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
  /** Own enumerable properties that can be cloned: `code`, `errno`, `status`, what a library put there. */
  readonly properties: Readonly<Record<string, Parcel>>;
  readonly cause: Parcel | null;
  readonly isDomException: boolean;
  /** The errors of an AggregateError. */
  readonly errors: readonly Parcel[] | null;
  /** What was thrown, when it was no error. */
  readonly thrown: Parcel | null;
}

/** Causes of causes, and errors of errors, are followed this deep. */
const maxDepth = 8;
const maxErrors = 100;

export function pack(value: unknown): Parcel {
  if (typeof value !== "object" || value === null) return { is: "value", value };
  if (value instanceof Error) return { is: "error", error: packError(value) };
  if (brands.state in value) {
    const { type, name, message, value: inner } = value as ReturnedState;
    return { is: "state", state: { type, name, value: inner, ...(message === undefined ? {} : { message }) } };
  }
  return { is: "value", value };
}

export function unpack(parcel: Parcel): unknown {
  switch (parcel.is) {
    case "value":
      return parcel.value;
    case "error":
      return unpackError(parcel.error);
    case "state":
      return { [brands.state]: true, ...parcel.state };
  }
}

/** Never throws, and what it gives can always be cloned. */
export function packError(error: unknown): SentError {
  return packAt(error, 0);
}

function packAt(error: unknown, depth: number): SentError {
  const none = { stack: null, properties: {}, cause: null, isDomException: false, errors: null, thrown: null };
  if (!(error instanceof Error)) {
    return {
      ...none,
      name: "Error",
      message: textOf(error),
      thrown: clonable(error) ?? { is: "value", value: textOf(error) },
    };
  }
  try {
    const inner = (value: unknown): Parcel | null =>
      value instanceof Error
        ? depth < maxDepth
          ? { is: "error", error: packAt(value, depth + 1) }
          : { is: "value", value: textOf(value) }
        : clonable(value);
    const properties: Record<string, Parcel> = {};
    for (const name of Object.keys(error)) {
      if (["name", "message", "stack", "cause", "errors"].includes(name)) continue;
      const parcel = inner(Reflect.get(error, name));
      if (parcel !== null) properties[name] = parcel;
    }
    const { errors } = error as { errors?: unknown };
    return {
      name: String(error.name),
      message: String(error.message),
      stack: typeof error.stack === "string" ? error.stack : null,
      properties,
      cause: "cause" in error ? inner(error.cause) : null,
      isDomException: error instanceof DOMException,
      errors: Array.isArray(errors) ? errors.slice(0, maxErrors).flatMap((item: unknown) => inner(item) ?? []) : null,
      thrown: null,
    };
  } catch (failure) {
    return { ...none, name: "Error", message: `An error that cannot be read: ${textOf(failure)}` };
  }
}

function clonable(value: unknown): Parcel | null {
  try {
    // Stricter than a thread's clone, so that an error is the same from a thread and from a process.
    serialize(value);
    return { is: "value", value };
  } catch {
    return null;
  }
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

export function unpackError(sent: SentError): unknown {
  if (sent.thrown !== null) return unpack(sent.thrown);
  const error = createError(sent);
  if (error.name !== sent.name) define(error, "name", sent.name);
  if (sent.stack !== null) define(error, "stack", sent.stack);
  if (sent.cause !== null) define(error, "cause", unpack(sent.cause));
  for (const [name, parcel] of Object.entries(sent.properties)) {
    // A class of error may own the property already, and read-only.
    Reflect.defineProperty(error, name, {
      value: unpack(parcel),
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return error;
}

const nativeErrors: Readonly<Record<string, new (message: string) => Error>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

function createError({ name, message, properties, isDomException, errors }: SentError): Error {
  if (errors !== null) return new AggregateError(errors.map(unpack), message);
  if (name === "MillraceError") return createMillraceError(message, properties);
  if (isDomException) return new DOMException(message, name);
  const Native = Object.hasOwn(nativeErrors, name) ? nativeErrors[name] : undefined;
  return Native === undefined ? new Error(message) : new Native(message);
}

/** An instance of our class when the code is one of this copy's catalogue; else its name and code still tell what it is. */
function createMillraceError(message: string, { code, data }: SentError["properties"]): Error {
  const known = code?.is === "value" && typeof code.value === "string" && Object.hasOwn(errorCatalogue, code.value);
  if (!known) return new Error(message);
  const parts = data?.is === "value" ? (data.value as Record<string, unknown>) : {};
  const error = new MillraceError(code.value as ErrorCode, parts);
  define(error, "message", message);
  return error;
}

function define(error: Error, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, writable: true, enumerable: false, configurable: true });
}
