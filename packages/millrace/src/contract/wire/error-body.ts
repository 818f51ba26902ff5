/** How an error of the catalogue goes over the wire. */

import type { MillraceError } from "../errors.ts";

export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly fix: string;
    readonly retryable: boolean;
    /** The parts of the message. */
    readonly data: Readonly<Record<string, unknown>>;
    /** Finds the request in the server's log. */
    readonly requestId: string;
  };
}

export function toErrorBody({ code, message, fix, retryable, data }: MillraceError, requestId: string): ErrorBody {
  return { error: { code, message, fix, retryable, data, requestId } };
}

/** What an answer says of an error; null when it is not an answer of a Millrace server. */
export function fromErrorBody(body: unknown): ErrorBody["error"] | null {
  const error: unknown = typeof body === "object" && body !== null && "error" in body ? body.error : null;
  if (typeof error !== "object" || error === null || !("code" in error) || !("message" in error)) return null;
  const { code, message } = error;
  if (typeof code !== "string" || typeof message !== "string") return null;
  const { fix, retryable, data, requestId } = error as Partial<ErrorBody["error"]>;
  return {
    code,
    message,
    fix: typeof fix === "string" ? fix : "",
    retryable: retryable === true,
    data: typeof data === "object" && data !== null ? data : {},
    requestId: typeof requestId === "string" ? requestId : "",
  };
}
