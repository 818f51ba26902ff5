import { type ErrorCode, errorCatalogue, MillraceError } from "../contract/errors.ts";
import { fromErrorBody } from "../contract/wire/error-body.ts";

/** The value of a method, or the error it rejects with. */
export type Answer =
  | { readonly error: null; readonly value: unknown }
  | { readonly error: MillraceError; readonly value?: never };

export async function readAnswer(response: Response, url: string): Promise<Answer> {
  if (response.status === 204) return { error: null, value: undefined };
  const text = await readText(response, url);
  const body = parse(text);
  if (response.ok && body !== undefined) return { error: null, value: body.value };
  return { error: toError(response.status, body?.value, url) };
}

/** Bytes of an answer, unpacked: far more than one of ours has. Whoever answers may have no end. */
export const maxAnswerBytes = 256 * 2 ** 20;

/** The text of an answer, as far as it may go. @throws SERVER_ANSWER_INVALID */
export async function readText(response: Response, url: string, maxBytes = maxAnswerBytes): Promise<string> {
  const told = response.headers.has("content-encoding") ? null : response.headers.get("content-length");
  if ((told !== null && Number(told) <= maxBytes) || response.body === null) return response.text();
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let text = "";
  let sizeBytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    sizeBytes += value.length;
    if (sizeBytes > maxBytes) {
      await reader.cancel();
      throw new MillraceError("SERVER_ANSWER_INVALID", { url, reason: `its answer has more than ${maxBytes} bytes` });
    }
    text += decoder.decode(value, { stream: true });
  }
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
  const reason =
    told === null ? `its answer is ${status} and no JSON of ours` : `${toLine(told.code)}: ${toLine(told.message)}`;
  return new MillraceError("SERVER_ANSWER_INVALID", { url, reason });
}

/** What a server that is none of ours says, for a terminal: a line without what a terminal obeys. */
function toLine(text: string): string {
  return text.slice(0, 500).replace(/[^\P{C}\p{Cs}]+/gu, " ");
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}
