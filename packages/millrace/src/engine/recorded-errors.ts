import { isMillraceError, type RecordedError } from "../contract/errors.ts";
import type { ResultSerializer } from "../contract/results.ts";
import { truncateUtf8 } from "../kit/json.ts";
import type { Masker } from "../kit/mask.ts";
import { toMessage } from "./outcome.ts";

/** What the ledger keeps of a stack, in bytes of UTF-8; secrets are masked before anything is cut. */
const maxStackBytes = 32_768;

/** What was thrown, for the ledger: an error, or any value, which is shown in the message and has no stack. */
export function toRecordedError(error: unknown, serializer: ResultSerializer, masker: Masker): RecordedError {
  const { name, stack } = error instanceof Error ? error : { name: "Error", stack: undefined };
  return {
    name: masker.mask(name),
    message: toMessage(error, masker),
    code: isMillraceError(error) || hasCode(error) ? masker.mask(String(error.code)) : null,
    stack: stack === undefined ? null : truncateUtf8(masker.mask(stack), maxStackBytes),
    data: serialize(error, serializer, masker),
  };
}

function hasCode(error: unknown): error is Error & { code: string } {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}

function serialize(error: unknown, serializer: ResultSerializer, masker: Masker): string | null {
  try {
    const encoded = serializer.encode(error);
    if (typeof encoded !== "string") return null;
    const masked = masker.mask(encoded);
    return masked.length <= maxStackBytes ? masked : null;
  } catch {
    return null;
  }
}

/** The error again: the same kind, message, cause and properties where they could be kept. */
export function fromRecordedError(recorded: RecordedError, serializer: ResultSerializer): unknown {
  if (recorded.data !== null) {
    try {
      return serializer.decode(recorded.data);
    } catch {
      // What was kept cannot be read by this version: the parts below are enough to go on.
    }
  }
  const error = new Error(recorded.message);
  error.name = recorded.name;
  if (recorded.stack !== null) error.stack = recorded.stack;
  return recorded.code === null ? error : Object.assign(error, { code: recorded.code });
}
