/**
 * Errors as Prefect's clients know them: `{ detail }`, and `{ exception_message, … }` for what a server finds wrong with a
 * request or with itself.
 */

import { isMillraceError, type MillraceError } from "../../contract/errors.ts";

/** An answer that is not a success. A handler throws it: `throw new PrefectError({ status: 404, detail: "Flow not found" })`. */
export class PrefectError extends Error {
  override readonly name = "PrefectError";
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor({ status, detail, body = { detail }, headers = {} }: PrefectErrorOptions) {
    super(detail);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export interface PrefectErrorOptions {
  readonly status: number;
  readonly detail: string;
  /** Default `{ detail }`. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a request failed by, as an answer; null for what is a defect of ours. */
export function toPrefectError(error: unknown, { retryAfterS }: { readonly retryAfterS: number }): PrefectError | null {
  if (error instanceof PrefectError) return error;
  if (isMillraceError(error)) return fromMillraceError(error, retryAfterS);
  return fromHttpLibrary(error);
}

/** What clients are told of a defect; its cause is for the log. */
export const serverFailed = new PrefectError({
  status: 500,
  detail: "Internal Server Error",
  body: { exception_message: "Internal Server Error" },
});

function fromMillraceError(error: MillraceError, retryAfterS: number): PrefectError {
  const { status, message, data } = error;
  const seconds = typeof data.retryAfterS === "number" ? data.retryAfterS : retryAfterS;
  const isWorthAgain = status === 423 || status === 429 || status === 503;
  const headers = isWorthAgain ? { "retry-after": String(seconds) } : {};
  if (status >= 500)
    return new PrefectError({ status, detail: message, body: { exception_message: message }, headers });
  if (error.code === "REQUEST_INVALID") return invalidRequest([{ type: "value_error", loc: ["body"], msg: message }]);
  // Who may instead is worth more than that somebody may not.
  const detail = error.code === "ANSWER_NOT_ALLOWED" ? `${message} ${error.fix}` : message;
  return new PrefectError({ status, detail, headers });
}

/** One thing that is wrong with a request, in the words of the library that Prefect reads them with. */
export interface RequestIssue {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input?: unknown;
}

export function invalidRequest(issues: readonly RequestIssue[], body: unknown = null): PrefectError {
  return new PrefectError({
    status: 422,
    detail: "Invalid request received.",
    body: {
      exception_message: "Invalid request received.",
      exception_detail: issues.map((issue) => ({ ...issue, input: issue.input ?? null })),
      request_body: body,
    },
  });
}

/** A kind of content that is not JSON is an invalid request here. */
function fromHttpLibrary(error: unknown): PrefectError | null {
  const { statusCode, message } = error as { readonly statusCode?: unknown; readonly message?: unknown };
  if (typeof statusCode !== "number" || statusCode < 400 || statusCode >= 500) return null;
  const detail = typeof message === "string" ? message : "Bad Request";
  if (statusCode === 415) return invalidRequest([{ type: "json_invalid", loc: ["body"], msg: detail }]);
  return new PrefectError({ status: statusCode, detail });
}
