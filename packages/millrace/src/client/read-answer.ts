import { type ErrorCode, errorCatalogue, MillraceError } from "../contract/errors.ts";
import { fromErrorBody } from "../contract/wire/error-body.ts";

/** The value of a method, or the error it rejects with. */
export type Answer =
  | { readonly error: null; readonly value: unknown }
  | { readonly error: MillraceError; readonly value?: never };

export async function readAnswer(response: Response, url: string): Promise<Answer> {
  if (response.status === 204) return { error: null, value: undefined };
  const text = await response.text();
  const body = parse(text);
  if (response.ok && body !== undefined) return { error: null, value: body.value };
  return { error: toError(response.status, body?.value, url) };
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function toError(status: number, body: unknown, url: string): MillraceError {
  const told = fromErrorBody(body);
  if (told !== null && isKnown(told.code)) return new MillraceError(told.code, told.data);
  // A proxy that stands before a server that is not there.
  if (told === null && [502, 503, 504].includes(status))
    return new MillraceError("SERVER_UNREACHABLE", { url, reason: `its answer is ${status}` });
  const reason = told === null ? `its answer is ${status} and no JSON of ours` : `${told.code}: ${told.message}`;
  return new MillraceError("SERVER_ANSWER_INVALID", { url, reason });
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}
