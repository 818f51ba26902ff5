/** Errors from one process to another: what is of the catalogue is of the catalogue there too. */

import { type ErrorCode, errorCatalogue, isMillraceError, MillraceError } from "../../contract/errors.ts";

export interface SentError {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly stack: string | null;
}

export function toSentError(error: unknown): SentError {
  if (isMillraceError(error)) {
    const { code, message, data, stack = null } = error;
    return { code, message, data: plain(data), stack };
  }
  const { message, stack = null } = error instanceof Error ? error : new Error(String(error));
  return { code: null, message, data: {}, stack };
}

export function fromSentError({ code, message, data, stack }: SentError): Error {
  const error =
    code !== null && Object.hasOwn(errorCatalogue, code) ? new MillraceError(code, data) : new Error(message);
  if (stack !== null) error.stack = stack;
  return error;
}

/** What cannot be sent is sent as its JSON. */
function plain(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(data)) as Readonly<Record<string, unknown>>;
}
